import {
  accountId,
  clientId,
  conId,
  epochMs,
  execId,
  ibOrderId,
  permId,
  type AccountId,
  type ConId,
  type IbOrderId,
} from '#domain/ids';
import { isZero, money, price, quantity, signedQuantity } from '#domain/money';
import type { Hold } from '#domain/order-record';
import type { BrokerFact, BrokerOrder, BrokerOrderKeys, BrokerOrderStatus } from '#ports/broker-port';
import type { Exchange } from '#simulator/exchange';
import { formatUnits, meanText } from '#simulator/fixed';
import type { Holding } from '#simulator/holding-ledger';
import type { SimulatedInstrument } from '#simulator/instruments';
import { isFinal, whyHeldOf, type SimulatedExecution, type SimulatedOrder } from '#simulator/simulated-order';
import { observedTermsOf, priceOf, triggerSourceOf } from './simulated-terms';

type FactOf<Kind extends BrokerFact['kind']> = Extract<BrokerFact, { kind: Kind }>;

/** How many orders' holds are remembered; the oldest are forgotten first. */
const HOLDS_MAX = 1_000;

/**
 * What the exchange has, in the words of facts. As on TWS's wire, the reason why an order is held comes with its status
 * alone: its picture says what the last status said, and takes a child of which none has spoken to wait for its parent.
 */
export class SimulatedReports {
  readonly #exchange: Exchange;
  readonly #account: AccountId;
  /** By permanent id: whether the last status said that the order waits for its parent. */
  readonly #waitsForParent = new Map<number, boolean>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.#account = accountId(exchange.account);
  }

  orderReported(order: SimulatedOrder): FactOf<'order-reported'> {
    const waits = this.#waitsForParent.get(order.permId) ?? order.parent !== undefined;
    const parentOrderId = parentIdOf(order);
    return { kind: 'order-reported', order: { ...this.#pictureOf(order, waits), parentOrderId }, completed: false };
  }

  /** A completed order comes without its numbers: only its permanent id and its reference tell whose it is. */
  completedReported(order: SimulatedOrder): FactOf<'order-reported'> {
    const picture = this.#pictureOf(order, false);
    const filled = quantity(String(order.filled));
    return { kind: 'order-reported', order: { ...picture, clientId: null, orderId: null, filled }, completed: true };
  }

  orderStatus(order: SimulatedOrder): FactOf<'order-status'> {
    const waits = whyHeldOf(order) !== '';
    this.#waitsForParent.delete(order.permId);
    this.#waitsForParent.set(order.permId, waits);
    if (this.#waitsForParent.size > HOLDS_MAX) {
      for (const oldest of this.#waitsForParent.keys()) {
        this.#waitsForParent.delete(oldest);
        break;
      }
    }
    const filled = quantity(String(order.filled));
    const keys = { ...keysOf(order), orderRef: null };
    return { kind: 'order-status', keys, status: this.#statusOf(order, waits), filled };
  }

  execution(execution: SimulatedExecution): FactOf<'execution'> {
    const { order } = execution;
    const { instrument } = order;
    return {
      kind: 'execution',
      execution: {
        ...keysOf(order),
        execId: execId(execution.execId),
        account: this.#account,
        conId: conId(instrument.conId),
        symbol: instrument.localSymbol,
        side: order.action,
        quantity: quantity(String(execution.shares)),
        price: priceOf(execution.price),
        exchange: instrument.primaryExchange,
        at: epochMs(execution.at),
      },
    };
  }

  commission({ execId: id, commission, order }: SimulatedExecution): FactOf<'commission'> {
    const amount = money(formatUnits(commission));
    return { kind: 'commission', execId: execId(id), commission: { amount, currency: order.instrument.currency } };
  }

  position({ instrument, shares, cost }: Holding): FactOf<'position'> {
    const held = signedQuantity(String(shares));
    return {
      kind: 'position',
      account: this.#account,
      conId: conIdOf(instrument),
      symbol: instrument.localSymbol,
      quantity: held,
      averageCost: isZero(held) || instrument.secType !== 'STK' ? null : price(meanText(cost, shares)),
    };
  }

  #pictureOf(order: SimulatedOrder, waitsForParent: boolean): BrokerOrder {
    const { instrument, terms } = order;
    const triggerOn = triggerSourceOf(order.triggerMethod);
    return {
      ...keysOf(order),
      spec: {
        account: this.#account,
        conId: conIdOf(instrument),
        symbol: instrument.localSymbol,
        side: order.action,
        quantity: quantity(String(terms.quantity)),
        timeInForce: terms.tif,
        outsideRth: order.outsideRth,
        terms: observedTermsOf(order),
        ...(triggerOn === undefined ? {} : { triggerOn }),
      },
      status: this.#statusOf(order, waitsForParent),
      parentOrderId: null,
      oca: order.oca ?? null,
      filled: null,
    };
  }

  #statusOf(order: SimulatedOrder, waitsForParent: boolean): BrokerOrderStatus {
    if (order.stage === 'filled') return { kind: 'filled' };
    if (order.stage === 'inactive') return { kind: 'inactive', why: 'IBKR does not say why' };
    if (isFinal(order)) return { kind: 'cancelled' };
    if (order.cancelPending) return { kind: 'cancel-pending' };
    return this.#exchange.statusOf(order) === 'Submitted'
      ? { kind: 'working' }
      : { kind: 'acknowledged', hold: holdOf(order, waitsForParent) };
  }
}

function holdOf({ triggered }: SimulatedOrder, waitsForParent: boolean): Hold {
  if (waitsForParent) return 'parent';
  return triggered ? 'none' : 'trigger';
}

/** The permanent id, the numbers that a client may use, and our reference where the order is ours. */
function keysOf({ bound, clientId: client, orderId, permId: perm, orderRef }: SimulatedOrder): BrokerOrderKeys {
  return {
    clientId: clientId(client),
    orderId: bound ? ibOrderId(orderId) : null,
    permId: permId(perm),
    orderRef: orderRef === '' ? null : orderRef,
  };
}

function parentIdOf({ parent }: SimulatedOrder): IbOrderId | null {
  return parent === undefined || isFinal(parent) ? null : ibOrderId(parent.orderId);
}

function conIdOf(instrument: SimulatedInstrument): ConId {
  return conId(instrument.conId);
}
