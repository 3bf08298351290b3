import { readFile } from 'node:fs/promises';

/**
 * When process `pid` started, in the kernel's own ticks: with it a reused process number is told from the old owner.
 * @returns null where the system does not say.
 */
export async function processStart(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The command's name, in parentheses, may hold anything; what follows it are fields 3, 4 … of which the start is 22.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

/** Whether there is a process `pid`, be it another user's. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
