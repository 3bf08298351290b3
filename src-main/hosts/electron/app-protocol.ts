import { protocol } from 'electron';
import { answerUiFile, plainAnswer, type UiAnswer } from '#hosts/ui-files';

const SCHEME = 'app';
const HOST = 'local';
/** The only origin that may talk to the main process. */
export const APP_ORIGIN = `${SCHEME}://${HOST}`;
export const APP_URL = `${APP_ORIGIN}/`;

/** Has to run before Electron is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves `app://local/…` from the built user interface, and nothing else. */
export function serveAppScheme(uiRoot: string): void {
  protocol.handle(SCHEME, async (request) => {
    const { status, headers, body } = await answer(uiRoot, request);
    return new Response(new Uint8Array(body), { status, headers });
  });
}

function answer(uiRoot: string, { method, url }: Request): Promise<UiAnswer> | UiAnswer {
  const { host, pathname } = new URL(url);
  if (host !== HOST) return plainAnswer(404, 'not found');
  if (method !== 'GET') return plainAnswer(405, 'only GET', { allow: 'GET' });
  return answerUiFile(uiRoot, pathname, []);
}
