import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isProcessAlive, processStart } from '#adapters/system/process-start';

test('a process is alive until it ends, and then has no start time', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  expect(isProcessAlive(pid)).toBe(true);
  child.stdin.end();
  await once(child, 'exit');
  expect(isProcessAlive(pid)).toBe(false);
  expect(await processStart(pid)).toBeNull();
});

test('the start time of a process stays the same, and is unknown only where there is no /proc', async () => {
  const start = await processStart(process.pid);
  expect(start).toBe(await processStart(process.pid));
  expect(start).toEqual(process.platform === 'linux' ? expect.stringMatching(/^\d+$/) : null);
});
