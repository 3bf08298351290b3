import { formatPrice, formatQuantity } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import {
  enteredPriceSchema,
  enteredQuantitySchema,
  isMultipleOf,
  isPositive,
  percentSchema,
  priceSchema,
  quantitySchema,
  type Price,
  type Quantity,
} from '#domain/money';
import type { Side, Trail } from '#domain/order-spec';
import { isOnTick, priceDecimals, roundToTick, tickAt } from '#domain/tick-rules';
import { plainAmount } from '#renderer/stores/steps';

/** A field of the ticket by name, as the line below an incomplete ticket says it. */
export type TicketField =
  | 'quantity'
  | 'entry'
  | 'entry limit'
  | 'target'
  | 'stop'
  | 'stop limit'
  | 'trail'
  | 'activation'
  | 'initial stop'
  | 'mode'
  | 'levels'
  | `level ${number} quantity`
  | `level ${number} target`
  | `leg ${number} symbol`
  | `leg ${number} quantity`
  | `leg ${number} price`
  | `leg ${number} limit`;

/** A typed price that the exchange does not take, and what is sent instead. */
export interface TickMove {
  readonly tick: Price;
  readonly becomes: Price;
  readonly instrument: Instrument;
}

/** Which way an off-tick price is rounded. */
export interface PriceRole {
  readonly side: Side;
  readonly kind: 'limit' | 'stop';
}

/** Reads typed fields one by one and remembers what is wrong, missing, or moved onto the tick. */
export class FieldReader {
  /** What is wrong; an empty field is not wrong, only missing. */
  readonly faults = new Map<TicketField, string>();
  readonly missing: TicketField[] = [];
  readonly moves = new Map<TicketField, TickMove>();

  get isComplete(): boolean {
    return this.missing.length === 0 && this.faults.size === 0;
  }

  fault(field: TicketField, words: string): null {
    this.faults.set(field, words);
    return null;
  }

  quantity(field: TicketField, typed: string, instrument: Instrument | null): Quantity | null {
    const text = plainAmount(typed);
    if (text === '') return this.#absent(field);
    const parsed = quantitySchema.safeParse(text);
    if (!parsed.success) return this.fault(field, 'Quantity must be a number such as 40.');
    if (!isPositive(parsed.data)) return this.fault(field, 'Quantity must be above 0.');
    if (!enteredQuantitySchema.safeParse(text).success) return this.fault(field, 'Quantity has too many digits.');
    const step = instrument?.sizeIncrement;
    if (step !== undefined && isPositive(step) && !isMultipleOf(parsed.data, step)) {
      return this.fault(field, `Quantity moves in steps of ${formatQuantity(step)}.`);
    }
    return parsed.data;
  }

  /** A price on the tick: an off-tick one is moved to the safer side, and said so. */
  price(field: TicketField, typed: string, instrument: Instrument | null, role: PriceRole): Price | null {
    const found = this.#amount(field, typed);
    if (found === null || instrument === null || isOnTick(instrument, found)) return found;
    const becomes = roundToTick(instrument, found, role.side, role.kind);
    this.moves.set(field, { tick: tickAt(instrument, found), becomes, instrument });
    return becomes;
  }

  /** A price that may be left out. */
  optionalPrice(field: TicketField, typed: string, instrument: Instrument | null, role: PriceRole): Price | null {
    return plainAmount(typed) === '' ? null : this.price(field, typed, instrument, role);
  }

  trail(typed: string, by: Trail['by']): Trail | null {
    if (by === 'amount') {
      const amount = this.#amount('trail', typed);
      return amount === null ? null : { by, amount };
    }
    const text = plainAmount(typed).replace(/%$/, '');
    if (text === '') return this.#absent('trail');
    const parsed = percentSchema.safeParse(text);
    if (!parsed.success) return this.fault('trail', 'Percent between 0 and 100, such as 2.');
    return { by, percent: parsed.data };
  }

  #amount(field: TicketField, typed: string): Price | null {
    const text = plainAmount(typed);
    if (text === '') return this.#absent(field);
    const parsed = priceSchema.safeParse(text);
    if (!parsed.success) return this.fault(field, 'A price such as 181.70.');
    if (!isPositive(parsed.data)) return this.fault(field, 'A price must be above 0.');
    if (!enteredPriceSchema.safeParse(text).success) return this.fault(field, 'A price has at most 12 digits.');
    return parsed.data;
  }

  #absent(field: TicketField): null {
    this.missing.push(field);
    return null;
  }
}

/** `Tick 0.01: becomes 164.60`. */
export function describeTickMove({ tick, becomes, instrument }: TickMove): string {
  return `Tick ${tick}: becomes ${formatPrice(becomes, priceDecimals(instrument, becomes))}`;
}
