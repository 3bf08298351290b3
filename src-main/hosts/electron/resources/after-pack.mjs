import { rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * electron-builder takes a local Electron as it is, with the default app and the version file that its own downloads
 * lose.
 * @param {import('electron-builder').AfterPackContext} context
 */
export default async function afterPack({ appOutDir, packager, electronPlatformName }) {
  const resources =
    electronPlatformName === 'darwin'
      ? path.join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents', 'Resources')
      : path.join(appOutDir, 'resources');
  await rm(path.join(resources, 'default_app.asar'), { recursive: true, force: true });
  await rm(path.join(appOutDir, 'version'), { force: true });
}
