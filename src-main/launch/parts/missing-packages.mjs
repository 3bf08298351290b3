/**
 * @typedef {{ readonly version?: string; readonly optional?: boolean; readonly devOptional?: boolean; readonly link?: boolean }} LockedPackage
 * @typedef {{ readonly packages: Readonly<Record<string, LockedPackage>> }} Lock
 */

/**
 * The packages that package-lock.json asks for and npm's own record (node_modules/.package-lock.json) does not have in
 * that version. Optional ones may be absent: they are other platforms' builds.
 * @param {Lock} wanted
 * @param {Lock | undefined} installed undefined when nothing is installed
 * @returns {readonly string[]} their places, e.g. `node_modules/zod`
 */
export function missingPackages(wanted, installed) {
  return Object.entries(wanted.packages)
    .filter(([place]) => place !== '')
    .filter(([place, { version, optional, devOptional }]) => {
      const found = installed?.packages[place];
      if (found === undefined) return optional !== true && devOptional !== true;
      return found.version !== version;
    })
    .map(([place]) => place);
}
