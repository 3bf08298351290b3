/**
 * @typedef {{ readonly packages: readonly string[]; readonly purpose: string }} Need
 *   `packages` are alternatives, the first available is installed: Debian 13 and Ubuntu 24.04 renamed some to …t64.
 */

/** @type {readonly Need[]} What the end-to-end tests need of a Debian or Ubuntu system. */
export const SYSTEM_NEEDS = [
  { packages: ['chromium'], purpose: 'the browser of the end-to-end tests' },
  { packages: ['xvfb'], purpose: 'a display without a screen' },
  { packages: ['openbox'], purpose: 'window focus on that display' },
  { packages: ['xdotool'], purpose: 'real key presses' },
  { packages: ['unzip'], purpose: 'unpacking Electron' },
  { packages: ['libgtk-3-0t64', 'libgtk-3-0'], purpose: 'Electron' },
  { packages: ['libnss3'], purpose: 'Electron' },
  { packages: ['libasound2t64', 'libasound2'], purpose: 'Electron' },
  { packages: ['libgbm1'], purpose: 'Electron' },
  { packages: ['libxss1'], purpose: 'Electron' },
  { packages: ['libnotify4'], purpose: 'Electron' },
  { packages: ['libsecret-1-0'], purpose: 'Electron' },
  { packages: ['xdg-utils'], purpose: 'Electron' },
  { packages: ['fonts-dejavu-core'], purpose: 'text in screenshots' },
];

/**
 * The names of installed packages.
 * @param {string} status the output of dpkg-query -W -f='${Package} ${db:Status-Status}\n'
 * @returns {ReadonlySet<string>}
 */
export function installedPackages(status) {
  const rows = status.split('\n').map((row) => row.split(' '));
  return new Set(rows.flatMap(([name = '', state]) => (state === 'installed' ? [name] : [])));
}

/**
 * The needs that nothing installed meets.
 * @param {readonly Need[]} needs
 * @param {ReadonlySet<string>} installed
 */
export function unmetNeeds(needs, installed) {
  return needs.filter(({ packages }) => !packages.some((name) => installed.has(name)));
}

/**
 * What to install for them: of each the first alternative that this system offers.
 * @param {readonly Need[]} needs
 * @param {ReadonlySet<string>} offered
 */
export function packagesFor(needs, offered) {
  return needs.flatMap(({ packages }) => packages.find((name) => offered.has(name)) ?? packages.slice(-1));
}
