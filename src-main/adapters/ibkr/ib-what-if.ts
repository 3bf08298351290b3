import { EventName, type Contract, type IBApi, type Order, type OrderState } from '@stoqey/ib';
import { moneyFromNumber } from '#domain/money';
import { err, ok, type Result } from '#domain/result';
import type { MarginAnswer, WhatIfQuestion } from '#ports/broker-port';
import { orderMeaningOf } from './ib-messages';
import { encodeQuestion } from './ib-order-codec';
import type { Guard, IbSession } from './ib-session';

/** How long IBKR may take to say what an order would do. */
export const WHAT_IF_TIMEOUT_MS = 4_000;

interface Asked {
  readonly settle: (answer: Result<MarginAnswer, string>) => void;
  readonly cancelDeadline: () => void;
}

/**
 * Asks IBKR what an order would do to the account's margin: `placeOrder` with `whatIf`, which no exchange sees. The answer is an
 * `openOrder` with the figures in its state, or an error about the order's number.
 */
export class IbWhatIf {
  readonly #session: IbSession;
  /** By order id; null once it is settled: what still comes about it is about no order. */
  readonly #questions = new Map<number, Asked | null>();

  constructor(session: IbSession) {
    this.#session = session;
  }

  attach(api: IBApi, guard: Guard): void {
    api.on(
      EventName.openOrder,
      guard((orderId: number, _contract: Contract, order: Order, state: OrderState) => {
        if (order.whatIf === true) this.#settle(orderId, answerOf(state));
      }),
    );
  }

  /** Never rejects. @returns why there is no answer as the error. */
  ask(question: WhatIfQuestion): Promise<Result<MarginAnswer, string>> {
    const encoded = encodeQuestion(question);
    if (!encoded.ok) return Promise.resolve(encoded);
    const { contract, order, orderId } = encoded.value;
    return new Promise((resolve) => {
      const cancelDeadline = this.#session.wakeAfter(WHAT_IF_TIMEOUT_MS, () =>
        this.#settle(orderId, err(`no answer within ${WHAT_IF_TIMEOUT_MS / 1000} s`)),
      );
      this.#questions.set(orderId, { settle: resolve, cancelDeadline });
      const { failure } = this.#session.send((api) => api.placeOrder(orderId, contract, order));
      if (failure !== null) this.#settle(orderId, err(failure));
    });
  }

  /** @returns false when the number is that of an order. */
  hearError(orderId: number, code: number, text: string): boolean {
    if (!this.#questions.has(orderId)) return false;
    if (orderMeaningOf(code) !== 'warning') this.#settle(orderId, err(`${text} (${code})`));
    return true;
  }

  forgetSession(): void {
    for (const orderId of [...this.#questions.keys()]) this.#settle(orderId, err('the connection was lost'));
    this.#questions.clear();
  }

  #settle(orderId: number, answer: Result<MarginAnswer, string>): void {
    const asked = this.#questions.get(orderId);
    if (asked === undefined || asked === null) return;
    this.#questions.set(orderId, null);
    asked.cancelDeadline();
    asked.settle(answer);
  }
}

function answerOf({ equityWithLoanAfter, initMarginAfter, warningText }: OrderState): Result<MarginAnswer, string> {
  const initialAfter = moneyFromNumber(initMarginAfter);
  const equityAfter = moneyFromNumber(equityWithLoanAfter);
  if (initialAfter !== undefined && equityAfter !== undefined) return ok({ initialAfter, equityAfter });
  return err(warningText === undefined || warningText === '' ? 'IBKR gave no figures' : warningText);
}
