import type { BracketOrderRequest, StopLoss } from '#domain/bracket';
import type { RiskyCommand } from '#domain/command';
import { formatPrice, formatQuantity } from '#domain/format';
import { symbolSchema, type Instrument } from '#domain/instrument';
import { add, ZERO_QUANTITY, type Price } from '#domain/money';
import { custodyOf, type OcoLeg, type OcoOrderRequest } from '#domain/oco';
import { oppositeOf, type EnteredTerms } from '#domain/order-spec';
import { modeOf, type TrailingStopConfig } from '#domain/trailing-stop';
import { FieldReader, type TicketField, type TickMove } from '#renderer/panels/order-ticket/field-reader';
import type { EntryType, LegDraft, TicketDraft } from '#renderer/stores/ticket-draft';

/** The commands that a ticket can come to. */
export type TicketCommand = Extract<
  RiskyCommand,
  { kind: 'place-order' | 'place-bracket' | 'place-trailing-stop' | 'place-oco' }
>;

/** What the fields amount to. */
export interface TicketReading {
  /** null while something is missing or wrong. */
  readonly command: TicketCommand | null;
  readonly faults: ReadonlyMap<TicketField, string>;
  readonly missing: readonly TicketField[];
  readonly moves: ReadonlyMap<TicketField, TickMove>;
}

/** What is known of other symbols than the ticket's own. */
export type KnownInstruments = (symbol: string) => Instrument | null;
const KNOWS_NONE: KnownInstruments = () => null;

/** Reads the fields for `instrument`. Off-tick prices are moved to the safer side, and said so. */
export function readTicket(
  draft: TicketDraft,
  instrument: Instrument | null,
  others: KnownInstruments = KNOWS_NONE,
): TicketReading {
  const reader = new FieldReader();
  const read = ((): TicketCommand | null => {
    switch (draft.kind) {
      case 'single':
        return readSingle(draft, reader, instrument);
      case 'bracket':
        return readBracket(draft, reader, instrument);
      case 'trailing':
        return readTrailing(draft, reader, instrument);
      case 'oco':
        return readOco(draft, reader, instrument, others);
    }
  })();
  const { faults, missing, moves } = reader;
  return { command: reader.isComplete ? read : null, faults, missing, moves };
}

function readSingle(draft: TicketDraft, reader: FieldReader, instrument: Instrument | null): TicketCommand | null {
  const quantity = reader.quantity('quantity', draft.quantity, instrument);
  const terms = readEntry(draft, reader, instrument);
  if (instrument === null || quantity === null || terms === null) return null;
  const { side, timeInForce, outsideRth, allowFlip } = draft;
  const flip = allowFlip ? { allowFlip } : {};
  return {
    kind: 'place-order',
    request: { symbol: instrument.symbol, side, quantity, terms, timeInForce, outsideRth, ...flip },
  };
}

function readBracket(draft: TicketDraft, reader: FieldReader, instrument: Instrument | null): TicketCommand | null {
  const { side, timeInForce, exitTimeInForce, outsideRth } = draft;
  const quantity = reader.quantity('quantity', draft.quantity, instrument);
  const parent = readEntry(draft, reader, instrument);
  if (parent?.type === 'STP LMT') reader.fault('entry', 'A bracket is entered by limit, market or stop.');
  const takeProfit = readTarget(draft, reader, instrument);
  const levels = readLevels(draft, reader, instrument);
  const stopLoss = readStopLoss(draft, reader, instrument);
  if (quantity !== null && levels !== null && levels.length > 0) {
    const sum = levels.reduce((total, level) => add(total, level.quantity), ZERO_QUANTITY);
    if (sum !== quantity) {
      reader.fault('levels', `The levels sum to ${formatQuantity(sum)}, not ${formatQuantity(quantity)}.`);
    }
  }
  if (instrument === null || quantity === null || parent === null || parent.type === 'STP LMT') return null;
  if (levels === null || stopLoss === null) return null;
  const request = {
    ...{ symbol: instrument.symbol, side, quantity, parent, takeProfit, stopLoss },
    ...{ timeInForce, exitTimeInForce, outsideRth, levels: [...levels] },
  };
  return { kind: 'place-bracket', request };
}

/** null also while its price is missing or wrong: then there is no command. */
function readTarget(
  { side, hasTarget, levels, target }: TicketDraft,
  reader: FieldReader,
  instrument: Instrument | null,
): BracketOrderRequest['takeProfit'] {
  if (!hasTarget || levels.length > 0) return null;
  const limit = reader.price('target', target, instrument, { side: oppositeOf(side), kind: 'limit' });
  return limit === null ? null : { limit };
}

function readLevels(
  { side, hasTarget, levels }: TicketDraft,
  reader: FieldReader,
  instrument: Instrument | null,
): BracketOrderRequest['levels'] | null {
  if (!hasTarget) return [];
  const role = { side: oppositeOf(side), kind: 'limit' } as const;
  const read = levels.map((level, index) => {
    const quantity = reader.quantity(`level ${index + 1} quantity`, level.quantity, instrument);
    const limit = reader.price(`level ${index + 1} target`, level.limit, instrument, role);
    return quantity === null || limit === null ? null : { quantity, limit };
  });
  return allOf(read);
}

function readStopLoss(draft: TicketDraft, reader: FieldReader, instrument: Instrument | null): StopLoss | null {
  const exit = oppositeOf(draft.side);
  const role = { side: exit, kind: 'stop' } as const;
  if (draft.stopType === 'TRAIL') {
    const trail = reader.trail(draft.trail, draft.trailBy);
    const stop = reader.optionalPrice('stop', draft.stop, instrument, role);
    return trail === null ? null : { type: 'TRAIL', trail, stop };
  }
  const stop = reader.price('stop', draft.stop, instrument, role);
  if (draft.stopType === 'STP') return stop === null ? null : { type: 'STP', stop };
  const limit = reader.price('stop limit', draft.stopLimit, instrument, { side: exit, kind: 'limit' });
  return stop === null || limit === null ? null : { type: 'STP LMT', stop, limit };
}

function readTrailing(draft: TicketDraft, reader: FieldReader, instrument: Instrument | null): TicketCommand | null {
  const { side, triggerOn, outsideRth } = draft;
  const quantity = reader.quantity('quantity', draft.quantity, instrument);
  const trail = reader.trail(draft.trail, draft.trailBy);
  // Reached from where a limit order of this side would trade, and rounded like one.
  const activationPrice = reader.optionalPrice('activation', draft.activation, instrument, { side, kind: 'limit' });
  const initialStopPrice = reader.optionalPrice('initial stop', draft.initialStop, instrument, { side, kind: 'stop' });
  if (instrument === null || quantity === null || trail === null) return null;
  const request = {
    ...{ symbol: instrument.symbol, side, quantity, trail, activationPrice, initialStopPrice },
    ...{ triggerOn, mode: draft.mode === 'auto' ? null : draft.mode, outsideRth },
  };
  const beyond = whatIbkrCanNot(request);
  if (beyond !== null) reader.fault('mode', beyond);
  return { kind: 'place-trailing-stop', request };
}

/** IBKR's own stop starts to trail at an activation price only from a resting stop and by an amount. */
function whatIbkrCanNot({ mode, activationPrice, trail, initialStopPrice }: TrailingStopConfig): string | null {
  if (mode !== 'native' || activationPrice === null) return null;
  if (trail.by === 'percent') return 'With an activation price IBKR trails by an amount only.';
  return initialStopPrice === null ? 'With an activation price IBKR needs an initial stop.' : null;
}

function readOco(
  draft: TicketDraft,
  reader: FieldReader,
  instrument: Instrument | null,
  others: KnownInstruments,
): TicketCommand | null {
  const legs = allOf(draft.legs.map((leg, index) => readLeg(draft, leg, index + 1, reader, instrument, others)));
  if (legs === null) return null;
  const { onPartialFill, sharing, onOverfill } = draft;
  return { kind: 'place-oco', request: { legs: [...legs], onPartialFill, sharing, onOverfill } };
}

function readLeg(
  { timeInForce, outsideRth }: TicketDraft,
  leg: LegDraft,
  nth: number,
  reader: FieldReader,
  instrument: Instrument | null,
  others: KnownInstruments,
): OcoLeg | null {
  const symbol = leg.symbol.trim() === '' ? instrument?.symbol : readSymbol(leg.symbol, nth, reader);
  const own = symbol === instrument?.symbol ? instrument : symbol === undefined ? null : others(symbol);
  const quantity = reader.quantity(`leg ${nth} quantity`, leg.quantity, own);
  const terms = readTerms(
    leg.type,
    (kind) => reader.price(`leg ${nth} price`, leg.price, own, { side: leg.side, kind }),
    () => reader.price(`leg ${nth} limit`, leg.limit, own, { side: leg.side, kind: 'limit' }),
  );
  if (symbol === undefined || quantity === null || terms === null) return null;
  return { symbol, side: leg.side, quantity, terms, timeInForce, outsideRth };
}

function readSymbol(text: string, nth: number, reader: FieldReader): string | undefined {
  const parsed = symbolSchema.safeParse(text);
  if (!parsed.success) reader.fault(`leg ${nth} symbol`, 'A symbol such as AAPL.');
  return parsed.data;
}

function readEntry(draft: TicketDraft, reader: FieldReader, instrument: Instrument | null): EnteredTerms | null {
  const { side } = draft;
  return readTerms(
    draft.entryType,
    (kind) => reader.price('entry', draft.entry, instrument, { side, kind }),
    () => reader.price('entry limit', draft.entryLimit, instrument, { side, kind: 'limit' }),
  );
}

function readTerms(
  type: EntryType,
  readPrice: (kind: 'limit' | 'stop') => Price | null,
  readLimit: () => Price | null,
): EnteredTerms | null {
  if (type === 'MKT') return { type };
  const price = readPrice(type === 'LMT' ? 'limit' : 'stop');
  if (type === 'STP LMT') {
    const limit = readLimit();
    return price === null || limit === null ? null : { type, stop: price, limit };
  }
  if (price === null) return null;
  return type === 'LMT' ? { type, limit: price } : { type, stop: price };
}

/** All of `parts`, or null while one of them is not there yet. */
function allOf<T>(parts: readonly (T | null)[]): T[] | null {
  const found = parts.flatMap((part) => (part === null ? [] : [part]));
  return found.length === parts.length ? found : null;
}

/** What a person has to know of who keeps the order before it is sent. */
export function describeCustodyOf(command: TicketCommand): { readonly words: string; readonly warns: boolean } | null {
  if (command.kind === 'place-trailing-stop') return trailingCustody(command.request);
  return command.kind === 'place-oco' ? ocoCustody(command.request) : null;
}

function trailingCustody(request: TrailingStopConfig): { words: string; warns: boolean } {
  if (modeOf(request) === 'native') {
    return { words: 'IBKR holds this: it trails while this app is closed.', warns: false };
  }
  if (request.activationPrice !== null && request.initialStopPrice === null) {
    const words = `This app moves this. No stop rests at IBKR until ${request.symbol} touches ${formatPrice(request.activationPrice)}: until then nothing protects these shares. An initial stop would.`;
    return { words, warns: true };
  }
  return {
    words: 'This app moves this: a stop rests at IBKR, and stays where it is while this app is closed.',
    warns: false,
  };
}

function ocoCustody(request: OcoOrderRequest): { words: string; warns: boolean } {
  if (custodyOf(request) === 'native') {
    const does = request.onPartialFill === 'reduce' ? 'reduces' : 'cancels';
    return { words: `IBKR holds this: it ${does} the others by itself.`, warns: false };
  }
  return {
    words:
      'This app reduces this: the quantities differ. While the link to IBKR is down, a fill does not reduce the others.',
    warns: true,
  };
}
