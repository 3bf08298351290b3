import type { EngineEvent } from '#domain/engine-event';
import type { ObservedTerms } from '#domain/order-spec';
import type { RiskDecision } from '#domain/risk-decision';
import { isProtective } from '#test/storm/exit-accounts';
import type { ShadowLedger, ShadowOrder } from '#test/storm/shadow-ledger';
import type { ShadowLimits } from '#test/storm/shadow-limits';

/** What is on display of an instrument, as the workstation heard it. */
interface Touch {
  readonly bid: number | null;
  readonly ask: number | null;
}

/** How far the position may go by all that works: exits of what is held apart, one order of each group that IBKR holds. */
interface Reach {
  readonly hi: number;
  readonly lo: number;
}

/** Checks that a reducing order by a person has to pass whatever the limits, the losses and the trading state are. */
const EXEMPT: ReadonlySet<string> = new Set([
  'position',
  'notional',
  'gross-exposure',
  'sector-exposure',
  'correlated-exposure',
  'daily-loss',
  'trading-state',
  'margin',
  'short',
  'flip',
]);
const MARKET_MARGIN = 1.05;
const CENT = 0.01;

/** Invariant 7: what each approval may not be, each reckoned from the journal alone. */
export class Approvals {
  readonly #ledger: ShadowLedger;
  readonly #limits: ShadowLimits;
  readonly #touchOf: (conId: number) => Touch | undefined;

  constructor(ledger: ShadowLedger, limits: ShadowLimits, touchOf: (conId: number) => Touch | undefined) {
    this.#ledger = ledger;
    this.#limits = limits;
    this.#touchOf = touchOf;
  }

  /** Where the positions that an intent is about may go; to be asked before it is folded. */
  reachesOf(event: EngineEvent): ReadonlyMap<number, Reach> {
    return new Map(this.#subjectsOf(event).map(({ conId }) => [conId, this.#reachOf(conId)]));
  }

  /** What is wrong with an intent that has just been folded; null when nothing is. */
  whyWrong(event: EngineEvent, before: ReadonlyMap<number, Reach>): string | null {
    for (const { conId, symbol, sign } of this.#subjectsOf(event)) {
      const [was, is] = [before.get(conId), this.#reachOf(conId)];
      const limit = this.#limits.limitOf(symbol, 'maxPositionSize');
      const [from, to] = sign > 0 ? [was?.hi ?? 0, is.hi] : [-(was?.lo ?? 0), -is.lo];
      if (to > limit && to > from) {
        return `${event.type} takes ${symbol} to ${sign * to} at worst (${sign * from} before), and the limit is ${limit}`;
      }
    }
    if (event.type !== 'orders-intended') return null;
    for (const { id } of event.orders) {
      const order = this.#ledger.orders.get(id);
      const why = order === undefined || !this.#adds(order) ? null : this.#whyNotAdd(order);
      if (why !== null) return why;
    }
    return null;
  }

  /** Why a denial takes from a person what they may always do; null when it does not. */
  whyDeniedWrongly({ outcome, verdicts, context }: RiskDecision): string | null {
    const { subject, instrument, origin } = context;
    // Without a session nobody knows what is held.
    if (this.#ledger.connection !== 'ready') return null;
    if (outcome !== 'denied' || instrument === null || subject.action !== 'place' || origin === 'manager') return null;
    const [leg] = subject.legs;
    if (leg === undefined || subject.legs.length > 1 || leg.role !== 'parent') return null;
    const position = this.#ledger.positions.get(instrument.conId) ?? 0;
    const { hi, lo } = this.#reachOf(instrument.conId);
    const room = position > 0 ? lo : -hi;
    const isReducing = leg.side === (position > 0 ? 'SELL' : 'BUY') && position !== 0 && Number(leg.quantity) <= room;
    const wrong = verdicts.find(
      ({ check, verdict }) => (verdict === 'deny' || verdict === 'cannot-know') && EXEMPT.has(check),
    );
    if (!isReducing || wrong === undefined) return null;
    return `${leg.side} ${leg.quantity} of ${position} ${subject.symbol} only reduces, and was denied by ${wrong.check}`;
  }

  #whyNotAdd(order: ShadowOrder): string | null {
    const { number, symbol, conId, quantity } = order;
    if (this.#ledger.trading !== 'ACTIVE') return `order ${number} adds risk, and trading is ${this.#ledger.trading}`;
    if (this.#limits.isLatched(conId)) return `order ${number} adds to ${symbol}, and its loss has latched`;
    const unit = unitValueOf(order, this.#touchOf(conId));
    const limit = this.#limits.limitOf(symbol, 'maxOrderExposure');
    if (unit === null || quantity * unit <= limit + CENT) return null;
    return `order ${number} is worth ${quantity * unit} at worst, and the limit of one order is ${limit}`;
  }

  /** True for an order that can only make the position larger; whether others do, depends on what is closed first. */
  #adds({ conId, sign, role, isOurs }: ShadowOrder): boolean {
    const position = this.#ledger.positions.get(conId) ?? 0;
    return isOurs && (role === null || role === 'parent' || role === 'oco') && sign * position >= 0;
  }

  #subjectsOf(event: EngineEvent): readonly Pick<ShadowOrder, 'conId' | 'symbol' | 'sign'>[] {
    if (event.type === 'orders-intended') {
      return event.orders
        .filter(({ group }) => group === null || group.role === 'parent' || group.role === 'oco')
        .map(({ spec: { conId, symbol, side } }) => ({ conId, symbol, sign: side === 'BUY' ? 1 : -1 }));
    }
    const order = event.type === 'modification-requested' ? this.#ledger.orders.get(event.id) : undefined;
    return order === undefined || isProtective(order) ? [] : [order];
  }

  #reachOf(conId: number): Reach {
    const position = this.#ledger.positions.get(conId) ?? 0;
    const orders = [...this.#ledger.orders.values()].filter(
      (it) => it.conId === conId && this.#ledger.isLive(it) && !isProtective(it),
    );
    const leavesOn = (sign: 1 | -1): number => {
      const largest = new Map<string, number>();
      let sum = 0;
      for (const order of orders) {
        if (order.sign !== sign) continue;
        const leaves = this.#ledger.leavesOf(order.id);
        const group = order.groupId === null ? undefined : this.#ledger.ocos.get(order.groupId);
        if (group?.custody !== 'native') sum += leaves;
        else largest.set(group.id, Math.max(largest.get(group.id) ?? 0, leaves));
      }
      return [...largest.values()].reduce((total, leaves) => total + leaves, sum);
    };
    return { hi: position + leavesOn(1), lo: position - leavesOn(-1) };
  }
}

/** What one unit may cost (domain.md §5); null where that is not sure. */
function unitValueOf({ terms, sign }: ShadowOrder, touch: Touch | undefined): number | null {
  const ask = touch?.ask ?? null;
  if (ask === null) return null;
  const named = namedPriceOf(terms);
  if (sign < 0) return Math.max(ask, named ?? 0);
  if (terms.type === 'LMT') return named;
  if (terms.type === 'MKT' || terms.type === 'STP') return Math.max(ask, named ?? 0) * MARKET_MARGIN;
  return null;
}

function namedPriceOf(terms: ObservedTerms): number | null {
  if (terms.type === 'LMT') return Number(terms.limit);
  return terms.type === 'STP' ? Number(terms.stop) : null;
}
