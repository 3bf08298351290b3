/** The oldest Node that everything here runs on (package.json "engines"). */
const NODE_MIN = [20, 19];

/**
 * Why this Node can not run the project; undefined when it can.
 * @param {string} version as in process.versions.node
 * @returns {string | undefined}
 */
export function nodeTooOld(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = NODE_MIN;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined;
  return `Node ${NODE_MIN.join('.')} or newer is needed, this is Node ${version}. Get it from https://nodejs.org/.`;
}
