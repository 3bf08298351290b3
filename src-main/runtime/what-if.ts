import { ibOrderId } from '#domain/ids';
import { err, type Result } from '#domain/result';
import type { RiskContext } from '#domain/risk-decision';
import type { EngineState } from '#engine/engine-state';
import { mainLegOf, openOf } from '#engine/risk/risk-check';
import type { BrokerPort, MarginAnswer, WhatIfQuestion } from '#ports/broker-port';

/** How often a question lets what is under way go first. */
const TURNS_MAX = 5;

export interface WhatIfParts {
  readonly state: EngineState;
  readonly broker: BrokerPort;
  /** True while nothing waits for the disk or for its turn at the socket. */
  readonly isQuiet: () => boolean;
  /** Settles once what waits for the disk has gone. */
  readonly letGo: () => Promise<void>;
  /** The next order id must be at least this one. */
  readonly onIdUsed: (next: WhatIfQuestion['orderId']) => void;
}

/**
 * Asks the broker what the main order of `context` would do to the margin. IBKR counts the order id of a question as used, so
 * that it takes the next one, and only while no order with a smaller one is on its way.
 */
export async function marginOf(parts: WhatIfParts, context: RiskContext): Promise<NonNullable<RiskContext['margin']>> {
  for (let turn = 0; turn < TURNS_MAX && !parts.isQuiet(); turn += 1) await parts.letGo();
  const answer = parts.isQuiet() ? await ask(parts, context) : err('other orders are being sent');
  return answer.ok ? { known: true, ...answer.value } : { known: false, why: answer.error };
}

function ask({ broker, onIdUsed, state }: WhatIfParts, context: RiskContext): Promise<Result<MarginAnswer, string>> {
  const { instrument, subject } = context;
  const { account } = state.durable;
  if (instrument === null || account === null) return Promise.resolve(err('no account or instrument is known yet'));
  const { side, terms, timeInForce } = mainLegOf(context);
  const { conId } = instrument;
  const orderId = ibOrderId(state.observed.highestOrderId + 1);
  onIdUsed(ibOrderId(orderId + 1));
  const spec = {
    conId,
    symbol: subject.symbol,
    side,
    quantity: openOf(context),
    terms,
    timeInForce,
    outsideRth: false,
  };
  return broker.whatIf({ orderId, spec: { ...spec, account } });
}
