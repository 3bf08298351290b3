import { BrowserWindow } from 'electron';
import { APP_URL } from './app-protocol';

/** The dark theme's ground, so that nothing flashes before the page is there. */
const BACKGROUND = '#0f1317';
/** A page that dies more often is broken, not unlucky. */
const RELOADS_MAX = 3;

/** The workstation's window; shown once it has something to show. */
export async function openWindow(preload: string, onFault: (reason: string) => void): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    backgroundColor: BACKGROUND,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      // Prices go on moving behind other windows.
      backgroundThrottling: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    onFault(`the window's process is gone: ${reason}, exit code ${exitCode}`);
    reloads += 1;
    if (reloads <= RELOADS_MAX) window.webContents.reload();
  });
  await window.loadURL(APP_URL);
  return window;
}

/** Brings the window before the person. */
export function present(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
