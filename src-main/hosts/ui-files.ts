import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, sep } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
const INDEX = 'index.html';
const NONCE_BYTES = 16;

/** What a browser or the window is answered. */
export interface UiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Nothing but the program's own files runs or is loaded. Styles that libraries make at run time carry the nonce, which
 * is new with every page and stands in its `<meta property="csp-nonce">`.
 * @param sockets where the page may open a WebSocket, beside its own origin.
 */
export function contentSecurityPolicy(nonce: string, sockets: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src ${["'self'", ...sockets].join(' ')}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The file that a URL's path means, or null when it leads out of `root`. */
export function fileOfPath(root: string, pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null; // Half a percent escape names no file.
  }
  if (decoded.includes('\0')) return null;
  const file = join(root, decoded.endsWith('/') ? `${decoded}${INDEX}` : decoded);
  const inside = relative(root, file);
  // Absolute: on another drive of Windows.
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? null : file;
}

const FIXED_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** An answer in words. */
export function plainAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): UiAnswer {
  return {
    status,
    headers: { ...FIXED_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: Buffer.from(`${text}\n`),
  };
}

/** A file of the user interface. @param root the built renderer; @param sockets as in the content security policy. */
export async function answerUiFile(root: string, pathname: string, sockets: readonly string[]): Promise<UiAnswer> {
  const file = fileOfPath(root, pathname);
  if (file === null) return plainAnswer(404, 'not found');
  const content = await contentOf(file);
  if (content === null) return plainAnswer(404, 'not found');
  const extension = extname(file);
  const contentType = CONTENT_TYPES[extension] ?? 'application/octet-stream';
  if (extension !== '.html') {
    return {
      status: 200,
      headers: { ...FIXED_HEADERS, 'content-type': contentType, 'cache-control': 'no-cache' },
      body: content,
    };
  }
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const page = content.toString('utf8').replace('<head>', `<head><meta property="csp-nonce" nonce="${nonce}">`);
  return {
    status: 200,
    headers: {
      ...FIXED_HEADERS,
      'content-type': contentType,
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(nonce, sockets),
    },
    body: Buffer.from(page),
  };
}

/** Null when there is no such file: a folder, or nothing at all. */
async function contentOf(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch {
    return null;
  }
}
