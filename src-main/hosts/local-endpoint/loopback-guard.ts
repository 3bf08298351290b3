/** What a request says of where it goes to and which page it comes from. */
export interface Visitor {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Why a visitor is turned away, or null. The exact Host keeps out names that were made to resolve to this machine (DNS
 * rebinding), the exact Origin pages of other sites. Programs that are no browser send no Origin.
 */
export function refusalOf({ host, origin }: Visitor, port: number): string | null {
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return 'this Host is not served here';
  if (origin !== undefined && origin !== `http://${host}`) return 'this Origin is not served here';
  return null;
}
