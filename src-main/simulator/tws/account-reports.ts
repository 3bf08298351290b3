import { present } from '#domain/assert';
import type { Exchange } from '#simulator/exchange';
import { formatUnits } from '#simulator/fixed';
import type { Holding } from '#simulator/portfolio';
import { easternClock } from '#simulator/session-calendar';
import type { ClientConnection } from '#simulator/tws/client-connection';
import {
  accountDownloadEnd,
  accountSummary,
  accountSummaryEnd,
  accountTime,
  accountValue,
  pnl,
  pnlSingle,
  portfolioValue,
  position,
  positionEnd,
  type HoldingValue,
} from '#simulator/tws/encode';

interface AccountLine {
  readonly key: string;
  readonly value: string;
  readonly currency: string;
}

/** Answers and news about the account: values, portfolio, positions, profit. */
export class AccountReports {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** The first full download of account updates. */
  download(connection: ClientConnection): void {
    this.#update(connection, this.#exchange.holdings());
    connection.send(accountDownloadEnd(this.#exchange.account));
  }

  positions(connection: ClientConnection): void {
    for (const holding of this.#exchange.holdings()) this.#position(connection, holding);
    connection.send(positionEnd());
  }

  summary(connection: ClientConnection, reqId: number, tags: readonly string[]): void {
    const { account } = this.#exchange;
    for (const { key, value, currency } of this.#lines()) {
      if (tags.includes(key)) connection.send(accountSummary(reqId, account, key, value, currency));
    }
    connection.send(accountSummaryEnd(reqId));
  }

  /** Profit of the account and of single stocks, as it stands now. */
  profit(connection: ClientConnection): void {
    for (const reqId of connection.subscriptions.pnl) this.accountProfit(connection, reqId);
    for (const [reqId, conId] of connection.subscriptions.pnlSingle) this.stockProfit(connection, reqId, conId);
  }

  accountProfit(connection: ClientConnection, reqId: number): void {
    const { unrealizedPnl, realizedPnl } = this.#exchange.figures();
    connection.send(pnl(reqId, unrealizedPnl + realizedPnl, unrealizedPnl, realizedPnl));
  }

  stockProfit(connection: ClientConnection, reqId: number, conId: number): void {
    const instrument = present(this.#exchange.find(conId, ''), 'instrument of a profit subscription');
    connection.send(pnlSingle(reqId, this.#valueOf(this.#exchange.holdingOf(instrument))));
  }

  /** What a fill changed, for those who follow the account or its positions. */
  fillBooked(connection: ClientConnection, holding: Holding): void {
    if (connection.subscriptions.positions) this.#position(connection, holding);
    if (connection.subscriptions.accountUpdates) this.#update(connection, [holding]);
  }

  /** What TWS repeats from time to time to those who follow the account. */
  refresh(connection: ClientConnection): void {
    if (connection.subscriptions.accountUpdates) this.#update(connection, this.#exchange.holdings());
    for (const [reqId, tags] of connection.subscriptions.summaries) this.summary(connection, reqId, tags);
  }

  #update(connection: ClientConnection, holdings: readonly Holding[]): void {
    for (const { key, value, currency } of this.#lines()) {
      connection.send(accountValue(key, value, currency, this.#exchange.account));
    }
    for (const holding of holdings) this.#portfolioLine(connection, holding);
    connection.send(accountTime(easternClock(this.#exchange.now)));
  }

  #portfolioLine(connection: ClientConnection, holding: Holding): void {
    connection.send(portfolioValue(this.#exchange.account, holding.instrument, this.#valueOf(holding)));
  }

  #position(connection: ClientConnection, holding: Holding): void {
    connection.send(position(this.#exchange.account, holding.instrument, this.#valueOf(holding)));
  }

  #valueOf(holding: Holding): HoldingValue {
    return { ...holding, mark: this.#exchange.quoteOf(holding.instrument).last };
  }

  #lines(): readonly AccountLine[] {
    const figures = this.#exchange.figures();
    const usd = (key: string, units: number): AccountLine => ({ key, value: formatUnits(units), currency: 'USD' });
    return [
      { key: 'AccountCode', value: this.#exchange.account, currency: '' },
      { key: 'AccountType', value: 'INDIVIDUAL', currency: '' },
      usd('NetLiquidation', figures.netLiquidation),
      usd('TotalCashValue', figures.cash),
      usd('SettledCash', figures.cash),
      usd('EquityWithLoanValue', figures.netLiquidation),
      usd('GrossPositionValue', figures.grossValue),
      usd('StockMarketValue', figures.marketValue),
      usd('BuyingPower', figures.buyingPower),
      usd('AvailableFunds', Math.trunc(figures.buyingPower / 4)),
      usd('ExcessLiquidity', Math.trunc(figures.buyingPower / 4)),
      usd('InitMarginReq', Math.trunc(figures.grossValue / 4)),
      usd('MaintMarginReq', Math.trunc(figures.grossValue / 4)),
      usd('UnrealizedPnL', figures.unrealizedPnl),
      usd('RealizedPnL', figures.realizedPnl),
    ];
  }
}
