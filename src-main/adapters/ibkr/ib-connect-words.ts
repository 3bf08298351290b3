import type { ClientId } from '#domain/ids';

/** TWS took the connection and says nothing. */
export const SILENT_HANDSHAKE =
  'something accepts connections there but does not speak as TWS; check host and port, and restart TWS if they are right';
/** TWS speaks, and names no account. */
export const UNNAMED_ACCOUNT =
  'TWS has not let this program in; look for its question whether to accept the connection, for a login that waits, and in its API settings for the trusted addresses';

export interface ConnectCircumstances {
  readonly endpoint: string;
  readonly clientId: ClientId;
  /** True when the session was usable before. */
  readonly wasUp: boolean;
}

/**
 * Why there is no connection, and what a person can do about it.
 * @param told - what TWS, the library or the operating system said; kept where it adds something.
 */
export function connectWordsOf(
  code: number,
  told: string,
  { endpoint, clientId, wasUp }: ConnectCircumstances,
): string {
  switch (code) {
    case 326:
      return `client id ${clientId} is in use by another program: close it or choose another client id`;
    case 502:
      return wasUp
        ? `the connection to TWS broke (${told})`
        : `nothing answers at ${endpoint} (${told}): start TWS or IB Gateway, enable socket clients in its API settings, and check the port`;
    case 503:
      return `TWS at ${endpoint} is too old (${told}): update TWS`;
    case 504:
      return `the connection to TWS was gone when something was to be sent (${told})`;
    case 506:
      return `TWS at ${endpoint} and this program share no version of the API (${told}): install a current stable TWS, or a newer version of this program`;
    case 507:
      return `TWS could not read a message (${told}); most often another program uses client id ${clientId} too: choose another client id`;
    case 1300: {
      const port = newPortIn(code, told);
      return port === null
        ? told
        : `TWS moved to port ${port} (1300); following it there: change the port in the settings`;
    }
    default:
      return told;
  }
}

/** The port TWS says it moves to: "… Please reconnect on the new port - 4002"; null when it says none. */
export function newPortIn(code: number, text: string): number | null {
  if (code !== 1300) return null;
  const digits = text.replace(/^.*new port\D*/s, '');
  const port = Number(/^\d{1,5}/.exec(digits)?.[0] ?? Number.NaN);
  return port > 0 && port <= 65_535 ? port : null;
}
