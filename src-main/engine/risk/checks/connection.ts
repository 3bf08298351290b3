import { isReady } from '#domain/connection-state';
import { deny, pass, type RiskCheck } from '#engine/risk/risk-check';

/** Orders are sent only in a session that is up and reconciled; otherwise they are refused, never queued. */
export const connection: RiskCheck = {
  name: 'connection',
  check: ({ connection: session }) =>
    isReady(session) ? pass('connection') : deny('connection', { code: 'NOT_READY', phase: session.phase }),
};
