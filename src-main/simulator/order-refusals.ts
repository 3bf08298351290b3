import { err } from '#domain/result';
import type { Rejection } from '#simulator/simulated-order';

type Refused = { readonly ok: false; readonly error: Rejection };

/** A check's answer: the request is refused with IBKR's code and words. */
export function refuse(code: number, text: string): Refused {
  return err({ code, text });
}

/** The answer to a field that makes no sense (321). */
export function refuseField(where: string, cause: string): Refused {
  return refuse(321, `Error validating request.-'${where}' : cause - ${cause}`);
}

/** TWS's answer to an attached order whose parent has ended. */
export function missingParent(parentId: number): Rejection {
  return { code: 135, text: `Can't find order with ID =${String(parentId)}` };
}

export function rejectedBecause(text: string): Rejection {
  return { code: 201, text: `Order rejected - reason:${text}` };
}

/** What tells that an order is cancelled, whoever or whatever cancelled it; IBKR says the same when one expires. */
export const CANCELLED: Rejection = { code: 202, text: 'Order Canceled - reason:' };

/** The answer to a date that can not be read. */
export const INVALID_MOMENT: Rejection = {
  code: 337,
  text: 'The date, time, or time-zone entered is invalid. The correct format is yyyymmdd hh:mm:ss xxx.',
};
export const INVALID_TRIGGER_METHOD: Rejection = { code: 146, text: 'Invalid trigger method.' };
