import type { RiskSettings } from '#domain/settings';
import { present } from '#domain/assert';
import type { CommandReply } from '#domain/command';
import type { EngineEvent } from '#domain/engine-event';
import { epochMs, orderNumber, type EpochMs } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { add, price, quantity, signedQuantity, subtract } from '#domain/money';
import { stopOf } from '#domain/order-spec';
import type { ProtectiveStop, TrailingStopConfig } from '#domain/trailing-stop';
import { preview } from '#engine/engine';
import { AAPL, EngineHarness, TESLA } from '#test/builders/engine-harness';

/** SELL 10 AAPL trailing 3.00 behind the last price, moved by this app, at once. */
export function aTrailingStop(change: Partial<TrailingStopConfig> = {}): TrailingStopConfig {
  return {
    symbol: 'AAPL',
    side: 'SELL',
    quantity: quantity('10'),
    trail: { by: 'amount', amount: price('3') },
    activationPrice: null,
    initialStopPrice: null,
    triggerOn: 'last',
    mode: 'managed',
    outsideRth: false,
    ...change,
  };
}

/** What one cent is worth on both sides of a price. */
const CENT = price('0.01');

interface DeskOptions {
  /** What is held of AAPL, and of Tesla. */
  readonly held?: string;
  readonly heldOfTesla?: string;
  readonly instrument?: Partial<Instrument>;
  readonly risk?: Partial<RiskSettings>;
}

/** A trader with a position, a market that the test moves, and IBKR as the test plays it. */
export class TrailingDesk extends EngineHarness {
  /** A session that is ready, 10 AAPL held and trading at 150 unless said otherwise. */
  static holding({ held = '10', heldOfTesla = '0', instrument = {}, risk = {} }: DeskOptions = {}): TrailingDesk {
    const desk = new TrailingDesk({ risk });
    desk.holds(held, heldOfTesla);
    desk.definesAapl(instrument);
    desk.fact({ kind: 'instrument', query: { by: 'symbol', symbol: 'TSLA' }, instrument: TESLA });
    desk.isQuoted(AAPL);
    desk.isQuoted(TESLA);
    desk.trades('150');
    return desk;
  }

  /** A session begins, and IBKR shows what is held and `reports`. */
  holds(held: string, heldOfTesla = '0', reports: () => void = () => undefined): void {
    this.connects(() => {
      reports();
      if (held !== '0') this.reportsPosition(held);
      if (heldOfTesla === '0') return;
      const { conId, symbol } = TESLA;
      this.reportsPosition(heldOfTesla, { conId, symbol, quantity: signedQuantity(heldOfTesla) });
    });
  }

  isQuoted({ conId }: Instrument, live = true): void {
    this.fact({ kind: 'market-data', conId, dataKind: 'real-time', live, why: '' });
  }

  /** A trade at `at`, a cent inside the market. */
  trades(at: string, { conId }: Pick<Instrument, 'conId'> = AAPL): EngineEvent[] {
    const last = price(at);
    const patch = { bid: subtract(last, CENT), ask: add(last, CENT), last };
    return this.eventsOf(() => this.fact({ kind: 'quote', conId, patch }));
  }

  /** Two trades at `at`: the first price of a session, and a jump, is only believed the second time. */
  settlesAt(at: string, instrument?: Pick<Instrument, 'conId'>): EngineEvent[] {
    return [...this.trades(at, instrument), ...this.trades(at, instrument)];
  }

  trails(change: Partial<TrailingStopConfig> = {}): CommandReply {
    return this.commands({ kind: 'place-trailing-stop', request: aTrailingStop(change) });
  }

  previewsTrailing(change: Partial<TrailingStopConfig> = {}): ReturnType<typeof preview> {
    return preview(this.state, this.now, 'window', { kind: 'place-trailing-stop', request: aTrailingStop(change) });
  }

  /** Places a trailing stop that then rests at IBKR; its number. */
  rests(change: Partial<TrailingStopConfig> = {}): number {
    const { orders, message } = this.trails(change);
    const { number } = present(orders[0], `an order (${message})`);
    this.takesOn(number);
    return number;
  }

  /** IBKR shows a new order, which waits for its trigger. */
  takesOn(number: number): void {
    this.reports(number, { kind: 'acknowledged', hold: 'trigger' });
  }

  /** IBKR shows the order as we last asked for it. */
  confirms(number: number): EngineEvent[] {
    const { spec, modification } = this.order(number);
    const { terms, quantity: shares, timeInForce } = present(modification, 'a change in flight');
    const changed = { ...spec, terms, quantity: shares, timeInForce };
    return this.eventsOf(() => this.reports(number, { kind: 'acknowledged', hold: 'trigger' }, { spec: changed }));
  }

  /** IBKR shows the order with another stop: somebody moved it in TWS, or IBKR did. */
  showsStop(number: number, stop: string): void {
    const { spec } = this.order(number);
    const { terms } = spec;
    const moved = 'stop' in terms ? { ...terms, stop: price(stop) } : terms;
    this.reports(number, { kind: 'acknowledged', hold: 'trigger' }, { spec: { ...spec, terms: moved } });
  }

  /** The market goes to `at`, and IBKR confirms what this app asks for a second later. */
  movesTo(at: string, ...numbers: readonly number[]): void {
    this.settlesAt(at);
    this.passes(1_000);
    for (const number of numbers) if (this.order(number).modification !== null) this.confirms(number);
  }

  /** Where the order's stop rests by the ledger. */
  stopOf(number: number): string | null {
    return stopOf(this.order(number).spec.terms);
  }

  /** Where each change that this app asked for was to move a stop, in order. */
  get ratchets(): readonly (string | null)[] {
    return this.allOf('stop-ratcheted').map(({ modification }) => stopOf(modification.terms));
  }

  /** The one stop, or the latest. */
  get stop(): ProtectiveStop {
    return present([...this.durable.protectiveStops.values()].at(-1), 'a protective stop');
  }

  get alarms(): readonly string[] {
    return [...this.durable.alarms.values()].map(({ text }) => text);
  }

  rearms(number: number): CommandReply {
    return this.commands({ kind: 'rearm-stop', number: orderNumber(number) });
  }

  /** The process dies, starts again and is ready; IBKR still shows `live`. */
  restarts(live: readonly number[], held = '10', entries?: number): void {
    this.crashes(entries);
    this.holds(held, '0', () => {
      for (const number of live) this.reports(number, { kind: 'acknowledged', hold: 'trigger' });
    });
    this.isQuoted(AAPL);
  }
}

/** Today's session, from `opens` to `closes` in hours from the desk's start. */
export function hours(from: EpochMs, opens: number, closes: number): Instrument['liquidHours'] {
  const hour = 3_600_000;
  return [{ opens: epochMs(from + opens * hour), closes: epochMs(from + closes * hour) }];
}
