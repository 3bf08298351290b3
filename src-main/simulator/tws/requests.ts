import type { Exchange } from '#simulator/exchange';
import type { FaultBoard } from '#simulator/faults';
import type { SimulatedInstrument } from '#simulator/instruments';
import { hoursText } from '#simulator/session-calendar';
import type { OrderKey } from '#simulator/simulated-order';
import { tickAt, tickBandsOf } from '#simulator/tick-rules';
import { AccountReports } from '#simulator/tws/account-reports';
import type { ClientConnection } from '#simulator/tws/client-connection';
import type { ClientMessage } from '#simulator/tws/decode';
import type { WireContract } from '#simulator/tws/decode-order';
import {
  contractDetails,
  contractDetailsEnd,
  currentTime,
  errorMessage,
  managedAccounts,
  marketRule,
  nextValidId,
  symbolSamples,
} from '#simulator/tws/encode';
import type { MarketData } from '#simulator/tws/market-data';
import { OrderReports } from '#simulator/tws/order-reports';

/** A request of a client that has said who it is. */
export type Request = Exclude<ClientMessage, { readonly kind: 'start-api' | 'unsupported' }>;
type Of<Kind extends Request['kind']> = Extract<Request, { readonly kind: Kind }>;

const SAMPLES_MAX = 16;
const NO_SECURITY = 'No security definition has been found for the request';
const MARKET_DATA_TYPES = 4;
/** An order that neither trails nor adjusts itself nor waits for conditions. */
const PLAIN = {
  ...{ trailStopPrice: '', trailingPercent: '', limitPriceOffset: '', goodTillDate: '', triggerPrice: '' },
  ...{ adjustedOrderType: '', adjustedStopPrice: '', adjustedStopLimitPrice: '', adjustedTrailingAmount: '' },
  ...{ adjustableTrailingUnit: 0, conditions: [], conditionsIgnoreRth: false, conditionsCancelOrder: false },
};

/** Answers one client's requests from the exchange. */
export class Requests {
  readonly #exchange: Exchange;
  readonly #faults: FaultBoard;
  readonly #marketData: MarketData;
  readonly #orders: OrderReports;
  readonly #account: AccountReports;
  /** Cancels the broker took note of and has not done. */
  #pendingCancels: OrderKey[] = [];

  constructor(exchange: Exchange, faults: FaultBoard, marketData: MarketData) {
    this.#exchange = exchange;
    this.#faults = faults;
    this.#marketData = marketData;
    this.#orders = new OrderReports(exchange);
    this.#account = new AccountReports(exchange);
  }

  /** Does the cancels that a fault had left pending. */
  completeCancels(): void {
    const pending = this.#pendingCancels;
    this.#pendingCancels = [];
    for (const key of pending) this.#exchange.completeCancel(key);
  }

  /** Answers `request` of the client on `connection`. */
  answer(connection: ClientConnection, clientId: number, request: Request): void {
    const { subscriptions } = connection;
    switch (request.kind) {
      case 'place-order':
        this.#place(connection, clientId, request);
        return;
      case 'cancel-order':
        this.#cancel(connection, { clientId, orderId: request.orderId });
        return;
      case 'global-cancel':
        this.#exchange.cancelAll();
        return;
      case 'open-orders':
        this.#orders.openOrders(connection, clientId);
        return;
      case 'all-open-orders':
        this.#orders.openOrders(connection, undefined);
        return;
      case 'auto-open-orders':
        if (clientId !== 0) refuse(connection, -1, 'Only the default client (i.e 0) can auto bind orders.');
        return;
      case 'completed-orders':
        this.#orders.completedOrders(connection);
        return;
      case 'executions':
        this.#orders.executions(connection, request.reqId, request.filter);
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
      case 'contract-details':
        this.#contractDetails(connection, request);
        return;
      case 'matching-symbols':
        connection.send(symbolSamples(request.reqId, this.#matching(request.pattern)));
        return;
      case 'market-rule':
        this.#marketRule(connection, request.ruleId);
        return;
      case 'market-data':
        this.#openLine(connection, request);
        return;
      case 'cancel-market-data':
        if (!this.#marketData.close(connection, request.reqId)) {
          connection.send(errorMessage(request.reqId, 300, `Can't find EId with tickerId:${String(request.reqId)}`));
        }
        return;
      case 'market-data-type':
        if (request.type < 1 || request.type > MARKET_DATA_TYPES) {
          refuse(connection, -1, `Invalid market data type ${String(request.type)}`);
        }
        return;
      case 'account-updates':
        subscriptions.accountUpdates = request.subscribe;
        if (request.subscribe && this.#knowsAccount(connection, -1, request.account))
          this.#account.download(connection);
        return;
      case 'account-summary':
        this.#summary(connection, request);
        return;
      case 'cancel-account-summary':
        subscriptions.summaries.delete(request.reqId);
        return;
      case 'positions':
        subscriptions.positions = true;
        this.#account.positions(connection);
        return;
      case 'cancel-positions':
        subscriptions.positions = false;
        return;
      case 'pnl':
        if (!this.#knowsAccount(connection, request.reqId, request.account)) return;
        subscriptions.pnl.add(request.reqId);
        this.#account.accountProfit(connection, request.reqId);
        return;
      case 'cancel-pnl':
        subscriptions.pnl.delete(request.reqId);
        return;
      case 'pnl-single':
        this.#stockProfit(connection, request);
        return;
      case 'cancel-pnl-single':
        subscriptions.pnlSingle.delete(request.reqId);
        return;
    }
  }

  #place(connection: ClientConnection, clientId: number, { orderId, contract, order }: Of<'place-order'>): void {
    const fate = this.#faults.fateOf('order');
    if (fate.withheld) connection.withhold(orderId);
    if (fate.reaches) this.#enter(connection, clientId, orderId, contract, order, fate.rejection);
    if (fate.drop) connection.drop();
  }

  #enter(
    connection: ClientConnection,
    clientId: number,
    orderId: number,
    contract: WireContract,
    order: Of<'place-order'>['order'],
    rejection: { readonly code: number; readonly text: string } | undefined,
  ): void {
    if (!this.#knowsAccount(connection, orderId, order.account)) return;
    if (order.unsupported.length > 0) {
      refuse(connection, orderId, `The simulator does not know ${order.unsupported.join(', ')}`);
      return;
    }
    if (!isUsStock(contract)) {
      connection.send(errorMessage(orderId, 200, NO_SECURITY));
      return;
    }
    const { auxPrice, ...terms } = order;
    const { conId } = contract;
    this.#exchange.place(
      { ...PLAIN, ...terms, clientId, orderId, conId, symbol: symbolOf(contract), stopPrice: auxPrice },
      rejection,
    );
  }

  #cancel(connection: ClientConnection, key: OrderKey): void {
    const fate = this.#faults.fateOf('cancel');
    if (fate.reaches) {
      if (fate.withheld) {
        connection.withhold(key.orderId);
        this.#pendingCancels.push(key);
      }
      this.#exchange.cancel(key, !fate.withheld);
    }
    if (fate.drop) connection.drop();
  }

  #openLine(connection: ClientConnection, { reqId, contract, snapshot }: Of<'market-data'>): void {
    const instrument = this.#find(contract);
    if (instrument === undefined) connection.send(errorMessage(reqId, 200, NO_SECURITY));
    else if (connection.subscriptions.lines.has(reqId)) {
      connection.send(errorMessage(reqId, 322, 'Error processing request.-Duplicate ticker id'));
    } else this.#marketData.open(connection, reqId, instrument, snapshot);
  }

  #contractDetails(connection: ClientConnection, { reqId, contract }: Of<'contract-details'>): void {
    const instrument = this.#find(contract);
    if (instrument === undefined) {
      connection.send(errorMessage(reqId, 200, NO_SECURITY));
      return;
    }
    const { session, now } = this.#exchange;
    const hours = { trading: hoursText(session, 'trading', now), liquid: hoursText(session, 'liquid', now) };
    const tick = tickAt(instrument.marketRuleId, this.#exchange.quoteOf(instrument).last);
    connection.send(contractDetails(connection.serverVersion, reqId, instrument, tick, hours));
    connection.send(contractDetailsEnd(reqId));
  }

  #matching(pattern: string): readonly SimulatedInstrument[] {
    const wanted = pattern.trim().toUpperCase();
    if (wanted === '') return [];
    const exact = this.#exchange.instruments.filter(({ symbol }) => symbol === wanted);
    const rest = this.#exchange.instruments.filter(
      ({ symbol, name }) => symbol !== wanted && (symbol.startsWith(wanted) || name.includes(wanted)),
    );
    return [...exact, ...rest].slice(0, SAMPLES_MAX);
  }

  #marketRule(connection: ClientConnection, ruleId: number): void {
    const bands = tickBandsOf(ruleId);
    if (bands === undefined) refuse(connection, -1, `Market rule ${String(ruleId)} does not exist`);
    else connection.send(marketRule(ruleId, bands));
  }

  #summary(connection: ClientConnection, { reqId, group, tags }: Of<'account-summary'>): void {
    if (group !== 'All') {
      refuse(connection, reqId, `Invalid group ${group}`);
      return;
    }
    connection.subscriptions.summaries.set(reqId, tags);
    this.#account.summary(connection, reqId, tags);
  }

  #stockProfit(connection: ClientConnection, { reqId, account, conId }: Of<'pnl-single'>): void {
    if (!this.#knowsAccount(connection, reqId, account)) return;
    if (this.#exchange.find(conId, '') === undefined) {
      refuse(connection, reqId, `Invalid contract id ${String(conId)}`);
      return;
    }
    connection.subscriptions.pnlSingle.set(reqId, conId);
    this.#account.stockProfit(connection, reqId, conId);
  }

  #knowsAccount(connection: ClientConnection, id: number, account: string): boolean {
    if (account === '' || account === this.#exchange.account) return true;
    refuse(connection, id, `Invalid account code '${account}'`);
    return false;
  }

  #find(contract: WireContract): SimulatedInstrument | undefined {
    return isUsStock(contract) ? this.#exchange.find(contract.conId, symbolOf(contract)) : undefined;
  }
}

function refuse(connection: ClientConnection, id: number, cause: string): void {
  connection.send(errorMessage(id, 321, `Error validating request.-'bN' : cause - ${cause}`));
}

function isUsStock({ secType, currency }: WireContract): boolean {
  return (secType === 'STK' || secType === '') && (currency === 'USD' || currency === '');
}

function symbolOf({ symbol, localSymbol }: WireContract): string {
  return symbol === '' ? localSymbol : symbol;
}
