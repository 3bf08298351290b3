import { laterBy, type ExecId } from '#domain/ids';
import { money, price, quantity, type Money } from '#domain/money';
import type { InstrumentPnl, RiskPicture } from '#domain/pnl';
import type { RiskSettings } from '#domain/settings';
import { totalPnlOf, pnlRowsOf } from '#engine/portfolio/pnl-rows';
import { AAPL, aLimitOrder, EngineHarness } from '#test/builders/engine-harness';

/** A trader with AAPL at 150, the close of the day before, and what happens to the profit and loss of the day. */
export class DayDesk extends EngineHarness {
  /** Holds `shares` of AAPL since days before, that have cost 140 each. */
  static holding(shares: string, risk: Partial<RiskSettings> = {}): DayDesk {
    const desk = new DayDesk({ risk });
    desk.definesAapl();
    desk.connects(() => desk.reportsPosition(shares, { averageCost: price('140') }));
    desk.trades('150');
    return desk;
  }

  /** AAPL trades at `last`, a cent below what is asked. */
  trades(last: string): void {
    this.ticks(last, (Number(last) + 0.01).toFixed(2), last);
  }

  /** Places `shares` at the market, which fill whole at `at`, and IBKR's commission. */
  buys(shares: string, at: string, commission: string | null = '1'): ExecId {
    return this.#trade('BUY', shares, at, commission);
  }

  sells(shares: string, at: string, commission: string | null = '1'): ExecId {
    return this.#trade('SELL', shares, at, commission);
  }

  /** Places an order that fills whole at once, unless it is denied. */
  tries(side: 'BUY' | 'SELL', shares: string, at: string): void {
    const terms = { type: 'LMT', limit: price(at) } as const;
    const request = aLimitOrder({ side, quantity: quantity(shares), terms, allowFlip: true });
    const [placed] = this.commands({ kind: 'place-order', request }).orders;
    if (placed === undefined || this.phaseOf(placed.number) === 'denied') return;
    this.works(placed.number);
    this.fills(placed.number, shares, at);
  }

  reportsCommission(execId: ExecId, amount: string, currency = 'USD'): void {
    this.fact({ kind: 'commission', execId, commission: { amount: money(amount), currency } });
  }

  get pnl(): InstrumentPnl | undefined {
    return pnlRowsOf(this.state).find(({ conId }) => conId === AAPL.conId);
  }

  get total(): RiskPicture['total'] {
    return totalPnlOf(this.state);
  }

  get daily(): Money | null | undefined {
    return this.pnl?.daily;
  }

  #trade(side: 'BUY' | 'SELL', shares: string, at: string, commission: string | null): ExecId {
    const number = this.places({
      side,
      quantity: quantity(shares),
      terms: { type: 'LMT', limit: price(at) },
      allowFlip: true,
    });
    this.works(number);
    const execId = this.fills(number, shares, at);
    if (commission !== null) this.reportsCommission(execId, commission);
    // Nobody types the same order twice.
    this.now = laterBy(this.now, 20_000);
    return execId;
  }
}
