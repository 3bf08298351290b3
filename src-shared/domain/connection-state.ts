import * as z from 'zod';
import { epochMsSchema } from '#domain/ids';

const since = epochMsSchema;

/** The session with TWS or IB Gateway. New risk only in `ready`; inbound facts count in every state. */
export const connectionStateSchema = z.discriminatedUnion('phase', [
  z.strictObject({
    phase: z.literal('disconnected'),
    since,
    reason: z.string().max(500),
    /** IBKR's or the library's code, where there is one: 326, 502, 504 … */
    code: z.int().nullable(),
    retryAt: epochMsSchema.nullable(),
  }),
  z.strictObject({ phase: z.literal('connecting'), since, endpoint: z.string().max(200) }),
  z.strictObject({ phase: z.literal('handshaking'), since, endpoint: z.string().max(200) }),
  z.strictObject({ phase: z.literal('reconciling'), since, serverVersion: z.int() }),
  z.strictObject({ phase: z.literal('ready'), since, serverVersion: z.int() }),
  /** TWS is up but has lost IBKR (1100, 2110). */
  z.strictObject({
    phase: z.literal('degraded'),
    since,
    code: z.int(),
    reason: z.string().max(500),
    serverVersion: z.int(),
  }),
]);
export type ConnectionState = Readonly<z.infer<typeof connectionStateSchema>>;

/** True when orders may be sent. */
export function isReady(connection: ConnectionState): boolean {
  return connection.phase === 'ready';
}
