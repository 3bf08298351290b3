import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SCREEN = '1600x1000x24';

/**
 * Runs `work` with an X display of its own, so that key presses reach nobody else's window. Other systems than Linux
 * have theirs.
 * @template T
 * @param {(env: Record<string, string>) => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {Error} when Xvfb or the window manager can not be started
 */
export async function withVirtualDisplay(work) {
  if (process.platform !== 'linux') return work({});
  // Xvfb picks a free display number and writes it to file descriptor 3.
  const xvfb = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  try {
    await once(xvfb, 'spawn');
    const [number] = await Promise.race([once(xvfb.stdio[3] ?? xvfb, 'data'), once(xvfb, 'exit')]);
    if (!Buffer.isBuffer(number)) throw new Error(`Xvfb ended with ${String(number)} before it was ready`);
    // WAYLAND_DISPLAY would win over DISPLAY.
    const env = { DISPLAY: `:${number.toString('utf8').trim()}`, WAYLAND_DISPLAY: '' };
    // Without a window manager no window ever has the focus.
    const openbox = spawn('openbox', [], { stdio: 'ignore', env: { ...process.env, ...env } });
    try {
      await once(openbox, 'spawn');
      return await work(env);
    } finally {
      openbox.kill();
    }
  } finally {
    xvfb.kill();
  }
}
