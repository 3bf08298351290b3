import path from 'node:path';

/**
 * The program inside an unpacked Electron distribution.
 * @param {string} dist
 * @param {string} platform as in process.platform
 */
export function electronBinary(dist, platform) {
  if (platform === 'darwin') return path.join(dist, 'Electron.app', 'Contents', 'MacOS', 'Electron');
  return path.join(dist, platform === 'win32' ? 'electron.exe' : 'electron');
}
