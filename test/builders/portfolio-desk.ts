import { present } from '#domain/assert';
import type { CommandReply, ModifyRequest, SingleOrderRequest } from '#domain/command';
import type { CorrelationData } from '#domain/correlation';
import { CorrelationMatrix } from '#domain/correlation-matrix';
import { conId, orderNumber, type ConId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { money, price, quantity } from '#domain/money';
import type { Side } from '#domain/order-spec';
import type { RiskDecision } from '#domain/risk-decision';
import { DEFAULT_SETTINGS, type CorrelationSettings, type RiskSettings } from '#domain/settings';
import { preview } from '#engine/engine';
import { FRIDAY } from '#test/builders/domain-records';
import { AAPL, aLimitOrder, EngineHarness } from '#test/builders/engine-harness';

/** The universe of these tests: every share costs what it says, in dollars. */
const SHARES = {
  AAPL: { last: '150', industry: 'Technology' },
  MSFT: { last: '200', industry: 'Technology' },
  TSLA: { last: '100', industry: 'Consumer' },
  XOM: { last: '50', industry: 'Energy' },
  GLD: { last: '80', industry: '' },
  SLV: { last: '20', industry: '' },
} as const;
export type Share = keyof typeof SHARES;
export const SHARE_NAMES: readonly Share[] = ['AAPL', 'MSFT', 'TSLA', 'XOM', 'GLD', 'SLV'];

/** AAPL has the id that the harness knows it by. */
export const idOf = (share: Share): ConId =>
  share === 'AAPL' ? AAPL.conId : conId(7_000 + SHARE_NAMES.indexOf(share));

export function instrumentOf(share: Share, change: Partial<Instrument> = {}): Instrument {
  return { ...AAPL, conId: idOf(share), symbol: share, industry: SHARES[share].industry, ...change };
}

/** Pairs by `AAPL MSFT`; every other pair of those named is uncorrelated, or unknown where it says null. */
export function aMatrix(
  pairs: Readonly<Record<string, number | null>>,
  { symbols = SHARE_NAMES, computedAt = FRIDAY, version = 'v1' }: MatrixChange = {},
): CorrelationMatrix {
  const values: (number | null)[] = [];
  for (const [row, a] of symbols.entries()) {
    for (const b of symbols.slice(row + 1)) {
      const known = pairs[`${a} ${b}`] ?? pairs[`${b} ${a}`];
      values.push(known === undefined ? (`${a} ${b}` in pairs || `${b} ${a}` in pairs ? null : 0) : known);
    }
  }
  const summary: CorrelationData['summary'] = {
    version,
    symbols: symbols.length,
    lookback: 60,
    asOf: null,
    computedAt,
    unknownPairs: values.filter((value) => value === null).length,
  };
  return CorrelationMatrix.of({ summary, symbols: [...symbols], values });
}

interface MatrixChange {
  readonly symbols?: readonly string[];
  readonly computedAt?: CorrelationData['summary']['computedAt'];
  readonly version?: string;
}

/** Limits that no test reaches by itself; shorts are allowed and repeats are no duplicates. */
const WIDE: Partial<RiskSettings> = {
  maxOrderNotional: money('10000000'),
  maxOrderQuantity: quantity('100000'),
  maxPositionSize: quantity('100000'),
  maxGrossExposure: money('10000000'),
  maxSectorExposure: money('10000000'),
  maxCorrelatedExposure: money('10000000'),
  ordersPerSecondMax: 40,
  allowShort: true,
  duplicateWindowMs: 0,
};

export interface DeskOptions {
  readonly holds?: Partial<Record<Share, string>>;
  readonly risk?: Partial<RiskSettings>;
  readonly correlation?: Partial<CorrelationSettings>;
  readonly matrix?: CorrelationMatrix | null;
  /** Ten each of these are held too: of instruments that are not of the universe. */
  readonly others?: readonly { readonly conId: ConId; readonly symbol: string }[];
  /** These have no price. */
  readonly unpriced?: readonly Share[];
}

/** A trader with a portfolio in a ready session; every share is quoted a cent around its last price. */
export class PortfolioDesk {
  readonly engine: EngineHarness;

  constructor({
    holds = {},
    risk = {},
    correlation = {},
    matrix = aMatrix({}),
    others = [],
    unpriced = [],
  }: DeskOptions = {}) {
    const correlations = { ...DEFAULT_SETTINGS.risk.correlation, ...correlation };
    this.engine = new EngineHarness({ risk: { ...WIDE, correlation: correlations, ...risk } });
    this.engine.connects(() => {
      for (const other of others) this.engine.reportsPosition('10', other);
      for (const share of SHARE_NAMES) {
        const held = holds[share];
        if (held === undefined) continue;
        this.engine.reportsPosition(held, {
          conId: idOf(share),
          symbol: share,
          averageCost: price(SHARES[share].last),
        });
      }
    });
    for (const share of SHARE_NAMES) {
      this.engine.definesAapl(instrumentOf(share));
      if (unpriced.includes(share)) continue;
      const { last } = SHARES[share];
      this.quotes(share, last);
      this.engine.fact({ kind: 'quote', conId: idOf(share), patch: { close: price(last) } });
    }
    if (matrix !== null) this.correlates(matrix);
  }

  /** `share` trades at `last`. */
  quotes(share: Share, last: string): void {
    const id = idOf(share);
    const cents = Math.round(Number(last) * 100);
    const patch = { bid: price(String((cents - 1) / 100)), ask: price(last), last: price(last) };
    this.engine.fact({ kind: 'market-data', conId: id, dataKind: 'real-time', live: true, why: '' });
    this.engine.fact({ kind: 'quote', conId: id, patch });
  }

  correlates(matrix: CorrelationMatrix): void {
    this.engine.input({ kind: 'correlations', matrix });
  }

  names(sectors: Readonly<Record<string, string>>): void {
    this.engine.input({ kind: 'sectors', sectors: new Map(Object.entries(sectors)) });
  }

  /** Other settings from now on. */
  sets(change: Partial<RiskSettings>): void {
    const { settings } = this.engine.durable;
    this.engine.input({ kind: 'settings', settings: { ...settings, risk: { ...settings.risk, ...change } } });
  }

  /** What an order at the last price would get, without sending it. */
  asks(side: Side, shares: string, share: Share, change: Partial<SingleOrderRequest> = {}): RiskDecision {
    const { state, now } = this.engine;
    const request = this.#request(side, shares, share, change);
    const decision = preview(state, now, 'window', { kind: 'place-order', request });
    if (!decision.ok) throw new Error(decision.error);
    return decision.value;
  }

  /** Places an order at the last price and says its number. */
  places(side: Side, shares: string, share: Share, change: Partial<SingleOrderRequest> = {}): number {
    const request = this.#request(side, shares, share, change);
    const reply = this.engine.commands({ kind: 'place-order', request });
    return present(reply.orders[0], `an order (${reply.message})`).number;
  }

  modifies(number: number, change: Partial<ModifyRequest>): CommandReply {
    return this.engine.modifies(number, change);
  }

  phaseOf(number: number): string {
    return this.engine.phaseOf(orderNumber(number));
  }

  #request(side: Side, shares: string, share: Share, change: Partial<SingleOrderRequest>): SingleOrderRequest {
    const last = this.engine.state.observed.quotes.get(idOf(share))?.last ?? price(SHARES[share].last);
    const terms = { type: 'LMT', limit: last } as const;
    return aLimitOrder({ symbol: share, side, quantity: quantity(shares), terms, allowFlip: true, ...change });
  }
}
