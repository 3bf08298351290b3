import { present } from '#domain/assert';
import type { CommandReply, RiskyCommand } from '#domain/command';
import { formatPrice } from '#domain/format';
import type { Origin } from '#domain/order-record';
import { err, ok, type Result } from '#domain/result';
import type { RiskSubject } from '#domain/risk-decision';
import type { ProtectiveStop } from '#domain/trailing-stop';
import type { EngineState } from '#engine/engine-state';
import { decidedTerms, trailingDraftOf, type TrailingPlan } from '#engine/managers/trail-terms';
import { decideOnStop, orderStop, stopSubject } from '#engine/managers/trail-order';
import { followStop } from '#engine/managers/trailing-stop-life';
import { instrumentOf } from '#engine/orders/order-entry';
import { rememberRecent } from '#engine/orders/placement';
import { accepted, denied, refused } from '#engine/reply';
import type { Turn } from '#engine/turn';

type PlaceTrailingStop = Extract<RiskyCommand, { kind: 'place-trailing-stop' }>;

/**
 * A trailing stop: decided, written down, and resting at IBKR, or waiting for its activation price. Who moves it follows
 * from what is asked (`modeOf`).
 */
export function placeTrailingStop(turn: Turn, origin: Origin, { request }: PlaceTrailingStop): CommandReply {
  const { durable, observed } = turn.state;
  const { symbol, side, quantity, outsideRth } = request;
  const instrument = instrumentOf(turn, symbol);
  if (!instrument.ok) return refused(instrument.error);
  const { conId } = instrument.value;
  const draft = trailingDraftOf(request, instrument.value, observed.quotes.get(conId));
  if (!draft.ok) return refused(draft.error);
  const { plan, terms, waterMark } = draft.value;
  const phase = plan.activationPrice === null ? 'guarding' : 'waiting';
  const account = present(durable.account, 'the account');
  const stop: ProtectiveStop = {
    ...{ id: turn.newGroupId(), account, conId, symbol: instrument.value.symbol, side, quantity, outsideRth, plan },
    ...{ order: null, state: { phase, since: turn.at }, waterMark, opened: turn.at },
  };
  const decision = decideOnStop(turn, origin, stop, decidedTerms(draft.value));
  if (terms === null && decision.outcome === 'approved') {
    turn.emit({ type: 'stop-awaited', stop, decisionId: decision.id });
    followStop(turn, stop);
    return { ...accepted([], decision), message: nothingRests(stop, plan) };
  }
  const order = orderStop(turn, origin, decision, stop, decidedTerms(draft.value));
  if (decision.outcome === 'denied') return denied([order], decision);
  rememberRecent(turn, order);
  return accepted([order], decision);
}

/** What a trailing stop asks of the risk checks, or why there is no such stop. */
export function trailingStopSubject(
  { durable, observed }: EngineState,
  { request }: PlaceTrailingStop,
): Result<Extract<RiskSubject, { action: 'place' }>, string> {
  const conId = observed.conIdBySymbol.get(request.symbol);
  const instrument = conId === undefined ? undefined : durable.instruments.get(conId);
  if (conId === undefined || instrument === undefined) {
    return err(`${request.symbol} is not a stock or ETF that IBKR has named to this workstation.`);
  }
  const draft = trailingDraftOf(request, instrument, observed.quotes.get(conId));
  return draft.ok ? ok(stopSubject(request, decidedTerms(draft.value))) : draft;
}

function nothingRests({ symbol }: ProtectiveStop, { activationPrice }: TrailingPlan): string {
  const price = formatPrice(present(activationPrice, 'what a stop that rests nowhere waits for'));
  return `No stop rests at IBKR before ${symbol} touches ${price}: until then nothing protects the position, and this app has to run for the stop to be placed.`;
}
