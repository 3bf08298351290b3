import * as z from 'zod';
import type { Channel } from '#api/channel';
import { err, ok, type Result } from '#domain/result';

/** Both sides have to speak the same one. */
export const PROTOCOL_VERSION = 1;
/** Time for the whole handshake, on each side. */
export const HANDSHAKE_DEADLINE_MS = 5_000;
const HANDSHAKE_TEXT_LENGTH_MAX = 1_024;
const NONCE_BYTES = 32;

const hex64 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');
/** The secret of one launch: 32 random bytes. Whoever has it may trade, so it is never sent, only proved. */
export const tokenSchema = hex64;

/** Who is at the door: a window (or browser), or a command line or script. */
export const clientKindSchema = z.enum(['window', 'cli']);
export type ClientKind = z.infer<typeof clientKindSchema>;

const helloSchema = z.strictObject({
  protocol: z.int(),
  client: clientKindSchema,
  /** The person said `--live`: commands may go to a host where real money is at stake. */
  live: z.boolean(),
  nonce: hex64,
});
type Hello = Readonly<z.infer<typeof helloSchema>>;
const challengeSchema = z.strictObject({ nonce: hex64, proof: hex64 });
const answerSchema = z.strictObject({ proof: hex64 });
const welcomeSchema = z.strictObject({ welcome: z.literal(true) });

export type HandshakeFailure = {
  /** `WRONG_TOKEN`: the peer's proof does not fit. `NOT_UNDERSTOOD`: no peer of ours, or of another version. */
  readonly code: 'DEADLINE' | 'CLOSED' | 'WRONG_TOKEN' | 'NOT_UNDERSTOOD';
  readonly reason: string;
};

/** What a client says of itself. */
export interface ClientIntroduction {
  readonly client: ClientKind;
  readonly live: boolean;
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const newNonce = (): string => hexOf(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));

const keyOf = (token: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytesOf(token), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);

/** What a side proves: its part, both nonces and all that was said, so that no proof fits anywhere else. */
function statementOf(side: 'host' | 'client', hello: Hello, hostNonce: string): Uint8Array<ArrayBuffer> {
  const said = [side, PROTOCOL_VERSION, hello.client, hello.live, hello.nonce, hostNonce];
  return new TextEncoder().encode(JSON.stringify(said));
}

async function prove(key: CryptoKey, statement: Uint8Array<ArrayBuffer>): Promise<string> {
  return hexOf(new Uint8Array(await crypto.subtle.sign('HMAC', key, statement)));
}

/** In constant time, as WebCrypto compares. */
function proves(key: CryptoKey, proof: string, statement: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return crypto.subtle.verify('HMAC', key, bytesOf(proof), statement);
}

/** The next text as `schema` has it; undefined when it is something else. */
async function receive<T>(channel: Channel, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await new Promise<string>((resolve) => {
    channel.listen((next) => {
      channel.listen(null);
      resolve(next);
    });
  });
  if (text.length > HANDSHAKE_TEXT_LENGTH_MAX) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Not JSON: not understood, like any other stranger's text.
  }
}

const NOT_UNDERSTOOD = {
  code: 'NOT_UNDERSTOOD',
  reason: 'the other side does not speak this protocol; is it another program, or another version?',
} as const;
const WRONG_TOKEN = {
  code: 'WRONG_TOKEN',
  reason: 'the other side does not hold the token of this launch; was the workstation started again?',
} as const;

/** Runs `steps` under the deadline. Whatever goes wrong closes the channel. */
function underDeadline<T>(
  channel: Channel,
  steps: () => Promise<Result<T, HandshakeFailure>>,
): Promise<Result<T, HandshakeFailure>> {
  return new Promise((resolve, reject) => {
    const finish = (result: Result<T, HandshakeFailure>): void => {
      clearTimeout(timer);
      stopListening();
      if (!result.ok) channel.close();
      resolve(result);
    };
    const timer = setTimeout(() => {
      finish(err({ code: 'DEADLINE', reason: `no handshake within ${HANDSHAKE_DEADLINE_MS / 1000} s` }));
    }, HANDSHAKE_DEADLINE_MS);
    const stopListening = channel.onClose(() => {
      clearTimeout(timer);
      resolve(err({ code: 'CLOSED', reason: 'the connection was closed during the handshake' }));
    });
    steps().then(finish, reject);
  });
}

/**
 * The client's side: proves the token and has the host prove it. The channel is ready for calls afterwards, and closed
 * when this failed.
 */
export function introduce(
  channel: Channel,
  token: string,
  introduction: ClientIntroduction,
): Promise<Result<null, HandshakeFailure>> {
  return underDeadline(channel, async () => {
    const key = await keyOf(token);
    const hello: Hello = { protocol: PROTOCOL_VERSION, nonce: newNonce(), ...introduction };
    channel.send(JSON.stringify(hello));
    const challenge = await receive(channel, challengeSchema);
    if (challenge === undefined) return err(NOT_UNDERSTOOD);
    if (!(await proves(key, challenge.proof, statementOf('host', hello, challenge.nonce)))) return err(WRONG_TOKEN);
    channel.send(JSON.stringify({ proof: await prove(key, statementOf('client', hello, challenge.nonce)) }));
    const welcome = await receive(channel, welcomeSchema);
    return welcome === undefined ? err(NOT_UNDERSTOOD) : ok(null);
  });
}

/** The host's side. `onAdmitted` runs before the client hears that it is in, so that no call of it can be missed. */
export function admit(
  channel: Channel,
  token: string,
  onAdmitted: (introduction: ClientIntroduction) => void,
): Promise<Result<null, HandshakeFailure>> {
  return underDeadline(channel, async () => {
    const key = await keyOf(token);
    const hello = await receive(channel, helloSchema);
    if (hello?.protocol !== PROTOCOL_VERSION) return err(NOT_UNDERSTOOD);
    const nonce = newNonce();
    channel.send(JSON.stringify({ nonce, proof: await prove(key, statementOf('host', hello, nonce)) }));
    const answer = await receive(channel, answerSchema);
    if (answer === undefined) return err(NOT_UNDERSTOOD);
    if (!(await proves(key, answer.proof, statementOf('client', hello, nonce)))) return err(WRONG_TOKEN);
    onAdmitted({ client: hello.client, live: hello.live });
    channel.send(JSON.stringify({ welcome: true }));
    return ok(null);
  });
}
