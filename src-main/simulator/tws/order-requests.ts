import type { Exchange } from '#simulator/exchange';
import type { FaultBoard } from '#simulator/faults';
import type { OrderKey, OrderRequest, Rejection } from '#simulator/simulated-order';
import type { ClientConnection } from '#simulator/tws/client-connection';
import type { RequestOf } from '#simulator/tws/decode';
import { errorMessage } from '#simulator/tws/encode';
import { openOrder } from '#simulator/tws/encode-order';
import { findInstrument } from '#simulator/tws/instrument-lookup';
import type { OrderReports } from '#simulator/tws/order-reports';
import { knowsAccount, NO_ID, refuse, refuseContract } from '#simulator/tws/refusal';

/** The client that orders entered by hand in TWS can be bound to. */
const BINDING_CLIENT = 0;

/** Takes orders and cancels of clients to the exchange, and answers what they ask about orders. */
export class OrderRequests {
  readonly #exchange: Exchange;
  readonly #faults: FaultBoard;
  readonly #reports: OrderReports;
  /** Cancels the broker took note of and has not done. */
  #pendingCancels: OrderKey[] = [];

  constructor(exchange: Exchange, faults: FaultBoard, reports: OrderReports) {
    this.#exchange = exchange;
    this.#faults = faults;
    this.#reports = reports;
  }

  /** Does the cancels that a fault had left pending. */
  completeCancels(): void {
    const pending = this.#pendingCancels;
    this.#pendingCancels = [];
    for (const key of pending) this.#exchange.completeCancel(key);
  }

  /** A new order, a change of a live one, or a question about margin: TWS has one message for all. */
  place(connection: ClientConnection, clientId: number, request: RequestOf<'place-order'>): void {
    const fate = this.#faults.fateOf('order');
    if (fate.withheld) connection.withhold(request.orderId);
    this.#enter(connection, clientId, request, fate.rejection);
  }

  cancel(connection: ClientConnection, key: OrderKey): void {
    const { withheld } = this.#faults.fateOf('cancel');
    if (withheld) {
      connection.withhold(key.orderId);
      this.#pendingCancels.push(key);
    }
    this.#exchange.cancel(key, !withheld);
  }

  /** The client's own open orders. Client 0 takes over the orders entered by hand with this. */
  openOrders(connection: ClientConnection, clientId: number): void {
    if (clientId === BINDING_CLIENT) this.#bind(connection);
    this.#reports.openOrders(connection, clientId);
  }

  /** Binds the orders entered by hand to client 0, those there are and those to come. */
  autoOpenOrders(connection: ClientConnection, clientId: number, bind: boolean): void {
    if (clientId !== BINDING_CLIENT) {
      refuse(connection, NO_ID, 'Only the default client (i.e 0) can auto bind orders.');
      return;
    }
    this.#exchange.setAutoBinding(bind);
    if (bind) for (const order of this.#bind(connection)) this.#reports.orderNews(connection, order, 'changed');
  }

  #bind(connection: ClientConnection): ReturnType<Exchange['bindManualOrders']> {
    const bound = this.#exchange.bindManualOrders();
    for (const order of bound) this.#reports.boundNews(connection, order);
    return bound;
  }

  #enter(
    connection: ClientConnection,
    clientId: number,
    { orderId, contract, order }: RequestOf<'place-order'>,
    rejection: Rejection | undefined,
  ): void {
    if (!knowsAccount(connection, orderId, order.account, this.#exchange.account)) return;
    if (order.unsupported.length > 0) {
      refuse(connection, orderId, `The simulator does not know ${order.unsupported.join(', ')}`);
      return;
    }
    if (contract.exchange === '') {
      refuse(connection, orderId, 'Missing order exchange');
      return;
    }
    const instrument = findInstrument(this.#exchange, contract);
    if (instrument === undefined) {
      refuseContract(connection, orderId);
      return;
    }
    const { conId, symbol } = instrument;
    const { auxPrice, ...terms } = order;
    const request = { ...terms, clientId, orderId, conId, symbol, stopPrice: auxPrice };
    if (order.whatIf) this.#askWhatIf(connection, request);
    else this.#exchange.place(request, rejection);
  }

  #askWhatIf(connection: ClientConnection, request: OrderRequest): void {
    const answer = this.#exchange.whatIf(request);
    const { account } = this.#exchange;
    const message = answer.ok
      ? openOrder(connection.serverVersion, answer.value.order, account, 'PreSubmitted', answer.value)
      : errorMessage(request.orderId, answer.error.code, answer.error.text);
    connection.sendAboutOrder(request.orderId, message);
  }
}
