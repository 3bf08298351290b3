import type { Exchange } from '#simulator/exchange';
import type { FaultBoard } from '#simulator/faults';
import { AccountReports } from '#simulator/tws/account-reports';
import { AccountRequests } from '#simulator/tws/account-requests';
import type { ClientConnection } from '#simulator/tws/client-connection';
import { ContractRequests } from '#simulator/tws/contract-requests';
import type { Request } from '#simulator/tws/decode';
import {
  currentTime,
  depthExchanges,
  familyCodes,
  managedAccounts,
  newsProviders,
  nextValidId,
  softDollarTiers,
  userInfo,
} from '#simulator/tws/encode';
import { HistoricalData } from '#simulator/tws/historical-data';
import type { MarketData } from '#simulator/tws/market-data';
import { OrderReports } from '#simulator/tws/order-reports';
import { OrderRequests } from '#simulator/tws/order-requests';
import { refuse } from '#simulator/tws/refusal';

export type { Request } from '#simulator/tws/decode';

/** Answers one client's requests from the exchange. */
export class Requests {
  readonly #exchange: Exchange;
  readonly #marketData: MarketData;
  readonly #orderReports: OrderReports;
  readonly #orders: OrderRequests;
  readonly #contracts: ContractRequests;
  readonly #account: AccountRequests;
  readonly #history: HistoricalData;

  /** @param masterClientId the client that hears of every client's orders; none when left out. */
  constructor(exchange: Exchange, faults: FaultBoard, marketData: MarketData, masterClientId?: number) {
    this.#exchange = exchange;
    this.#marketData = marketData;
    this.#orderReports = new OrderReports(exchange, masterClientId);
    this.#orders = new OrderRequests(exchange, faults, this.#orderReports);
    this.#contracts = new ContractRequests(exchange);
    this.#account = new AccountRequests(exchange, new AccountReports(exchange));
    this.#history = new HistoricalData(exchange);
  }

  /** Does the cancels that a fault had left pending. */
  completeCancels(): void {
    this.#orders.completeCancels();
  }

  /** Answers `request` of the client on `connection`. */
  answer(connection: ClientConnection, clientId: number, request: Request): void {
    const { subscriptions } = connection;
    switch (request.kind) {
      case 'place-order':
        this.#orders.place(connection, clientId, request);
        return;
      case 'cancel-order':
        this.#orders.cancel(connection, { clientId, orderId: request.orderId });
        return;
      case 'global-cancel':
        this.#exchange.cancelAll();
        return;
      case 'open-orders':
        this.#orders.openOrders(connection, clientId);
        return;
      case 'all-open-orders':
        this.#orderReports.openOrders(connection, undefined);
        return;
      case 'auto-open-orders':
        this.#orders.autoOpenOrders(connection, clientId, request.bind);
        return;
      case 'completed-orders':
        this.#orderReports.completedOrders(connection, request.apiOnly);
        return;
      case 'executions':
        this.#orderReports.executions(connection, request.reqId, request.filter);
        return;
      case 'next-id':
        connection.send(nextValidId(this.#exchange.nextOrderId()));
        return;
      case 'managed-accounts':
        connection.send(managedAccounts(this.#exchange.account));
        return;
      case 'current-time':
        connection.send(currentTime(this.#exchange.now));
        return;
      case 'server-log-level':
        return; // TWS writes its own log and says nothing
      case 'contract-details':
        this.#contracts.details(connection, request);
        return;
      case 'matching-symbols':
        this.#contracts.matchingSymbols(connection, request);
        return;
      case 'market-rule':
        this.#contracts.marketRule(connection, request);
        return;
      case 'market-data':
        this.#marketData.open(connection, request);
        return;
      case 'cancel-market-data':
        this.#marketData.cancel(connection, request.reqId);
        return;
      case 'market-data-type':
        this.#marketData.chooseType(connection, request.type);
        return;
      case 'historical-data':
      case 'cancel-historical-data':
      case 'head-timestamp':
      case 'cancel-head-timestamp':
        this.#history.answer(connection, request);
        return;
      case 'account-updates':
        this.#account.updates(connection, request);
        return;
      case 'account-updates-multi':
        this.#account.updatesMulti(connection, request);
        return;
      case 'cancel-account-updates-multi':
        subscriptions.accountUpdatesMulti.delete(request.reqId);
        return;
      case 'account-summary':
        this.#account.summary(connection, request);
        return;
      case 'cancel-account-summary':
        subscriptions.summaries.delete(request.reqId);
        return;
      case 'positions':
        this.#account.positions(connection);
        return;
      case 'cancel-positions':
        subscriptions.positions = false;
        return;
      case 'positions-multi':
        this.#account.positionsMulti(connection, request);
        return;
      case 'cancel-positions-multi':
        subscriptions.positionsMulti.delete(request.reqId);
        return;
      case 'pnl':
        this.#account.profit(connection, request);
        return;
      case 'cancel-pnl':
        subscriptions.pnl.delete(request.reqId);
        return;
      case 'pnl-single':
        this.#account.profitSingle(connection, request);
        return;
      case 'cancel-pnl-single':
        subscriptions.pnlSingle.delete(request.reqId);
        return;
      case 'soft-dollar-tiers':
        connection.send(softDollarTiers(request.reqId));
        return;
      case 'family-codes':
        connection.send(familyCodes(this.#exchange.account));
        return;
      case 'depth-exchanges':
        connection.send(depthExchanges());
        return;
      case 'news-providers':
        connection.send(newsProviders());
        return;
      case 'user-info':
        connection.send(userInfo(request.reqId));
        return;
      case 'refused':
        refuse(connection, request.reqId, `The simulator does not know ${request.name}`);
        return;
    }
  }
}
