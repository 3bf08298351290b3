import { present } from '#domain/assert';
import type { FeedStart } from '#domain/feed';
import {
  formatAveragePrice,
  formatCash,
  formatPrice,
  formatQuantity,
  formatSignedQuantity,
  NOT_KNOWN,
} from '#domain/format';
import { describeType } from '#domain/instrument';
import { add, isZero, ZERO_MONEY } from '#domain/money';
import { describeUnknowable, markOf, valueOfPosition } from '#domain/position-value';
import { coverageOf } from '#domain/protection';
import { counted } from '#domain/session-words';
import { restoreState } from '#domain/state-snapshot';
import type { Define } from '#cli/define';
import { describeQuality, positionDocument, unrealisedOf, type HeldPosition } from '#cli/documents';
import { EXIT } from '#cli/exit-code';
import { json, plain, table, type Cell, type Column } from '#cli/format';
import { addCommonOptions, addExample, type CommonOptions } from '#cli/options';
import { describeStop } from '#cli/order-table';
import { reportFailure, withWorkstation } from '#cli/workstation';

const COLUMNS: readonly Column[] = [
  { title: 'Symbol', align: 'left' },
  { title: 'Type', align: 'left' },
  { title: 'Position', align: 'right' },
  { title: 'Average', align: 'right' },
  { title: 'Last', align: 'right' },
  { title: 'Unrealised', align: 'right' },
  { title: 'Value', align: 'right' },
  { title: 'Protected', align: 'right' },
  { title: 'Naked', align: 'right' },
];

/** `positions`: what the account holds, and what it is worth in the account's currency. */
export const definePositions: Define = (command, io, end) => {
  addExample(
    addCommonOptions(
      command.description("Lists what the account holds, and what it is worth in the account's own currency."),
    ),
    'positions',
  );
  command.action(async (options: CommonOptions) => {
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const held = heldIn(start.value);
      if (options.json === true) io.out(json(held.map(positionDocument)));
      else if (held.length === 0) io.out('No positions.\n');
      else {
        io.out(table(COLUMNS, held.map(rowOf), io.colour));
        io.out(`${totalOf(held)}\n`);
        for (const note of held.flatMap(noteOn)) io.out(`${note}\n`);
      }
      return EXIT.done;
    });
    end(code);
  });
};

function heldIn({ snapshot, conflated }: FeedStart): readonly HeldPosition[] {
  const instruments = new Map(snapshot.instruments.map((it) => [it.conId, it]));
  const quotes = new Map(conflated.quotes.map((it) => [it.conId, it]));
  const { baseCurrency, exchangeRates } = conflated.meters;
  const state = restoreState(snapshot);
  return snapshot.positions
    .filter(({ quantity }) => !isZero(quantity))
    .map((position) => ({
      position,
      quote: quotes.get(position.conId),
      instrument: instruments.get(position.conId),
      baseCurrency,
      exchangeRates,
      coverage: coverageOf(state, position),
      stops: snapshot.protectiveStops.filter((stop) => stop.conId === position.conId && stop.state.phase !== 'ended'),
    }));
}

function rowOf(held: HeldPosition): readonly Cell[] {
  const { position, quote, instrument, coverage } = held;
  const mark = markOf(quote);
  const unrealised = unrealisedOf(held);
  return [
    plain(position.symbol),
    plain(instrument === undefined ? NOT_KNOWN : describeType(instrument)),
    plain(formatSignedQuantity(position.quantity)),
    plain(position.averageCost === null ? NOT_KNOWN : formatAveragePrice(position.averageCost)),
    plain(mark === null ? NOT_KNOWN : formatPrice(mark)),
    plain(unrealised === null || instrument === undefined ? NOT_KNOWN : formatCash(unrealised, instrument.currency)),
    plain(valueText(held)),
    plain(formatQuantity(coverage.protectedQuantity)),
    isZero(coverage.naked) ? plain('0') : { text: formatQuantity(coverage.naked), style: 'bad' },
  ];
}

function valueText(held: HeldPosition): string {
  const value = valueOfPosition(held.position, held);
  if (!value.ok) return `unknown: ${describeUnknowable(value.error)}`;
  return formatCash(value.value, present(held.baseCurrency, 'the currency of a value that is known'));
}

/** The sum, where every part of it is known: a sum of some would look like one of all. */
function totalOf(held: readonly HeldPosition[]): string {
  const known = held.flatMap((each) => {
    const value = valueOfPosition(each.position, each);
    return value.ok ? [value.value] : [];
  });
  const count = counted(held.length, 'position');
  if (known.length < held.length) {
    return `No total: the value of ${held.length - known.length} of ${count} is not known.`;
  }
  const total = known.reduce(add, ZERO_MONEY);
  const currency = present(held[0]?.baseCurrency, 'the currency of a value that is known');
  return `Total ${formatCash(total, currency)}, ${count}.`;
}

/** What there is to know about a row: its stops, and its price. */
function noteOn(held: HeldPosition): readonly string[] {
  return [...noteOnStops(held), ...noteOnPrice(held)];
}

function noteOnStops({ position: { symbol }, coverage: { mayNotFill }, stops }: HeldPosition): readonly string[] {
  const limited = `${symbol}: ${formatQuantity(mayNotFill)} are protected by a stop with a limit, which may not fill.`;
  const ailing = stops.flatMap((stop) =>
    stop.state.phase === 'suspended' || stop.order === null ? [describeStop(stop)] : [],
  );
  return isZero(mayNotFill) ? ailing : [limited, ...ailing];
}

function noteOnPrice({ position: { symbol }, quote }: HeldPosition): readonly string[] {
  if (quote === undefined || markOf(quote) === null) return [];
  const quality = describeQuality(quote);
  const traded = quote.last === null ? ['no trade seen yet, valued at the close before'] : [];
  const notes = [...traded, ...(quality === null ? [] : [`market data is ${quality}`])];
  return notes.length === 0 ? [] : [`${symbol}: ${notes.join('; ')}.`];
}
