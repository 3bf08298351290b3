import {
  EventName,
  type CommissionReport,
  type Contract,
  type Execution,
  type IBApi,
  type Order,
  type OrderState,
} from '@stoqey/ib';
import type { ClientId, IbOrderId } from '#domain/ids';
import { quantityFromNumber } from '#domain/money';
import type { Result } from '#domain/result';
import type { BrokerFact, BrokerOrderKeys } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import { clientIdOf, decodeOrder, holdKeyOf, orderIdOf, permIdOf } from './ib-order-codec';
import { brokerStatusOf, HoldMemory } from './ib-order-status';
import { decodeCommission, decodeExecution, decodePosition } from './ib-report-codec';
import type { Guard, IbSession } from './ib-session';
import { timestampOf } from './ib-time';

/** What the reports need from the broker. */
export interface IbReportsOwner {
  readonly onFact: (fact: BrokerFact) => void;
  /** Part of an answer arrived, or something that is told like one. */
  readonly onProgress: () => void;
  /** IBKR spoke of this order of ours: it has it. */
  readonly onOrderKnown: (orderId: IbOrderId) => void;
  readonly onUnreadable: (why: string) => void;
  readonly onFault: (error: Error) => void;
}

/** Everything TWS tells of orders, executions, positions and the account, asked or not, translated one to one. */
export class IbReports {
  readonly #session: IbSession;
  readonly #clientId: ClientId;
  readonly #clock: Clock;
  readonly #owner: IbReportsOwner;
  readonly #holds = new HoldMemory();

  constructor(session: IbSession, clientId: ClientId, clock: Clock, owner: IbReportsOwner) {
    this.#session = session;
    this.#clientId = clientId;
    this.#clock = clock;
    this.#owner = owner;
  }

  attach(api: IBApi, guard: Guard): void {
    api.on(
      EventName.openOrder,
      guard((orderId: number, contract: Contract, order: Order, state: OrderState) => {
        // The answer to a question looks like an order, and is none.
        if (order.whatIf !== true) this.#hearOrder(orderId, contract, order, state, false);
      }),
    );
    api.on(
      EventName.completedOrder,
      guard((contract: Contract, order: Order, state: OrderState) =>
        this.#hearOrder(undefined, contract, order, state, true),
      ),
    );
    api.on(
      EventName.orderStatus,
      guard(
        (
          orderId: number,
          status: string,
          filled: number,
          _remaining: number,
          _averagePrice: number,
          permId?: number,
          parentId?: number,
          _lastPrice?: number,
          clientId?: number,
          whyHeld?: string,
        ) => {
          const keys = { clientId: clientIdOf(clientId), orderId: orderIdOf(orderId), permId: permIdOf(permId) };
          const isChild = orderIdOf(parentId) !== null;
          this.#hearStatus({ ...keys, orderRef: null }, status, filled, whyHeld ?? '', isChild);
        },
      ),
    );
    api.on(
      EventName.orderBound,
      guard((permId: number, clientId: number, orderId: number) => this.#hearBound(permId, clientId, orderId)),
    );
    api.on(
      EventName.execDetails,
      guard((_id: number, contract: Contract, execution: Execution) => this.#hearExecution(contract, execution)),
    );
    api.on(
      EventName.commissionReport,
      guard((report: CommissionReport) => {
        const commission = this.#read(decodeCommission(report));
        if (commission !== null) this.#owner.onFact({ kind: 'commission', ...commission });
      }),
    );
    api.on(
      EventName.position,
      guard((account: string, contract: Contract, held: number, averageCost?: number) => {
        this.#owner.onProgress();
        const position = this.#read(decodePosition(account, contract, held, averageCost));
        if (position !== null) this.#owner.onFact(position);
      }),
    );
    api.on(
      EventName.updateAccountValue,
      guard((key: string, value: string, currency: string) =>
        this.#owner.onFact({ kind: 'account-value', key, value, currency }),
      ),
    );
  }

  #hearOrder(
    orderId: number | undefined,
    contract: Contract,
    order: Order,
    state: OrderState,
    completed: boolean,
  ): void {
    this.#owner.onProgress();
    const read = this.#read(decodeOrder(orderId, contract, order, state, this.#holds));
    if (read === null) return;
    this.#recognise(read);
    this.#owner.onFact({ kind: 'order-reported', order: read, completed });
  }

  #hearStatus(keys: BrokerOrderKeys, word: string, filled: number, whyHeld: string, isChild: boolean): void {
    const evidence = this.#holds.learnWhyHeld(holdKeyOf(keys), whyHeld, isChild);
    const status = brokerStatusOf(word, evidence, whyHeld);
    if (status === null) {
      this.#owner.onUnreadable(`an order has the unknown status ${JSON.stringify(word)}`);
      return;
    }
    this.#recognise(keys);
    this.#owner.onFact({ kind: 'order-status', keys, status, filled: quantityFromNumber(filled) ?? null });
  }

  #hearBound(permNumber: number, clientNumber: number, orderNumber: number): void {
    const clientId = clientIdOf(clientNumber);
    const orderId = orderIdOf(orderNumber);
    const permId = permIdOf(permNumber);
    if (clientId === null || orderId === null || permId === null) {
      this.#owner.onUnreadable(
        `the number of an order entered by hand can not be read: ${JSON.stringify({ permNumber, clientNumber, orderNumber })}`,
      );
      return;
    }
    this.#owner.onFact({ kind: 'order-bound', permId, clientId, orderId });
  }

  #recognise({ clientId, orderId }: BrokerOrderKeys): void {
    if (orderId !== null && clientId === this.#clientId) this.#owner.onOrderKnown(orderId);
  }

  #hearExecution(contract: Contract, execution: Execution): void {
    this.#owner.onProgress();
    const time = execution.time ?? '';
    const at = timestampOf(time, this.#session.twsZone);
    if (at === null) this.#owner.onFault(new Error(`the time of an execution can not be read: ${time}`));
    // A fill is never dropped for its clock: it happened by now.
    const read = this.#read(decodeExecution(contract, execution, at ?? this.#clock.now()));
    if (read !== null) this.#owner.onFact({ kind: 'execution', execution: read });
  }

  /** The value, or null after saying that TWS sent something we do not understand. */
  #read<T>(result: Result<T, string>): T | null {
    if (result.ok) return result.value;
    this.#owner.onUnreadable(result.error);
    return null;
  }
}
