import { app, session, type Session } from 'electron';
import { APP_ORIGIN } from './app-protocol';

const isOurs = (url: string): boolean => url.startsWith(`${APP_ORIGIN}/`);

/** A page can neither leave, open another, embed one, nor ask for anything of the machine. */
export function guardContents(): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event, url) => {
      if (!isOurs(url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** No permissions, no devices, no downloads, and no request but for our own files. */
export function guardSession(own: Session = session.defaultSession): void {
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  own.setPermissionCheckHandler(() => false);
  own.setDevicePermissionHandler(() => false);
  own.on('will-download', (event) => event.preventDefault());
  own.webRequest.onBeforeRequest((details, answer) => {
    // The developer tools load themselves; they are there only in a development run.
    const allowed = isOurs(details.url) || details.url.startsWith('devtools://') || details.url.startsWith('data:');
    answer({ cancel: !allowed });
  });
}
