import { present } from '#domain/assert';
import type { CommandReply, RiskyCommand } from '#domain/command';
import { formatSignedQuantity, formatQuantity } from '#domain/format';
import { isZero, leavesOf, magnitudeOf, roundToMultiple, type Quantity } from '#domain/money';
import type { Origin } from '#domain/order-record';
import type { OrderTerms } from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';
import type { RiskSubject } from '#domain/risk-decision';
import type { ProtectiveStop } from '#domain/trailing-stop';
import type { EngineState } from '#engine/engine-state';
import { decideOnStop, orderStop, stopSubject } from '#engine/managers/trail-order';
import { placeTrailingStop, trailingStopSubject } from '#engine/managers/trailing-stop-placement';
import { holdingOf, type Holding } from '#engine/orders/closing';
import { rememberRecent } from '#engine/orders/placement';
import { accepted, denied, refused } from '#engine/reply';
import { riskContextOf } from '#engine/risk/risk-context';
import type { Turn } from '#engine/turn';

type ProtectPosition = Extract<RiskyCommand, { kind: 'protect-position' }>;
type PlaceTrailingStop = Extract<RiskyCommand, { kind: 'place-trailing-stop' }>;

/** What is held of a symbol and has no stop yet. */
interface Unprotected {
  readonly holding: Holding;
  readonly quantity: Quantity;
}

/** A stop for what is held of a symbol and has none: fixed, or trailing as a trailing stop's own command makes it. */
export function protectPosition(turn: Turn, origin: Origin, { request }: ProtectPosition): CommandReply {
  const found = unprotectedOf(turn.state, request.symbol);
  if (!found.ok) return refused(found.error);
  const { protection } = request;
  if (protection.by === 'trail') return placeTrailingStop(turn, origin, trailing(found.value, protection.trail));
  const { holding, quantity } = found.value;
  const { conId, symbol } = holding.instrument;
  const stop: ProtectiveStop = {
    ...{ id: turn.newGroupId(), account: present(turn.state.durable.account, 'the account'), conId, symbol },
    ...{ side: holding.closes, quantity, outsideRth: false, plan: { kind: 'fixed' }, order: null },
    ...{ state: { phase: 'guarding', since: turn.at }, waterMark: null, opened: turn.at },
  };
  const terms: OrderTerms = { type: 'STP', stop: protection.stop };
  const decision = decideOnStop(turn, origin, stop, terms);
  const order = orderStop(turn, origin, decision, stop, terms);
  if (decision.outcome === 'denied') return denied([order], decision);
  rememberRecent(turn, order);
  return accepted([order], decision);
}

/** What protecting a position asks of the risk checks. */
export function protectingSubject(
  state: EngineState,
  { request }: ProtectPosition,
): Result<Extract<RiskSubject, { action: 'place' }>, string> {
  const found = unprotectedOf(state, request.symbol);
  if (!found.ok) return found;
  const { symbol, protection } = request;
  if (protection.by === 'trail') return trailingStopSubject(state, trailing(found.value, protection.trail));
  const { holding, quantity } = found.value;
  return ok(stopSubject({ symbol, side: holding.closes, quantity }, { type: 'STP', stop: protection.stop }));
}

function unprotectedOf(state: EngineState, symbol: string): Result<Unprotected, string> {
  const found = holdingOf(state, symbol);
  if (!found.ok) return found;
  const holding = found.value;
  const whole = magnitudeOf(holding.quantity);
  const subject = stopSubject({ symbol, side: holding.closes, quantity: whole }, { type: 'MKT' });
  const { protectedLeaves } = riskContextOf(state, state.durable.at, 'manager', subject);
  const quantity = roundToMultiple(leavesOf(whole, protectedLeaves), holding.instrument.sizeIncrement, 'down');
  if (!isZero(quantity)) return ok({ holding, quantity });
  return err(
    `Nothing of ${symbol} is without protection: ${formatSignedQuantity(holding.quantity)} is held, orders for ${formatQuantity(protectedLeaves)} protect it.`,
  );
}

function trailing({ holding, quantity }: Unprotected, trail: PlaceTrailingStop['request']['trail']): PlaceTrailingStop {
  const { closes: side, instrument } = holding;
  return {
    kind: 'place-trailing-stop',
    request: {
      ...{ symbol: instrument.symbol, side, quantity, trail, triggerOn: 'last', mode: null, outsideRth: false },
      ...{ activationPrice: null, initialStopPrice: null },
    },
  };
}
