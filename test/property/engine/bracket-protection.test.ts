import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantity } from '#domain/money';
import { isLive, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { EngineHarness } from '#test/builders/engine-harness';

const RUNS = { numRuns: 120 };
const TIMEOUT_MS = 60_000;
const [ENTRY, TARGET, STOP] = [1, 2, 3] as const;
/** Long enough for every grace, answer and retry that the protection of a bracket may need. */
const SETTLED_MS = 70_000;

type Reading = 'pro-rata' | 'full-fill';
type Happening =
  | { readonly what: 'entry-fills'; readonly shares: number }
  | { readonly what: 'exit-fills'; readonly pick: number; readonly shares: number }
  | { readonly what: 'entry-cancelled' }
  | { readonly what: 'position-sold'; readonly shares: number }
  | { readonly what: 'refuses'; readonly times: number }
  | { readonly what: 'time'; readonly ms: number };

const shares = fc.integer({ min: 1, max: 6 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('entry-fills' as const), shares }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('exit-fills' as const), pick: fc.nat(3), shares }) },
  { weight: 1, arbitrary: fc.constant({ what: 'entry-cancelled' as const }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('position-sold' as const), shares }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('refuses' as const), times: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 3_000 }) }) },
);
const aDay = fc.record({
  reading: fc.constantFrom<Reading>('pro-rata', 'full-fill'),
  happenings: fc.array(happening, { minLength: 1, maxLength: 14 }),
});

/** An IBKR of one bracket of 10, by either reading; it answers what it is asked at once. */
class Floor {
  readonly engine = EngineHarness.ready({ risk: { allowShort: true } });
  readonly #reading: Reading;
  #refusals = 0;
  #heard = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.engine.placesBracket();
    this.engine.works(ENTRY);
    for (const exit of [TARGET, STOP]) this.engine.acknowledges(exit, 'parent');
    this.#answers();
  }

  lives(it: Happening): void {
    const { engine } = this;
    engine.ticks();
    switch (it.what) {
      case 'entry-fills':
        this.#fill(ENTRY, it.shares);
        this.#release();
        break;
      case 'exit-fills':
        this.#exitFills(it.pick, it.shares);
        break;
      case 'entry-cancelled':
        if (isLive(engine.order(ENTRY))) engine.cancelled(ENTRY);
        this.#releaseOrTakeAway();
        break;
      case 'position-sold': {
        const held = Number(engine.position());
        const most = Math.min(it.shares, held);
        if (most > 0) engine.fact({ kind: 'execution', execution: this.#soldByOther(most) });
        break;
      }
      case 'refuses':
        this.#refusals = it.times;
        break;
      case 'time':
        this.passes(it.ms);
    }
    this.#answers();
  }

  passes(ms: number): void {
    for (let left = ms; left > 0; left -= 250) {
      this.engine.ticks();
      this.engine.passes(Math.min(250, left));
      this.#answers();
    }
  }

  /** What of the bracket and its covers stands as a confirmed stop. */
  stops(): number {
    return this.#sum(
      ({ group, state }) =>
        group !== null &&
        (group.role === 'stop-loss' || group.role === 'cover') &&
        !(state.phase === 'pending' && state.hold === 'parent'),
    );
  }

  #sum(counts: (order: OrderRecord) => boolean): number {
    const orders = [...this.engine.durable.orders.values()].filter((order) => isLive(order) && counts(order));
    return orders.reduce((sum, order) => sum + Number(leavesQuantityOf(order)), 0);
  }

  #soldByOther(sold: number): ReturnType<EngineHarness['anExecution']> {
    const of = this.engine.anExecution(STOP, String(sold), '149.99');
    return { ...of, orderRef: null, orderId: null, permId: null, clientId: null };
  }

  #fill(number: number, most: number): void {
    const filled = Math.min(most, Number(leavesQuantityOf(this.engine.order(number))));
    if (filled > 0) this.engine.fills(number, String(filled));
  }

  /** An exit fills no more than its entry has filled, and IBKR reduces the other by as much. */
  #exitFills(pick: number, most: number): void {
    const { engine } = this;
    const exits = [...engine.durable.orders.values()].filter(
      (it) => it.number !== ENTRY && isLive(it) && !(it.state.phase === 'pending' && it.state.hold === 'parent'),
    );
    const exit = exits[pick % Math.max(1, exits.length)];
    const held = Number(engine.position());
    if (exit === undefined || held <= 0) return;
    const filled = Math.min(most, held, Number(leavesQuantityOf(exit)));
    engine.fills(exit.number, String(filled), '149.99');
    if (exit.group?.role === 'cover') return;
    const other = engine.order(exit.number === TARGET ? STOP : TARGET);
    if (!isLive(other)) return;
    const left = Number(other.spec.quantity) - filled;
    if (left - Number(other.filled) <= 0) engine.cancelled(other.number);
    else this.#shows(other, String(left));
  }

  #release(): void {
    const entry = this.engine.order(ENTRY);
    const isDone = entry.state.phase === 'filled';
    if (this.#reading === 'full-fill' && !isDone) return;
    for (const number of [TARGET, STOP]) {
      const exit = this.engine.order(number);
      if (isLive(exit) && exit.state.phase !== 'cancelling') this.engine.works(number);
    }
  }

  #releaseOrTakeAway(): void {
    const filled = Number(this.engine.order(ENTRY).filled);
    for (const number of [TARGET, STOP]) {
      const exit = this.engine.order(number);
      if (!isLive(exit) || this.engine.order(ENTRY).state.phase === 'filled') continue;
      if (this.#reading === 'full-fill' || filled === 0) this.engine.cancelled(number);
    }
  }

  #shows(order: OrderRecord, shown: string): void {
    const spec = { ...order.spec, quantity: quantity(shown) };
    this.engine.reports(order.number, { kind: 'working' }, { spec, parentOrderId: null });
  }

  /** Every order, change and cancel that was asked for since the last time gets its answer. */
  #answers(): void {
    const { engine } = this;
    while (this.#heard < engine.effects.length) {
      const effect = engine.effects[this.#heard];
      this.#heard += 1;
      if (effect?.kind === 'place') {
        for (const { id, role } of effect.legs.value) if (role === 'cover') engine.works(this.#numberOf(id));
      } else if (effect?.kind === 'modify') {
        const number = this.#numberOf(effect.order.value.id);
        if (engine.order(number).modification === null) continue;
        if (this.#refusals > 0) {
          this.#refusals -= 1;
          engine.errs(number, 104, 'refused-change');
        } else engine.reports(number, { kind: 'working' }, { spec: effect.order.value.spec });
      } else if (effect?.kind === 'cancel') {
        const number = this.#numberOf(effect.clientOrderId);
        if (isLive(engine.order(number))) engine.cancelled(number);
      }
    }
  }

  #numberOf(id: OrderRecord['id']): number {
    return orderOf(this.engine, id).number;
  }
}

function orderOf(engine: EngineHarness, id: OrderRecord['id']): OrderRecord {
  const order = engine.durable.orders.get(id);
  if (order === undefined) throw new Error(`no order ${id}`);
  return order;
}

/** What the bracket has open: what its entry has filled and its exits have not closed, capped by what is held. */
function openOf(engine: EngineHarness): number {
  const orders = [...engine.durable.orders.values()];
  const filled = Number(engine.order(ENTRY).filled);
  const closed = orders.filter(({ number }) => number !== ENTRY).reduce((sum, it) => sum + Number(it.filled), 0);
  const held = Math.max(0, Number(engine.position() === 'none' ? '0' : engine.position()));
  return Math.min(Math.max(0, filled - closed), held);
}

describe('a bracket under both readings of IBKR, whatever fills, is cancelled or refused', () => {
  test(
    'ends with stops for exactly what is open once its entry is over, and never more than that by a stop of ours',
    () => {
      fc.assert(
        fc.property(aDay, ({ reading, happenings }) => {
          const floor = new Floor(reading);
          const { engine } = floor;
          for (const it of happenings) {
            const before = engine.effects.length;
            floor.lives(it);
            for (const effect of engine.effects.slice(before)) {
              if (effect.kind !== 'place') continue;
              for (const { spec } of effect.legs.value) expect(Number(spec.quantity)).toBeLessThanOrEqual(10);
            }
          }
          floor.passes(SETTLED_MS);
          const open = openOf(engine);
          if (isLive(engine.order(ENTRY))) expect(floor.stops()).toBeGreaterThanOrEqual(open);
          else expect(floor.stops()).toBe(open);
          expect([...engine.durable.alarms.keys()].filter((id) => id.startsWith('naked:'))).toEqual([]);
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );
});
