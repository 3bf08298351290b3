import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '#domain/engine-event';
import type { ConId } from '#domain/ids';
import { snapshotOf } from '#domain/state-snapshot';
import type { BrokerOrder } from '#ports/broker-port';
import { aDay, Desk, type Happening } from '#test/builders/engine-days';
import { EngineHarness } from '#test/builders/engine-harness';

const RUNS = { numRuns: 200 };
const TIMEOUT_MS = 120_000;

/** Lives through `day`; `after` looks at the engine after each happening. */
function lived(day: readonly Happening[], after: (engine: EngineHarness, happening: Happening) => void): void {
  const engine = EngineHarness.ready({ risk: { allowShort: true, duplicateWindowMs: 0 } });
  const desk = new Desk(engine);
  for (const happening of day) {
    desk.lives(happening);
    after(engine, happening);
  }
}

const holds = (day: (happenings: readonly Happening[]) => void): void => fc.assert(fc.property(aDay, day), RUNS);

/** Positions, differences and what explained them, by nothing but the journal. */
class Bookkeeper {
  readonly positions = new Map<ConId, number>();
  readonly listed = new Set<ConId>();
  readonly putDownToOthers = { BUY: 0, SELL: 0 };
  readonly #fills = new Map<string, { readonly conId: ConId; readonly signed: number }>();

  constructor(events: readonly EngineEvent[]) {
    for (const event of events) this.#enter(event);
  }

  #enter(event: EngineEvent): void {
    switch (event.type) {
      case 'fill-recorded':
      case 'fill-corrected': {
        const { execId, conId, side, quantity } = event.fill;
        const replaced = event.type === 'fill-corrected' ? this.#fills.get(event.replaces) : undefined;
        const signed = side === 'BUY' ? Number(quantity) : -Number(quantity);
        this.#fills.set(execId, { conId, signed });
        this.positions.set(conId, this.#held(conId) + signed - (replaced?.signed ?? 0));
        return;
      }
      case 'position-adopted':
        this.positions.set(event.position.conId, Number(event.position.quantity));
        return;
      case 'position-adjusted':
        this.#adjust(event);
        return;
      case 'differences-acknowledged':
        this.listed.clear();
        return;
      default:
    }
  }

  #adjust({ position, before, cause }: Extract<EngineEvent, { type: 'position-adjusted' }>): void {
    const { conId, quantity } = position;
    expect(Number(before)).toBe(this.#held(conId));
    const by = Number(quantity) - Number(before);
    expect(by).not.toBe(0);
    if (cause === 'other-client') this.putDownToOthers[by > 0 ? 'BUY' : 'SELL'] += Math.abs(by);
    else if (cause === 'corporate-action') expect(Number(quantity) * Number(before)).toBeGreaterThan(0);
    else if (cause !== 'before-report') this.listed.add(conId);
    this.positions.set(conId, Number(quantity));
  }

  #held(conId: ConId): number {
    return this.positions.get(conId) ?? 0;
  }
}

const eventsOf = (engine: EngineHarness): EngineEvent[] => engine.journal.map(({ event }) => event);

/** The most that IBKR has ever shown filled of others' orders. */
function shownFilled(engine: EngineHarness): Readonly<Record<BrokerOrder['spec']['side'], number>> {
  const most = new Map<unknown, { readonly side: 'BUY' | 'SELL'; readonly filled: number }>();
  for (const input of engine.inputs) {
    if (input.kind !== 'fact' || input.fact.kind !== 'order-reported') continue;
    const { permId, spec, filled } = input.fact.order;
    const before = most.get(permId)?.filled ?? 0;
    most.set(permId, { side: spec.side, filled: Math.max(before, Number(filled ?? 0)) });
  }
  const sum = (side: 'BUY' | 'SELL'): number =>
    [...most.values()].reduce((total, order) => total + (order.side === side ? order.filled : 0), 0);
  return { BUY: sum('BUY'), SELL: sum('SELL') };
}

describe('whatever happens to positions on a day, after each happening', () => {
  test(
    'what is written down folds to the same state',
    () => {
      holds((day) =>
        lived(day, (engine) => {
          expect(JSON.stringify(snapshotOf(engine.foldedJournal()))).toBe(JSON.stringify(snapshotOf(engine.durable)));
        }),
      );
    },
    TIMEOUT_MS,
  );

  test(
    'each position is what was adopted and what was executed since, and each adjustment is explained or listed',
    () => {
      holds((day) => {
        let hasSlept = false;
        lived(day, (engine, { what }) => {
          hasSlept ||= what === 'overnight';
          const books = new Bookkeeper(eventsOf(engine));
          const { positions, unexplained } = engine.durable;
          for (const { conId, quantity } of positions.values())
            expect(Number(quantity)).toBe(books.positions.get(conId));
          expect(new Set(unexplained.keys())).toEqual(books.listed);
          const shown = shownFilled(engine);
          expect(books.putDownToOthers.BUY).toBeLessThanOrEqual(shown.BUY);
          expect(books.putDownToOthers.SELL).toBeLessThanOrEqual(shown.SELL);
          const causes = engine.allOf('position-adjusted').map(({ cause }) => cause);
          if (!hasSlept) expect(causes).not.toContain('before-report');
        });
      });
    },
    TIMEOUT_MS,
  );

  test(
    'while a difference is unexplained and nobody has taken note, only reducing is sent; and nobody is held without one',
    () => {
      holds((day) => {
        let seen = 0;
        lived(day, (engine, { what }) => {
          const { trading, unexplained } = engine.durable;
          expect(trading.state).toBe(unexplained.size > 0 ? 'REDUCING' : 'ACTIVE');
          const fresh = eventsOf(engine).slice(Math.min(seen, engine.journal.length));
          seen = engine.journal.length;
          if (unexplained.size === 0 || what === 'crash' || what === 'overnight') return;
          for (const event of fresh) {
            if (event.type !== 'orders-intended') continue;
            const [order] = event.orders;
            const held = Number(engine.durable.positions.get(order?.spec.conId ?? (0 as ConId))?.quantity ?? '0');
            expect(event.group === null || order?.group?.role === 'cover', 'no entry, but its cover').toBe(true);
            expect(order?.spec.side).toBe(held > 0 ? 'SELL' : 'BUY');
            expect(Number(order?.spec.quantity)).toBeLessThanOrEqual(Math.abs(held));
          }
        });
      });
    },
    TIMEOUT_MS,
  );

  test(
    'reducing never takes an exit from its bracket, and asks for each cancel once a session',
    () => {
      holds((day) =>
        lived(day, (engine) => {
          const asked = new Set<string>();
          for (const event of eventsOf(engine)) {
            if (event.type === 'connection-changed' || event.type === 'trading-state-changed') asked.clear();
            if (event.type !== 'cancel-requested' || !event.reason.startsWith('it adds risk')) continue;
            const role = engine.durable.orders.get(event.id)?.group?.role ?? 'parent';
            expect(role).toBe('parent');
            expect(asked).not.toContain(event.id);
            asked.add(event.id);
          }
        }),
      );
    },
    TIMEOUT_MS,
  );

  test(
    'every command is answered, and an exchange rate is above zero or unknown',
    () => {
      holds((day) =>
        lived(day, (engine) => {
          expect(engine.acknowledgesDifferences().outcome).toBe(engine.allOf('command-answered').at(-1)?.reply.outcome);
          for (const rate of engine.state.observed.exchangeRates.values()) expect(Number(rate)).toBeGreaterThan(0);
        }),
      );
    },
    TIMEOUT_MS,
  );
});
