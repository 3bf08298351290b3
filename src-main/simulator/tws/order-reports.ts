import type { Exchange } from '#simulator/exchange';
import { EXCHANGE_TIME_ZONE } from '#simulator/session-calendar';
import {
  isFinal,
  remainingOf,
  whyHeldOf,
  type SimulatedExecution,
  type SimulatedOrder,
} from '#simulator/simulated-order';
import type { ClientConnection } from '#simulator/tws/client-connection';
import type { ExecutionFilter } from '#simulator/tws/decode';
import { completedOrdersEnd, executionsEnd, openOrderEnd, type ServerMessage } from '#simulator/tws/encode';
import { executionVenueOf } from '#simulator/tws/encode-contract';
import { commissionReport, executionDetails } from '#simulator/tws/encode-fill';
import { completedOrder, openOrder, orderBound, orderStatus } from '#simulator/tws/encode-order';
import { parentIdOf, reportedIdOf } from '#simulator/tws/reported-order';
import { parseMoment } from '#simulator/written-moment';

const LIVE_EXECUTION = -1;
/** The client that hears of orders entered by hand. */
const DEFAULT_CLIENT = 0;

/** News and answers about orders and executions, in the order and with the repeats TWS has. */
export class OrderReports {
  readonly #exchange: Exchange;
  readonly #masterClientId: number | undefined;

  /** @param masterClientId the client that hears of every client's orders; none when left out. */
  constructor(exchange: Exchange, masterClientId?: number) {
    this.#exchange = exchange;
    this.#masterClientId = masterClientId;
  }

  /** What TWS sends when `order` changes: everything twice for a new order, the status twice for a fill. */
  orderNews(connection: ClientConnection, order: SimulatedOrder, why: 'new' | 'fill' | 'changed' | 'ended'): void {
    if (!this.#concerns(connection, order)) return;
    if (why === 'new' && order.orderId < 0 && order.bound) this.boundNews(connection, order);
    const status = this.#status(order);
    const open = openOrder(connection.serverVersion, order, this.#exchange.account, this.#exchange.statusOf(order));
    for (const message of newsOf(why, order.stage === 'inactive', open, status)) {
      connection.sendAboutOrder(order.orderId, message);
    }
  }

  /** An order entered by hand now belongs to client 0. */
  boundNews(connection: ClientConnection, order: SimulatedOrder): void {
    connection.sendAboutOrder(order.orderId, orderBound(order));
  }

  executionNews(connection: ClientConnection, execution: SimulatedExecution): void {
    if (!this.#concerns(connection, execution.order)) return;
    const message = executionDetails(LIVE_EXECUTION, this.#exchange.account, execution);
    connection.sendAboutOrder(execution.order.orderId, message);
  }

  commissionNews(connection: ClientConnection, execution: SimulatedExecution): void {
    if (!this.#concerns(connection, execution.order)) return;
    connection.sendAboutOrder(execution.order.orderId, commissionReport(execution));
  }

  /** Live orders of `clientId`, or of everybody. Orders not transmitted are TWS's own affair and not listed. */
  openOrders(connection: ClientConnection, clientId: number | undefined): void {
    for (const order of this.#exchange.orders()) {
      if (isFinal(order) || order.stage === 'held') continue;
      if (clientId !== undefined && (order.clientId !== clientId || !order.bound)) continue;
      connection.send(
        openOrder(connection.serverVersion, order, this.#exchange.account, this.#exchange.statusOf(order)),
      );
      connection.send(this.#status(order));
    }
    connection.send(openOrderEnd());
  }

  /** The orders that ended today, of every client; those entered by hand only without `apiOnly`. */
  completedOrders(connection: ClientConnection, apiOnly: boolean): void {
    const { account } = this.#exchange;
    for (const order of this.#exchange.completedOrdersOfDay()) {
      if (apiOnly && order.orderId < 0) continue;
      connection.send(completedOrder(connection.serverVersion, order, account, this.#exchange.statusOf(order)));
    }
    connection.send(completedOrdersEnd());
  }

  /** Today's executions with their commissions: those of the asking client, of everybody for client 0 and the master. */
  executions(connection: ClientConnection, reqId: number, filter: ExecutionFilter): void {
    const { clientId } = connection;
    const seesAll = clientId === DEFAULT_CLIENT || clientId === this.#masterClientId;
    const since = filter.time === '' ? 0 : (parseMoment(filter.time, EXCHANGE_TIME_ZONE)?.at ?? 0);
    for (const execution of this.#exchange.executionsOfDay()) {
      if (!seesAll && execution.order.clientId !== clientId) continue;
      if (execution.at < since || !passes(filter, execution, this.#exchange.account)) continue;
      connection.send(executionDetails(reqId, this.#exchange.account, execution));
      connection.send(commissionReport(execution));
    }
    connection.send(executionsEnd(reqId));
  }

  /** Orders entered by hand belong to nobody until client 0 binds them; the master hears of them all the same. */
  #concerns({ clientId }: ClientConnection, order: SimulatedOrder): boolean {
    return order.bound || clientId === this.#masterClientId;
  }

  #status(order: SimulatedOrder): ServerMessage {
    return orderStatus({
      orderId: reportedIdOf(order),
      status: this.#exchange.statusOf(order),
      filled: order.filled,
      remaining: remainingOf(order),
      filledValue: order.filledValue,
      permId: order.permId,
      parentId: parentIdOf(order),
      lastFillPrice: order.lastFillPrice,
      clientId: order.clientId,
      whyHeld: whyHeldOf(order),
    });
  }
}

function newsOf(
  why: 'new' | 'fill' | 'changed' | 'ended',
  rejected: boolean,
  open: ServerMessage,
  status: ServerMessage,
): readonly ServerMessage[] {
  switch (why) {
    case 'new':
      return [open, status, open, status];
    case 'fill':
      return [open, status, status];
    case 'changed':
      return [open, status];
    case 'ended':
      return rejected ? [open, status] : [status];
  }
}

function passes(filter: ExecutionFilter, { order }: SimulatedExecution, account: string): boolean {
  const { instrument } = order;
  const wanted = (asked: string, ...is: readonly string[]): boolean => asked === '' || is.includes(asked.toUpperCase());
  return (
    (filter.clientId === 0 || filter.clientId === order.clientId) &&
    wanted(filter.account, account) &&
    wanted(filter.symbol, instrument.symbol) &&
    wanted(filter.secType, instrument.secType) &&
    wanted(filter.side, order.action, order.action === 'BUY' ? 'BOT' : 'SLD') &&
    wanted(filter.exchange, instrument.exchange, executionVenueOf(instrument))
  );
}
