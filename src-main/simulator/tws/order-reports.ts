import type { Exchange } from '#simulator/exchange';
import { easternText } from '#simulator/session-calendar';
import {
  isFinal,
  remainingOf,
  whyHeldOf,
  type SimulatedExecution,
  type SimulatedOrder,
} from '#simulator/simulated-order';
import type { ClientConnection } from '#simulator/tws/client-connection';
import type { ExecutionFilter } from '#simulator/tws/decode';
import {
  commissionReport,
  completedOrdersEnd,
  executionDetails,
  executionsEnd,
  openOrderEnd,
  orderStatus,
  type ServerMessage,
} from '#simulator/tws/encode';
import { completedOrder, openOrder, parentIdOf } from '#simulator/tws/encode-order';

const LIVE_EXECUTION = -1;

/** News and answers about orders and executions, in the order and with the repeats TWS has. */
export class OrderReports {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** What TWS sends when `order` changes: everything twice for a new order, the status twice for a fill. */
  orderNews(connection: ClientConnection, order: SimulatedOrder, why: 'new' | 'fill' | 'changed' | 'ended'): void {
    const status = this.#status(order);
    const open = openOrder(connection.serverVersion, order, this.#exchange.account, this.#exchange.statusOf(order));
    for (const message of newsOf(why, order.stage === 'inactive', open, status)) {
      connection.sendAboutOrder(order.orderId, message);
    }
  }

  executionNews(connection: ClientConnection, execution: SimulatedExecution): void {
    const message = executionDetails(LIVE_EXECUTION, this.#exchange.account, execution);
    connection.sendAboutOrder(execution.order.orderId, message);
  }

  commissionNews(connection: ClientConnection, execution: SimulatedExecution): void {
    connection.sendAboutOrder(execution.order.orderId, commissionReport(execution));
  }

  /** Live orders of `clientId`, or of everybody. Orders not transmitted are TWS's own affair and not listed. */
  openOrders(connection: ClientConnection, clientId: number | undefined): void {
    for (const order of this.#exchange.orders()) {
      if (isFinal(order) || order.stage === 'held') continue;
      if (clientId !== undefined && order.clientId !== clientId) continue;
      connection.send(
        openOrder(connection.serverVersion, order, this.#exchange.account, this.#exchange.statusOf(order)),
      );
      connection.send(this.#status(order));
    }
    connection.send(openOrderEnd());
  }

  completedOrders(connection: ClientConnection): void {
    const { account } = this.#exchange;
    for (const order of this.#exchange.orders()) {
      if (!isFinal(order)) continue;
      connection.send(completedOrder(connection.serverVersion, order, account, this.#exchange.statusOf(order)));
    }
    connection.send(completedOrdersEnd());
  }

  /** Past executions with their commissions: those of the asking client, of everybody for client 0. */
  executions(connection: ClientConnection, reqId: number, filter: ExecutionFilter): void {
    for (const execution of this.#exchange.executions()) {
      if (connection.clientId !== 0 && execution.order.clientId !== connection.clientId) continue;
      if (!passes(filter, execution, this.#exchange.account)) continue;
      connection.send(executionDetails(reqId, this.#exchange.account, execution));
      connection.send(commissionReport(execution));
    }
    connection.send(executionsEnd(reqId));
  }

  #status(order: SimulatedOrder): ServerMessage {
    return orderStatus({
      orderId: order.orderId,
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

function passes(filter: ExecutionFilter, { order, at }: SimulatedExecution, account: string): boolean {
  const wanted = (asked: string, has: string): boolean => asked === '' || asked.toUpperCase() === has;
  const since = filter.time.replace('-', ' ');
  return (
    (filter.clientId === 0 || filter.clientId === order.clientId) &&
    wanted(filter.account, account) &&
    wanted(filter.symbol, order.instrument.symbol) &&
    wanted(filter.secType, 'STK') &&
    wanted(filter.side, order.action) &&
    ['', 'SMART', 'ISLAND'].includes(filter.exchange) &&
    easternText(at).slice(0, since.length) >= since
  );
}
