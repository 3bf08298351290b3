import { present } from '#domain/assert';
import type { Exchange } from '#simulator/exchange';
import type { Holding } from '#simulator/holding-ledger';
import { easternClock } from '#simulator/session-calendar';
import { accountLines, ledgerLines, summaryLines, unknownTags } from '#simulator/tws/account-lines';
import type { ClientConnection } from '#simulator/tws/client-connection';
import {
  accountDownloadEnd,
  accountSummaryEnd,
  accountTime,
  accountUpdateMultiEnd,
  positionEnd,
  positionMultiEnd,
} from '#simulator/tws/encode';
import {
  accountSummary,
  accountUpdateMulti,
  accountValue,
  pnl,
  pnlSingle,
  portfolioValue,
  position,
  positionMulti,
  type AccountLine,
  type HoldingValue,
} from '#simulator/tws/encode-account';

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

  /** The values of account updates for one request, and that they are complete. */
  downloadMulti(connection: ClientConnection, reqId: number): void {
    this.#updateMulti(connection, reqId);
    connection.send(accountUpdateMultiEnd(reqId));
  }

  positions(connection: ClientConnection): void {
    for (const holding of this.#exchange.holdings()) connection.send(position(this.#exchange.account, holding));
    connection.send(positionEnd());
  }

  positionsMulti(connection: ClientConnection, reqId: number): void {
    for (const holding of this.#exchange.holdings()) {
      connection.send(positionMulti(reqId, this.#exchange.account, holding));
    }
    connection.send(positionMultiEnd(reqId));
  }

  summary(connection: ClientConnection, reqId: number, tags: readonly string[]): void {
    for (const line of summaryLines(tags, this.#accountLines(), this.#ledgerLines())) {
      connection.send(accountSummary(reqId, this.#exchange.account, line));
    }
    connection.send(accountSummaryEnd(reqId));
  }

  /** The tags of a summary that do not exist. */
  unknownTags(tags: readonly string[]): readonly string[] {
    return unknownTags(tags, [...this.#accountLines(), ...this.#ledgerLines()]);
  }

  /** Profit of the account and of single instruments, as it stands now. */
  profit(connection: ClientConnection): void {
    for (const reqId of connection.subscriptions.pnl) this.accountProfit(connection, reqId);
    for (const [reqId, conId] of connection.subscriptions.pnlSingle) this.singleProfit(connection, reqId, conId);
  }

  accountProfit(connection: ClientConnection, reqId: number): void {
    const { dailyPnl, unrealizedPnl, realizedPnl } = this.#exchange.figures();
    connection.send(pnl(reqId, dailyPnl, unrealizedPnl, realizedPnl));
  }

  singleProfit(connection: ClientConnection, reqId: number, conId: number): void {
    const instrument = present(this.#exchange.find(conId, ''), 'instrument of a profit subscription');
    connection.send(pnlSingle(reqId, this.#valueOf(this.#exchange.holdingOf(instrument))));
  }

  /** What a fill changed, for those who follow the account or its positions. */
  fillBooked(connection: ClientConnection, holding: Holding): void {
    const { subscriptions } = connection;
    const { account } = this.#exchange;
    if (subscriptions.positions) connection.send(position(account, holding));
    for (const reqId of subscriptions.positionsMulti) connection.send(positionMulti(reqId, account, holding));
    if (subscriptions.accountUpdates) this.#update(connection, [holding]);
    for (const reqId of subscriptions.accountUpdatesMulti) this.#updateMulti(connection, reqId);
  }

  /** What TWS repeats from time to time to those who follow the account. */
  refresh(connection: ClientConnection): void {
    const { subscriptions } = connection;
    if (subscriptions.accountUpdates) this.#update(connection, this.#exchange.holdings());
    for (const reqId of subscriptions.accountUpdatesMulti) this.#updateMulti(connection, reqId);
    for (const [reqId, tags] of subscriptions.summaries) this.summary(connection, reqId, tags);
  }

  #update(connection: ClientConnection, holdings: readonly Holding[]): void {
    const { account } = this.#exchange;
    for (const line of [...this.#accountLines(), ...this.#ledgerLines()]) connection.send(accountValue(line, account));
    for (const holding of holdings) connection.send(portfolioValue(account, this.#valueOf(holding)));
    connection.send(accountTime(easternClock(this.#exchange.now)));
  }

  #updateMulti(connection: ClientConnection, reqId: number): void {
    for (const line of [...this.#accountLines(), ...this.#ledgerLines()]) {
      connection.send(accountUpdateMulti(reqId, this.#exchange.account, line));
    }
  }

  #valueOf(holding: Holding): HoldingValue {
    const { instrument } = holding;
    return {
      ...holding,
      mark: this.#exchange.quoteOf(instrument).last,
      dailyPnl: this.#exchange.dailyPnlOf(instrument),
    };
  }

  #accountLines(): readonly AccountLine[] {
    return accountLines(this.#exchange.account, this.#exchange.figures());
  }

  #ledgerLines(): readonly AccountLine[] {
    return ledgerLines(this.#exchange.figures(), this.#exchange.currencies());
  }
}
