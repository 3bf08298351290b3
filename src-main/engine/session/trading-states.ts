import type { Command, CommandReply } from '#domain/command';
import { isReady } from '#domain/connection-state';
import type { KillSwitch, TradingState } from '#domain/trading-state';
import type { Origin } from '#domain/order-record';
import { cancelEverywhere } from '#engine/managers/kill-switch';
import { beginReducing } from '#engine/managers/reducing';
import { endWaitingStops } from '#engine/managers/trailing-stop-life';
import { accepted, refused } from '#engine/reply';
import type { Turn } from '#engine/turn';

type SetTradingState = Extract<Command, { kind: 'set-trading-state' }>;

/** What stands as the reason where the person gave none. */
const REASONS = { ACTIVE: '', REDUCING: 'a person asked for it', HALTED: 'the kill switch' } as const;

/**
 * A person sets the trading state (domain.md §6). It is written down first, also without a session: what HALTED and REDUCING
 * cancel is cancelled now or once a session is ready, and again until it is gone. Only a person makes it ACTIVE again.
 */
export function setTradingState(turn: Turn, origin: Origin, command: SetTradingState): CommandReply {
  const { durable } = turn.state;
  const refusal = whyNot(turn, command);
  if (refusal !== null) return refused(refusal);
  const { state } = command;
  if (state === 'ACTIVE' && durable.trading.state === 'ACTIVE') return accepted([], null);
  const reason = command.reason === '' ? REASONS[state] : command.reason;
  const trading: TradingState = { state, since: turn.at, reason, cause: 'person' };
  const kill = state === 'HALTED' ? killOf(turn, command) : null;
  turn.emit({
    type: 'trading-state-changed',
    trading: kill === null ? trading : { ...trading, kill },
    origin,
  });
  if (kill?.includingStops === true) endWaitingStops(turn, null);
  const everybodys = cancelEverywhere(turn, origin);
  const ours = beginReducing(turn, origin);
  const message =
    state === 'ACTIVE' || isReady(durable.connection)
      ? ''
      : `Not connected to IBKR (${durable.connection.phase}): orders are cancelled as soon as a session is ready.`;
  return { ...accepted([...everybodys, ...ours], null), message };
}

function whyNot({ state: { durable } }: Turn, { state, includingStops, everywhere }: SetTradingState): string | null {
  if (state !== 'HALTED' && (includingStops || everywhere))
    return `Only HALTED cancels stops, or the orders of others.`;
  if (everywhere && !includingStops) {
    return "IBKR's global cancel takes the protective stops too: say that they are to be cancelled as well.";
  }
  if (state === 'ACTIVE' && durable.unexplained.size > 0) {
    return "A position differs from IBKR's and nothing explains it: acknowledge the difference first.";
  }
  return null;
}

/** Pressed again it reaches what came since, and takes back nothing of what it was asked for before. */
function killOf({ state: { durable } }: Turn, { includingStops, everywhere }: SetTradingState): KillSwitch {
  const earlier = durable.trading.kill;
  return {
    before: durable.nextOrderNumber,
    includingStops: includingStops || earlier?.includingStops === true,
    globalCancel: everywhere ? 'owed' : (earlier?.globalCancel ?? 'none'),
  };
}
