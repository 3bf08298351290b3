import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { centsOf, type Cents } from '#domain/cents';
import type { CorrelationMatrix } from '#domain/correlation-matrix';
import { laterBy, type ConId } from '#domain/ids';
import { add, money, negated, notionalOf, quantity, ratio, scaledBy, signedBy, ZERO_POSITION } from '#domain/money';
import { isLive, leavesQuantityOf } from '#domain/order-record';
import type { Side } from '#domain/order-spec';
import type { CheckVerdict } from '#domain/risk-decision';
import type { CorrelationSettings } from '#domain/settings';
import { exposureContextOf } from '#engine/portfolio/exposure-context';
import { clusterOf, ExposureBook, type Direction } from '#engine/portfolio/exposure-book';
import { correlatedExposure } from '#engine/risk/checks/correlated-exposure';
import { placeSubject, riskContextOf } from '#engine/risk/risk-context';
import { aLimitOrder } from '#test/builders/engine-harness';
import { aMatrix, idOf, PortfolioDesk, SHARE_NAMES, type Share } from '#test/builders/portfolio-desk';

const RUNS = { numRuns: 120 };
const TIMEOUT_MS = 120_000;

const aShare = fc.constantFrom(...SHARE_NAMES);
const aSide = fc.constantFrom<Side>('BUY', 'SELL');
const aCorrelation = fc.constantFrom(null, -0.9, -0.7, 0, 0.69, 0.7, 0.95);
const aSetting = fc.record<Partial<CorrelationSettings>>({
  aggregation: fc.constantFrom('gross', 'net'),
  onMissing: fc.constantFrom('sector', 'warn', 'deny'),
  threshold: fc.constantFrom(ratio('0.7'), ratio('0.9')),
});

/** Fifteen pairs of six shares; some matrices do not know the last share. */
const someCorrelations = fc.record({
  pairs: fc.array(aCorrelation, { minLength: 15, maxLength: 15 }),
  knowsAll: fc.boolean(),
});

type Happening =
  | { readonly kind: 'order'; readonly share: Share; readonly side: Side; readonly shares: number }
  | { readonly kind: 'fill'; readonly nth: number; readonly shares: number }
  | { readonly kind: 'cancel'; readonly nth: number }
  | { readonly kind: 'modify'; readonly nth: number; readonly shares: number }
  | { readonly kind: 'bracket'; readonly shares: number }
  | { readonly kind: 'tick'; readonly share: Share; readonly cents: number }
  | { readonly kind: 'matrix'; readonly pairs: readonly (number | null)[]; readonly knowsAll: boolean }
  | { readonly kind: 'setting'; readonly change: Partial<CorrelationSettings> }
  | { readonly kind: 'sector'; readonly share: Share; readonly sector: string }
  | { readonly kind: 'days'; readonly days: number };

const someShares = fc.integer({ min: 1, max: 120 });
const aHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('order'), share: aShare, side: aSide, shares: someShares }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fill'), nth: fc.nat(9), shares: someShares }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel'), nth: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('modify'), nth: fc.nat(9), shares: someShares }) },
  fc.record({ kind: fc.constant('bracket'), shares: someShares }),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('tick'), share: aShare, cents: fc.integer({ min: 500, max: 30_000 }) }),
  },
  someCorrelations.map(({ pairs, knowsAll }): Happening => ({ kind: 'matrix', pairs, knowsAll })),
  aSetting.map((change): Happening => ({ kind: 'setting', change })),
  fc.record({ kind: fc.constant('sector'), share: aShare, sector: fc.constantFrom('Energy', 'Technology', '') }),
  fc.record({ kind: fc.constant('days'), days: fc.constantFrom(1, 8) }),
);

function matrixOf(desk: PortfolioDesk, values: readonly (number | null)[], knowsAll: boolean): CorrelationMatrix {
  const pairs: Record<string, number | null> = {};
  let next = 0;
  for (const [row, a] of SHARE_NAMES.entries()) {
    for (const b of SHARE_NAMES.slice(row + 1)) {
      pairs[`${a} ${b}`] = values[next] ?? null;
      next += 1;
    }
  }
  const symbols = knowsAll ? SHARE_NAMES : SHARE_NAMES.slice(0, -1);
  return aMatrix(pairs, { symbols, computedAt: desk.engine.now });
}

class Life {
  readonly desk: PortfolioDesk;
  readonly #numbers: number[] = [];
  readonly #sectors: Record<string, string> = {};

  constructor(desk: PortfolioDesk) {
    this.desk = desk;
  }

  lives(happening: Happening): void {
    const { desk } = this;
    const { engine } = desk;
    switch (happening.kind) {
      case 'order': {
        const { side, share, shares } = happening;
        const number = desk.places(side, String(shares), share);
        if (desk.phaseOf(number) === 'denied') return;
        engine.works(number);
        this.#numbers.push(number);
        return;
      }
      case 'fill':
        this.#ofLive(happening.nth, (number) => {
          const left = Number(leavesQuantityOf(engine.order(number)));
          if (left > 0) engine.fills(number, String(Math.min(left, happening.shares)), '150');
        });
        return;
      case 'cancel':
        this.#ofLive(happening.nth, (number) => {
          engine.cancels(number);
          if (happening.nth % 2 === 0) engine.cancelled(number);
        });
        return;
      case 'modify':
        this.#ofLive(happening.nth, (number) =>
          desk.modifies(number, { quantity: quantity(String(happening.shares)) }),
        );
        return;
      case 'bracket':
        engine.placesBracket({ quantity: quantity(String(happening.shares)) });
        return;
      case 'tick':
        desk.quotes(happening.share, String(happening.cents / 100));
        return;
      case 'matrix':
        desk.correlates(matrixOf(desk, happening.pairs, happening.knowsAll));
        return;
      case 'setting': {
        const { correlation } = engine.durable.settings.risk;
        desk.sets({ correlation: { ...correlation, ...happening.change } });
        return;
      }
      case 'sector':
        this.#sectors[happening.share] = happening.sector;
        desk.names({ ...this.#sectors });
        return;
      case 'days':
        engine.now = laterBy(engine.now, happening.days * 86_400_000);
        desk.quotes('AAPL', '150');
    }
  }

  #ofLive(nth: number, act: (number: number) => unknown): void {
    const number = this.#numbers[nth];
    if (number !== undefined && isLive(this.desk.engine.order(number))) act(number);
  }
}

// The reference: domain.md's words, computed from nothing but the ledger, the quotes and the matrix.

interface Worth {
  readonly share: Share;
  readonly long: Cents;
  readonly short: Cents;
}

function worthsOf({ engine }: PortfolioDesk): readonly Worth[] {
  return SHARE_NAMES.map((share) => {
    const { durable, observed } = engine.state;
    const held = durable.positions.get(idOf(share))?.quantity ?? ZERO_POSITION;
    let high = held;
    let low = held;
    for (const order of durable.orders.values()) {
      const { group, modification, filled, spec } = order;
      if (spec.conId !== idOf(share) || !isLive(order)) continue;
      if (group !== null && group.role !== 'parent') continue;
      const now = Number(leavesQuantityOf(order));
      const changed = modification === null ? 0 : Number(modification.quantity) - Number(filled);
      const leaves = signedBy(spec.side, quantity(String(Math.max(now, changed))));
      if (spec.side === 'BUY') high = add(high, leaves);
      else low = add(low, leaves);
    }
    const mark = present(observed.quotes.get(idOf(share))?.last, 'a last price');
    const worth = (units: typeof high): Cents =>
      centsOf(scaledBy(notionalOf(mark, units, quantity('1')), ratio('1')), 'up');
    return { share, long: worth(high), short: worth(negated(low)) };
  });
}

function correlationOf(desk: PortfolioDesk, a: Share, b: Share): number {
  const { durable, observed } = desk.engine.state;
  const { onMissing } = durable.settings.risk.correlation;
  const matrix = observed.correlations;
  const isUsable = matrix !== null && desk.engine.now - matrix.summary.computedAt <= 7 * 86_400_000;
  const known = isUsable ? matrix.get(a, b) : null;
  if (known !== null) return known;
  return onMissing === 'sector' && sectorIn(desk, a) === sectorIn(desk, b) ? 1 : 0;
}

function sectorIn({ engine }: PortfolioDesk, share: Share): string {
  const { durable, observed } = engine.state;
  return observed.sectors.get(share) ?? present(durable.instruments.get(idOf(share)), share).industry;
}

function expectedCluster(desk: PortfolioDesk, worths: readonly Worth[], of: Share, direction: Direction): Cents {
  const { aggregation, threshold } = desk.engine.durable.settings.risk.correlation;
  const own = present(
    worths.find(({ share }) => share === of),
    of,
  )[direction];
  if (own <= 0) return 0;
  let sum = own;
  for (const worth of worths) {
    if (worth.share === of) continue;
    const rho = correlationOf(desk, of, worth.share);
    if (Math.abs(rho) < Number(threshold)) continue;
    const counted = rho > 0 ? worth[direction] : worth[direction === 'long' ? 'short' : 'long'];
    sum += aggregation === 'net' ? counted : Math.max(0, counted);
  }
  return Math.max(0, sum);
}

const ownOf = ({ long, short }: Worth): Cents => Math.max(0, long, short);
const sumOf = (worths: readonly Worth[]): Cents => worths.reduce((sum, worth) => sum + ownOf(worth), 0);

function expectTotals(desk: PortfolioDesk): void {
  const { state, now } = desk.engine;
  const { exposures } = state.observed;
  exposures.tune(state, now);
  const worths = worthsOf(desk);
  expect(exposures.gross).toBe(sumOf(worths));
  for (const sector of new Set(SHARE_NAMES.map((share) => sectorIn(desk, share)))) {
    const expected = sumOf(worths.filter(({ share }) => sectorIn(desk, share) === sector));
    expect(exposures.sectors.get(sector === '' ? 'unknown' : sector) ?? 0).toBe(expected);
  }
  for (const share of SHARE_NAMES) {
    const holding = exposures.holdingOf(state, idOf(share));
    for (const direction of ['long', 'short'] as const) {
      expect(clusterOf(holding, direction)).toBe(expectedCluster(desk, worths, share, direction));
    }
  }
}

/** The totals of a book that is made from the state as it stands. */
function freshly(desk: PortfolioDesk): ExposureBook {
  const book = new ExposureBook();
  book.tune(desk.engine.state, desk.engine.now);
  return book;
}

function clustersOf(book: ExposureBook): Readonly<Record<ConId, readonly Cents[]>> {
  const clusters: Record<ConId, readonly Cents[]> = {};
  for (const holding of book.holdings) {
    const both = [clusterOf(holding, 'long'), clusterOf(holding, 'short')];
    if (both.some((exposure) => exposure !== 0)) clusters[holding.conId] = both;
  }
  return clusters;
}

describe('whatever happens', () => {
  test(
    'the running totals are those of domain.md, and those of a book that is made anew',
    () => {
      fc.assert(
        fc.property(fc.array(aHappening, { maxLength: 40 }), (happenings) => {
          const life = new Life(new PortfolioDesk());
          for (const happening of happenings) {
            life.lives(happening);
            expectTotals(life.desk);
          }
          const { exposures } = life.desk.engine.state.observed;
          const fresh = freshly(life.desk);
          expect(clustersOf(exposures)).toEqual(clustersOf(fresh));
          expect([exposures.gross, new Map(exposures.sectors)]).toEqual([fresh.gross, new Map(fresh.sectors)]);
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'no order is approved that takes gross, sector or correlated exposure beyond its limit, or further beyond it',
    () => {
      const limits = {
        maxGrossExposure: money('60000'),
        maxSectorExposure: money('40000'),
        maxCorrelatedExposure: money('30000'),
      };
      fc.assert(
        fc.property(fc.array(aHappening, { maxLength: 40 }), (happenings) => {
          const life = new Life(new PortfolioDesk({ risk: limits }));
          const { desk } = life;
          for (const happening of happenings) {
            const before = usesOf(desk);
            life.lives(happening);
            if (happening.kind !== 'order' && happening.kind !== 'modify' && happening.kind !== 'bracket') continue;
            for (const [name, { used, limit }] of usesOf(desk)) {
              const was = before.get(name)?.used ?? 0;
              if (used > was)
                expect([name, used <= limit], JSON.stringify({ happening, was, used })).toEqual([name, true]);
            }
          }
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'the clusters that a decision carries decide as all of them would',
    () => {
      fc.assert(
        fc.property(
          fc.array(aHappening, { maxLength: 25 }),
          fc.record({ share: aShare, side: aSide, shares: someShares }),
          fc.integer({ min: 5_000, max: 200_000 }),
          (happenings, { share, side, shares }, limit) => {
            const life = new Life(new PortfolioDesk());
            for (const happening of happenings) life.lives(happening);
            const { desk } = life;
            desk.sets({ maxCorrelatedExposure: money(String(limit)) });
            const request = aLimitOrder({ symbol: share, side, quantity: quantity(String(shares)) });
            const { state, now } = desk.engine;
            const context = riskContextOf(state, now, 'window', placeSubject({ kind: 'place-order', request }));
            const said = [3, SHARE_NAMES.length].map((clustersMax) =>
              correlatedExposure.check({
                ...context,
                exposure: exposureContextOf(state, idOf(share), context, clustersMax),
              }),
            );
            expect(gistOf(present(said[0], 'few'))).toEqual(gistOf(present(said[1], 'all')));
          },
        ),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );
});

/** Outcome, code, and the largest quantity that passes. */
function gistOf(verdict: CheckVerdict): readonly unknown[] {
  const code = verdict.verdict === 'pass' ? '' : verdict.reason.code;
  const largest = (verdict.figures ?? []).map((figure) => Number(figure.largest ?? Infinity));
  return [verdict.verdict, code, Math.min(Infinity, ...largest)];
}

interface Use {
  readonly used: Cents;
  readonly limit: Cents;
}

function usesOf(desk: PortfolioDesk): ReadonlyMap<string, Use> {
  const { settings } = desk.engine.durable;
  const worths = worthsOf(desk);
  const uses = new Map<string, Use>();
  const note = (name: string, used: Cents, limit: string): unknown =>
    uses.set(name, { used, limit: Number(limit) * 100 });
  note('gross', sumOf(worths), settings.risk.maxGrossExposure);
  for (const sector of new Set(SHARE_NAMES.map((share) => sectorIn(desk, share)))) {
    const within = worths.filter(({ share }) => sectorIn(desk, share) === sector);
    note(`sector ${sector}`, sumOf(within), settings.risk.maxSectorExposure);
  }
  for (const share of SHARE_NAMES) {
    for (const direction of ['long', 'short'] as const) {
      note(
        `${share} ${direction}`,
        expectedCluster(desk, worths, share, direction),
        settings.risk.maxCorrelatedExposure,
      );
    }
  }
  return uses;
}
