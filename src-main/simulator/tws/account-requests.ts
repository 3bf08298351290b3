import type { Exchange } from '#simulator/exchange';
import type { AccountReports } from '#simulator/tws/account-reports';
import type { ClientConnection } from '#simulator/tws/client-connection';
import type { RequestOf } from '#simulator/tws/decode';
import { knowsAccount, NO_ID, refuse } from '#simulator/tws/refusal';

/** Answers what clients ask about the account, and notes what they want to follow. */
export class AccountRequests {
  readonly #exchange: Exchange;
  readonly #reports: AccountReports;

  constructor(exchange: Exchange, reports: AccountReports) {
    this.#exchange = exchange;
    this.#reports = reports;
  }

  updates(connection: ClientConnection, { subscribe, account }: RequestOf<'account-updates'>): void {
    connection.subscriptions.accountUpdates = subscribe;
    if (subscribe && this.#knows(connection, NO_ID, account)) this.#reports.download(connection);
  }

  updatesMulti(connection: ClientConnection, request: RequestOf<'account-updates-multi'>): void {
    if (!this.#hasNoModel(connection, request)) return;
    connection.subscriptions.accountUpdatesMulti.add(request.reqId);
    this.#reports.downloadMulti(connection, request.reqId);
  }

  positions(connection: ClientConnection): void {
    connection.subscriptions.positions = true;
    this.#reports.positions(connection);
  }

  positionsMulti(connection: ClientConnection, request: RequestOf<'positions-multi'>): void {
    if (!this.#hasNoModel(connection, request)) return;
    connection.subscriptions.positionsMulti.add(request.reqId);
    this.#reports.positionsMulti(connection, request.reqId);
  }

  summary(connection: ClientConnection, { reqId, group, tags }: RequestOf<'account-summary'>): void {
    if (group !== 'All') {
      refuse(connection, reqId, `Invalid group ${group}`);
      return;
    }
    const unknown = this.#reports.unknownTags(tags);
    if (unknown.length > 0) {
      refuse(connection, reqId, `Invalid account summary tag ${unknown.join(', ')}`);
      return;
    }
    connection.subscriptions.summaries.set(reqId, tags);
    this.#reports.summary(connection, reqId, tags);
  }

  profit(connection: ClientConnection, { reqId, account }: RequestOf<'pnl'>): void {
    if (!this.#knows(connection, reqId, account)) return;
    connection.subscriptions.pnl.add(reqId);
    this.#reports.accountProfit(connection, reqId);
  }

  profitSingle(connection: ClientConnection, { reqId, account, conId }: RequestOf<'pnl-single'>): void {
    if (!this.#knows(connection, reqId, account)) return;
    if (this.#exchange.find(conId, '') === undefined) {
      refuse(connection, reqId, `Invalid contract id ${String(conId)}`);
      return;
    }
    connection.subscriptions.pnlSingle.set(reqId, conId);
    this.#reports.singleProfit(connection, reqId, conId);
  }

  #hasNoModel(connection: ClientConnection, request: RequestOf<'positions-multi' | 'account-updates-multi'>): boolean {
    if (!this.#knows(connection, request.reqId, request.account)) return false;
    if (request.modelCode === '') return true;
    refuse(connection, request.reqId, `The account has no model ${request.modelCode}`);
    return false;
  }

  #knows(connection: ClientConnection, id: number, asked: string): boolean {
    return knowsAccount(connection, id, asked, this.#exchange.account);
  }
}
