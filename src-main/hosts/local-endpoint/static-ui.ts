import type { IncomingMessage, ServerResponse } from 'node:http';
import { present } from '#domain/assert';
import { answerUiFile, plainAnswer, type UiAnswer } from '#hosts/ui-files';
import { refusalOf } from './loopback-guard';

/** Serves the user interface's files to browsers on this machine. */
export function serveUi(
  uiRoot: string,
  port: () => number,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const answer = async (request: IncomingMessage): Promise<UiAnswer> => {
    const { host, origin } = request.headers;
    const refusal = refusalOf({ host, origin }, port());
    if (refusal !== null) return plainAnswer(403, refusal);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plainAnswer(405, 'only GET and HEAD', { allow: 'GET, HEAD' });
    }
    // Cut by hand: the URL parser would fold dots away before they are checked.
    const pathname = present(request.url, 'the URL of a request').replace(/[?#].*/, '');
    return answerUiFile(uiRoot, pathname, [`ws://127.0.0.1:${port()}`, `ws://localhost:${port()}`]);
  };
  return async (request, response) => {
    const { status, headers, body } = await answer(request);
    response.writeHead(status, { ...headers, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}
