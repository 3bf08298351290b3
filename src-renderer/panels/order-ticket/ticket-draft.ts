import { entryReference } from '#domain/bracket';
import type { RiskyCommand } from '#domain/command';
import { formatPrice, formatQuantity } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import {
  compare,
  isMultipleOf,
  isPositive,
  magnitudeOf,
  notionalOf,
  priceSchema,
  quantitySchema,
  ratioOf,
  subtract,
  type Money,
  type Price,
  type Quantity,
  type SignedQuantity,
} from '#domain/money';
import { oppositeOf, type EnteredTerms, type Side } from '#domain/order-spec';
import type { Quote } from '#domain/quote';
import { isOnTick, priceDecimals, roundToTick, tickAt } from '#domain/tick-rules';
import { plainAmount } from '#renderer/stores/steps';
import type { TicketKind } from '#renderer/stores/ui-store';

export type EntryType = 'MKT' | 'LMT' | 'STP';
/** The types an entry of a bracket may have. */
type EntryTerms = Extract<EnteredTerms, { type: EntryType }>;
export type EntryTimeInForce = 'DAY' | 'GTC' | 'IOC';
export type ExitTimeInForce = 'DAY' | 'GTC';

/** What stands in the ticket's fields, as typed. */
export interface TicketDraft {
  readonly kind: TicketKind;
  readonly side: Side;
  readonly quantity: string;
  readonly entryType: EntryType;
  readonly entry: string;
  readonly hasTarget: boolean;
  readonly target: string;
  readonly stop: string;
  readonly timeInForce: EntryTimeInForce;
  readonly exitTimeInForce: ExitTimeInForce;
  readonly outsideRth: boolean;
}

export const EMPTY_DRAFT: TicketDraft = {
  kind: 'bracket',
  side: 'BUY',
  quantity: '',
  entryType: 'LMT',
  entry: '',
  hasTarget: true,
  target: '',
  stop: '',
  timeInForce: 'DAY',
  exitTimeInForce: 'GTC',
  outsideRth: false,
};

/** The fields that can be wrong or still empty. */
export type TicketField = 'quantity' | 'entry' | 'target' | 'stop';
export type PriceField = Exclude<TicketField, 'quantity'>;

/** A typed price that the exchange does not take, and what is sent instead. */
export interface TickMove {
  readonly tick: Price;
  readonly becomes: Price;
}

/** What the fields amount to. */
export interface TicketReading {
  /** null while something is missing or wrong. */
  readonly command: RiskyCommand | null;
  /** What is wrong; an empty field is not wrong, only missing. */
  readonly faults: Readonly<Partial<Record<TicketField, string>>>;
  readonly missing: readonly TicketField[];
  readonly moves: Readonly<Partial<Record<PriceField, TickMove>>>;
}

/** The side and the kind of a price: which way an off-tick price is rounded. */
function rolePrice(draft: TicketDraft, field: PriceField): { side: Side; kind: 'limit' | 'stop' } {
  if (field === 'entry') return { side: draft.side, kind: draft.entryType === 'STP' ? 'stop' : 'limit' };
  return { side: oppositeOf(draft.side), kind: field === 'target' ? 'limit' : 'stop' };
}

/** Reads the fields for `instrument`. Off-tick prices are moved to the safer side, and said so. */
export function readTicket(draft: TicketDraft, instrument: Instrument | null): TicketReading {
  const faults: Partial<Record<TicketField, string>> = {};
  const moves: Partial<Record<PriceField, TickMove>> = {};
  const missing: TicketField[] = [];

  const readQuantity = (): Quantity | null => {
    const text = plainAmount(draft.quantity);
    if (text === '') return absent('quantity');
    const parsed = quantitySchema.safeParse(text);
    if (!parsed.success) return fault('quantity', 'Quantity must be a number such as 40.');
    if (!isPositive(parsed.data)) return fault('quantity', 'Quantity must be above 0.');
    const step = instrument?.sizeIncrement;
    if (step !== undefined && isPositive(step) && !isMultipleOf(parsed.data, step)) {
      return fault('quantity', `Quantity moves in steps of ${formatQuantity(step)}.`);
    }
    return parsed.data;
  };
  const readPrice = (field: PriceField): Price | null => {
    const text = plainAmount(draft[field]);
    if (text === '') return absent(field);
    const parsed = priceSchema.safeParse(text);
    if (!parsed.success) return fault(field, 'A price such as 181.70.');
    if (!isPositive(parsed.data)) return fault(field, 'A price must be above 0.');
    if (instrument === null || isOnTick(instrument, parsed.data)) return parsed.data;
    const { side, kind } = rolePrice(draft, field);
    const becomes = roundToTick(instrument, parsed.data, side, kind);
    moves[field] = { tick: tickAt(instrument, parsed.data), becomes };
    return becomes;
  };
  const absent = (field: TicketField): null => {
    missing.push(field);
    return null;
  };
  const fault = (field: TicketField, words: string): null => {
    faults[field] = words;
    return null;
  };

  const size = readQuantity();
  const terms = readTerms(draft.entryType, draft.entryType === 'MKT' ? null : readPrice('entry'));
  const target = draft.kind === 'bracket' && draft.hasTarget ? readPrice('target') : null;
  const stop = draft.kind === 'bracket' ? readPrice('stop') : null;
  const complete = instrument !== null && missing.length === 0 && Object.keys(faults).length === 0;
  if (!complete || size === null || terms === null) return { command: null, faults, missing, moves };

  const { symbol } = instrument;
  const { side, timeInForce, outsideRth } = draft;
  if (draft.kind === 'single') {
    const request = { symbol, side, quantity: size, terms, timeInForce, outsideRth };
    return { command: { kind: 'place-order', request }, faults, missing, moves };
  }
  if (stop === null) return { command: null, faults, missing, moves };
  const request = {
    symbol,
    side,
    quantity: size,
    parent: terms,
    takeProfit: target === null ? null : { limit: target },
    stopLoss: { type: 'STP' as const, stop },
    timeInForce,
    exitTimeInForce: draft.exitTimeInForce,
    outsideRth,
    levels: [],
  };
  return { command: { kind: 'place-bracket', request }, faults, missing, moves };
}

function readTerms(type: EntryType, price: Price | null): EntryTerms | null {
  if (type === 'MKT') return { type };
  if (price === null) return null;
  return type === 'LMT' ? { type, limit: price } : { type, stop: price };
}

/** `Tick 0.01: 164.603 becomes 164.60.` */
export function describeTickMove({ tick, becomes }: TickMove, instrument: Instrument): string {
  return `Tick ${tick}: becomes ${formatPrice(becomes, priceDecimals(instrument, becomes))}`;
}

/** What a bracket risks and what it may gain, from its entry. */
export interface RewardAndRisk {
  readonly entry: Price;
  readonly stop: Price;
  readonly target: Price | null;
  /** Signed result if the stop, or the target, is what ends it. */
  readonly atStop: Money;
  readonly atTarget: Money | null;
  /** Reward over risk; null without target, or when the stop is not on the losing side. */
  readonly ratio: number | null;
}

export function rewardAndRisk(
  command: RiskyCommand | null,
  instrument: Instrument | null,
  quote: Quote | undefined,
): RewardAndRisk | null {
  if (command?.kind !== 'place-bracket' || instrument === null) return null;
  const { side, parent, stopLoss, takeProfit, quantity: size } = command.request;
  const entry = entryReference(parent, side, quote?.bid ?? null, quote?.ask ?? null);
  if (entry === null) return null;
  const resultAt = (price: Price): Money => {
    const change = side === 'BUY' ? subtract(price, entry) : subtract(entry, price);
    return notionalOf(change, size, instrument.multiplier);
  };
  if (stopLoss.stop === null) return null;
  const atStop = resultAt(stopLoss.stop);
  const atTarget = takeProfit === null ? null : resultAt(takeProfit.limit);
  const sound = Number(atStop) < 0 && atTarget !== null && Number(atTarget) > 0;
  const ratio = sound ? Number(ratioOf(atTarget, atStop)) * -1 : null;
  return { entry, stop: stopLoss.stop, target: takeProfit?.limit ?? null, atStop, atTarget, ratio };
}

/** True when this order would take the position below zero. */
export function sellsShort(command: RiskyCommand, position: SignedQuantity | null): boolean {
  if (command.kind !== 'place-order' && command.kind !== 'place-bracket') return false;
  if (command.request.side === 'BUY') return false;
  if (position === null || position.startsWith('-')) return true;
  return compare(command.request.quantity, magnitudeOf(position)) > 0;
}

/** The verb and the numbers: `Buy 40 NVDA at 181.70`. */
export function submitWords(command: RiskyCommand, position: SignedQuantity | null): string | null {
  if (command.kind === 'modify-order') return `Modify ${command.request.number}`;
  if (command.kind !== 'place-order' && command.kind !== 'place-bracket') return null;
  const { request } = command;
  const terms = command.kind === 'place-order' ? command.request.terms : command.request.parent;
  const verb = request.side === 'BUY' ? 'Buy' : sellsShort(command, position) ? 'Sell short' : 'Sell';
  const price =
    terms.type === 'MKT'
      ? 'at market'
      : terms.type === 'LMT'
        ? `at ${formatPrice(terms.limit)}`
        : `stop ${formatPrice(terms.stop)}`;
  return `${verb} ${formatQuantity(request.quantity)} ${request.symbol} ${price}`;
}
