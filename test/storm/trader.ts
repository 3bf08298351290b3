import type { Command, LimitChange } from '#domain/command';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { isLive, type OrderRecord } from '#domain/order-record';
import { decimalTextOf, money, price, quantity, type Price } from '#domain/money';
import type { OcoLeg } from '#domain/oco';
import type { EnteredTerms, Side, Trail } from '#domain/order-spec';
import { seenOf } from '#domain/position-difference';
import type { BracketOrderRequest, StopLoss } from '#domain/bracket';
import { percent } from '#domain/money';
import { present } from '#domain/assert';
import { NO_LIMITS_FILE, type LimitsFile } from '#domain/symbol-limits-file';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { Dice } from '#test/storm/dice';
import type { Trade } from '#test/storm/script';
import type { World } from '#test/storm/world';

const CENTS = 100;
const UNITS_PER_CENT = 100;
const QUANTITY_MAX = 40;
/** Limits of a day's loss: what one gap may reach, and what it may not. */
const LOSSES = [money('25'), money('150'), money('2500')] as const;

/** What is on display, in cents. */
interface Touch {
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
}

/** What `trade` comes to now; null when there is nothing that it could be about. */
export function commandOf(world: World, trade: Trade, dice: Dice): Command | null {
  const { life } = world;
  if (life === null) return null;
  const { state } = life.workstation;
  switch (trade) {
    case 'place-order':
      return { kind: 'place-order', request: aSingleOrder(touchOf(world, dice), dice) };
    case 'place-bracket':
      return { kind: 'place-bracket', request: aBracket(touchOf(world, dice), dice) };
    case 'place-trailing-stop':
      return aTrailingStop(world, dice);
    case 'place-oco':
      return anOco(world, dice);
    case 'protect-position':
      return protection(world, dice);
    case 'close-position':
      return { kind: 'close-position', symbol: touchOf(world, dice).symbol };
    case 'modify-order':
      return aChange(world, dice);
    case 'cancel-order': {
      const live = [...state.orders.values()].filter(isLive);
      if (live.length === 0) return null;
      const numbers = Array.from({ length: dice.whole(1, 2) }, () => dice.pick(live).number);
      return { kind: 'cancel-orders', numbers: [...new Set(numbers)] };
    }
    case 'cancel-all':
      return {
        kind: 'cancel-all',
        symbol: dice.chance(0.5) ? null : touchOf(world, dice).symbol,
        keepStops: dice.chance(0.5),
      };
    case 'flatten':
      return { kind: 'flatten' };
    case 'rearm-stop': {
      const stops = [...state.protectiveStops.values()].flatMap(({ state: { phase }, order }) =>
        phase === 'suspended' && order !== null ? [order] : [],
      );
      if (stops.length === 0) return null;
      return { kind: 'rearm-stop', number: present(state.orders.get(dice.pick(stops)), 'the order of a stop').number };
    }
    case 'acknowledge': {
      const seen = seenOf(state.unexplained.values());
      if (seen.length === 0) return null;
      return { kind: 'acknowledge-differences', seen, cause: 'unexplained', reason: 'seen in the storm' };
    }
    case 'set-limit':
      return { kind: 'set-symbol-limit', symbol: touchOf(world, dice).symbol, change: aLimitChange(dice) };
    case 'set-trading': {
      const states = ['REDUCING', 'HALTED'] as const;
      const next = state.trading.state !== 'ACTIVE' && dice.chance(0.8) ? 'ACTIVE' : dice.pick(states);
      return {
        kind: 'set-trading-state',
        state: next,
        includingStops: next === 'HALTED' && dice.chance(0.2),
        everywhere: next === 'HALTED' && dice.chance(0.15),
        reason: 'asked for in the storm',
      };
    }
    case 'reset-latch': {
      const latches = [...state.lossLatches.values()];
      if (latches.length === 0) return null;
      const { scope } = dice.pick(latches);
      const symbol = scope.over === 'account' ? null : scope.symbol;
      return { kind: 'reset-loss-latch', symbol, reason: 'the storm goes on' };
    }
    case 'repeat-command':
      return null;
  }
}

/** The settings of a world: with and without short sales, with wide and narrow limits. */
export function settingsOf(dice: Dice): typeof DEFAULT_SETTINGS {
  const allowShort = dice.chance(0.6);
  const limits = dice.chance(0.5)
    ? {}
    : { maxPositionSize: shares(dice.whole(50, 200)), maxDailyLoss: dice.pick(LOSSES) };
  return { ...DEFAULT_SETTINGS, risk: { ...DEFAULT_SETTINGS.risk, ...limits, allowShort, duplicateWindowMs: 0 } };
}

/** symbol_limits.json of a world; in half of them there is none. */
export function limitsFileOf(symbols: readonly string[], dice: Dice): LimitsFile {
  if (dice.chance(0.5)) return NO_LIMITS_FILE;
  const figures = () => ({
    max_position_size: dice.whole(25, 150),
    max_order_exposure: dice.whole(3_000, 15_000),
    max_daily_loss: Number(dice.pick(LOSSES)),
  });
  const limited = symbols.filter(() => dice.chance(0.7));
  return {
    symbol_limits: Object.fromEntries(limited.map((symbol) => [symbol, figures()])),
    default_limits: figures(),
  };
}

function aLimitChange(dice: Dice): LimitChange | null {
  if (dice.chance(0.2)) return null;
  return {
    maxPositionSize: dice.chance(0.6) ? shares(dice.whole(20, 150)) : null,
    maxOrderExposure: dice.chance(0.4) ? money(String(dice.whole(3_000, 15_000))) : null,
    maxDailyLoss: dice.chance(0.4) ? dice.pick(LOSSES) : null,
    maxCorrelationExposure: null,
  };
}

function stocksOf({ exchange }: World): readonly SimulatedInstrument[] {
  return exchange.instruments.filter(({ secType, currency }) => secType === 'STK' && currency === 'USD').slice(0, 2);
}

function touchOf(world: World, dice: Dice): Touch {
  const stocks = stocksOf(world);
  // Most of it in one stock: what meets there is what goes wrong.
  const stock = dice.chance(0.75) ? present(stocks[0], 'the first stock') : dice.pick(stocks);
  return touchIn(world, stock);
}

function touchIn({ exchange }: World, stock: SimulatedInstrument): Touch {
  const { bid, ask } = exchange.quoteOf(stock);
  return { symbol: stock.symbol, bid: Math.round(bid / UNITS_PER_CENT), ask: Math.round(ask / UNITS_PER_CENT) };
}

const cents = (amount: number): Price => price(decimalText(Math.max(1, Math.round(amount)) / CENTS));
const decimalText = (value: number): string => present(decimalTextOf(value), 'a price');
const shares = (count: number): ReturnType<typeof quantity> => quantity(String(count));
const aSide = (dice: Dice): Side => (dice.chance(0.6) ? 'BUY' : 'SELL');
/** A part of the price between these two, in basis points. */
const away = (dice: Dice, at: number, min: number, max: number): number => (at * dice.whole(min, max)) / 10_000;

function enteredTerms({ bid, ask }: Touch, side: Side, dice: Dice): EnteredTerms {
  const near = side === 'BUY' ? ask : bid;
  const towards = side === 'BUY' ? -1 : 1;
  return dice.weighed<() => EnteredTerms>([
    [3, () => ({ type: 'MKT' })],
    [4, () => ({ type: 'LMT', limit: cents(near + towards * away(dice, near, -10, 60)) })],
    [2, () => ({ type: 'STP', stop: cents(near - towards * away(dice, near, 5, 60)) })],
    [
      1,
      () => {
        const stop = near - towards * away(dice, near, 5, 60);
        return { type: 'STP LMT', stop: cents(stop), limit: cents(stop - towards * away(dice, near, 0, 20)) };
      },
    ],
  ])();
}

function aSingleOrder(touch: Touch, dice: Dice): Extract<Command, { kind: 'place-order' }>['request'] {
  const side = aSide(dice);
  return {
    symbol: touch.symbol,
    side,
    quantity: shares(dice.whole(1, QUANTITY_MAX)),
    terms: enteredTerms(touch, side, dice),
    timeInForce: dice.pick(['DAY', 'GTC', 'DAY', 'IOC']),
    outsideRth: dice.chance(0.5),
  };
}

function aTrail(dice: Dice, at: number): Trail {
  return dice.chance(0.6)
    ? { by: 'amount', amount: cents(away(dice, at, 5, 80)) }
    : { by: 'percent', percent: percent(decimalText(dice.whole(5, 80) / 100)) };
}

function aBracket(touch: Touch, dice: Dice): BracketOrderRequest {
  const side = aSide(dice);
  const sign = side === 'BUY' ? 1 : -1;
  const near = side === 'BUY' ? touch.ask : touch.bid;
  const parent = dice.weighed<() => BracketOrderRequest['parent']>([
    [3, () => ({ type: 'MKT' })],
    [4, () => ({ type: 'LMT', limit: cents(near + sign * away(dice, near, -30, 10)) })],
    [2, () => ({ type: 'STP', stop: cents(near + sign * away(dice, near, 5, 40)) })],
  ])();
  const entry = parent.type === 'MKT' ? near : Number(parent.type === 'LMT' ? parent.limit : parent.stop) * CENTS;
  const stop = entry - sign * away(dice, entry, 15, 120);
  const stopLoss = dice.weighed<() => StopLoss>([
    [4, () => ({ type: 'STP', stop: cents(stop) })],
    [1, () => ({ type: 'STP LMT', stop: cents(stop), limit: cents(stop - sign * away(dice, entry, 5, 30)) })],
    [2, () => ({ type: 'TRAIL', trail: aTrail(dice, entry), stop: dice.chance(0.5) ? null : cents(stop) })],
  ])();
  const target = (): Price => cents(entry + sign * away(dice, entry, 15, 150));
  const isScaledOut = dice.chance(0.25);
  const parts = isScaledOut ? Array.from({ length: dice.whole(2, 3) }, () => dice.whole(1, 15)) : [];
  const total = isScaledOut ? parts.reduce((sum, part) => sum + part, 0) : dice.whole(1, QUANTITY_MAX);
  return {
    symbol: touch.symbol,
    side,
    quantity: shares(total),
    parent,
    takeProfit: isScaledOut || dice.chance(0.15) ? null : { limit: target() },
    stopLoss,
    timeInForce: dice.pick(['DAY', 'GTC']),
    exitTimeInForce: dice.pick(['DAY', 'GTC', 'GTC']),
    outsideRth: dice.chance(0.5),
    levels: parts.map((part) => ({ quantity: shares(part), limit: target() })),
  };
}

/** What is held, else null: most stops and closes are about it. */
function held(world: World, symbol: string): number {
  const { workstation } = present(world.life, 'the process that is asked');
  const position = [...workstation.state.positions.values()].find((it) => it.symbol === symbol);
  return Number(position?.quantity ?? '0');
}

function aTrailingStop(world: World, dice: Dice): Command | null {
  const touch = touchOf(world, dice);
  const position = held(world, touch.symbol);
  if (position === 0) return null;
  const side: Side = position > 0 ? 'SELL' : 'BUY';
  const sign = side === 'SELL' ? 1 : -1;
  const at = side === 'SELL' ? touch.bid : touch.ask;
  const trail = aTrail(dice, at);
  const isActivated = dice.chance(0.4);
  const hasInitial = dice.chance(0.6);
  return {
    kind: 'place-trailing-stop',
    request: {
      symbol: touch.symbol,
      side,
      quantity: shares(dice.chance(0.6) ? Math.abs(position) : dice.whole(1, Math.abs(position))),
      trail,
      activationPrice: isActivated ? cents(at + sign * away(dice, at, 2, 40)) : null,
      initialStopPrice: hasInitial ? cents(at - sign * away(dice, at, 20, 90)) : null,
      triggerOn: dice.pick(['last', 'bidAsk', 'mid']),
      mode: dice.pick(['native', 'managed', 'managed', null]),
      outsideRth: dice.chance(0.5),
    },
  };
}

function anOco(world: World, dice: Dice): Command {
  const touch = touchOf(world, dice);
  const position = held(world, touch.symbol);
  const isExit = position !== 0 && dice.chance(0.6);
  const count = dice.whole(2, 3);
  const equal = dice.whole(1, Math.max(1, isExit ? Math.abs(position) : QUANTITY_MAX));
  const isEqual = dice.chance(0.7);
  const legs = Array.from({ length: count }, (_, index): OcoLeg => {
    const its = isExit || dice.chance(0.7) ? touch : touchOf(world, dice);
    const side: Side = isExit ? (position > 0 ? 'SELL' : 'BUY') : aSide(dice);
    return {
      symbol: its.symbol,
      side,
      quantity: shares(isEqual ? equal : dice.whole(1, equal)),
      terms: isExit ? exitTerms(its, side, index, dice) : restingTerms(its, side, index, dice),
      timeInForce: dice.pick(['DAY', 'GTC']),
      outsideRth: dice.chance(0.5),
    };
  });
  return {
    kind: 'place-oco',
    request: {
      legs,
      onPartialFill: dice.pick(['reduce', 'cancel']),
      sharing: dice.pick(['proportional', 'share-for-share']),
      onOverfill: dice.pick(['alert', 'flatten-excess']),
    },
  };
}

function exitTerms({ bid, ask }: Touch, side: Side, index: number, dice: Dice): EnteredTerms {
  const sign = side === 'SELL' ? 1 : -1;
  const at = side === 'SELL' ? bid : ask;
  return index % 2 === 0
    ? { type: 'LMT', limit: cents(at + sign * away(dice, at, 5, 60)) }
    : { type: 'STP', stop: cents(at - sign * away(dice, at, 10, 60)) };
}

function restingTerms({ bid, ask }: Touch, side: Side, index: number, dice: Dice): EnteredTerms {
  const sign = side === 'BUY' ? 1 : -1;
  const at = side === 'BUY' ? ask : bid;
  return index % 2 === 0
    ? { type: 'LMT', limit: cents(at - sign * away(dice, at, 3, 40)) }
    : { type: 'STP', stop: cents(at + sign * away(dice, at, 5, 40)) };
}

function protection(world: World, dice: Dice): Command {
  const touch = touchOf(world, dice);
  const sign = held(world, touch.symbol) >= 0 ? -1 : 1;
  const at = sign < 0 ? touch.bid : touch.ask;
  return {
    kind: 'protect-position',
    request: {
      symbol: touch.symbol,
      protection: dice.chance(0.5)
        ? { by: 'stop', stop: cents(at + sign * away(dice, at, 10, 80)) }
        : { by: 'trail', trail: aTrail(dice, at) },
    },
  };
}

function aChange(world: World, dice: Dice): Command | null {
  const { workstation } = present(world.life, 'the process that is asked');
  const live = [...workstation.state.orders.values()].filter(isLive);
  if (live.length === 0) return null;
  const order = dice.pick(live);
  return {
    kind: 'modify-order',
    request: {
      number: order.number,
      limit: moved('limit', order, dice),
      stop: moved('stop', order, dice),
      quantity: dice.chance(0.4) ? shares(dice.whole(1, QUANTITY_MAX)) : null,
      timeInForce: dice.chance(0.1) ? dice.pick(['DAY', 'GTC']) : null,
    },
  };
}

function moved(which: 'limit' | 'stop', { spec: { terms } }: OrderRecord, dice: Dice): Price | null {
  const at: Price | null = which in terms ? (Object.entries(terms).find(([key]) => key === which)?.[1] as Price) : null;
  if (at === null || dice.chance(0.4)) return null;
  return cents(Number(at) * CENTS * (1 + dice.whole(-50, 50) / 10_000));
}
