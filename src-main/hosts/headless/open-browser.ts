import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const OWNER_ONLY = 0o600;

/** The program that shows `address` in the person's browser; null where there is no display to show it on. */
export function browserProgram(
  platform: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly [program: string, ...words: string[]] | null {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env['DISPLAY'] === undefined && env['WAYLAND_DISPLAY'] === undefined ? null : ['xdg-open'];
}

/**
 * Opens a browser at `url` by way of a page that only the owner can read: command lines are visible to every user of
 * the machine, and the URL carries the token.
 * @param onFault hears why the browser could not be started; nothing depends on it.
 * @returns the way to remove the page.
 */
export async function openBrowser(
  [program, ...words]: readonly [string, ...string[]],
  directory: string,
  url: string,
  onFault: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const page = join(directory, 'open.html');
  await rm(page, { force: true });
  await writeFile(page, `<!doctype html><meta http-equiv="refresh" content="0; url=${url}">\n`, {
    mode: OWNER_ONLY,
    flag: 'wx',
  });
  const browser = spawn(program, [...words, pathToFileURL(page).href], { stdio: 'ignore', detached: true });
  browser.unref();
  await once(browser, 'spawn').catch(onFault);
  return () => rm(page, { force: true });
}
