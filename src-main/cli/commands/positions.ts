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
import type { RiskPicture } from '#domain/pnl';
import { describeUnknowable, markOf, valueOfPosition } from '#domain/position-value';
import { coverageOf } from '#domain/protection';
import { counted } from '#domain/session-words';
import { restoreState } from '#domain/state-snapshot';
import type { Define } from '#cli/define';
import type { CliIo } from '#cli/cli-io';
import { describeQuality, positionDocument, type HeldPosition } from '#cli/documents';
import { EXIT } from '#cli/exit-code';
import { json, plain, table, type Cell, type Column } from '#cli/format';
import { addCommonOptions, addExample, type CommonOptions } from '#cli/options';
import { describeStop } from '#cli/order-table';
import { cashCell, closedTodayLine, pnlNotes, totalPnlLine } from '#cli/pnl-lines';
import { reportFailure, withWorkstation } from '#cli/workstation';

const COLUMNS: readonly Column[] = [
  { title: 'Symbol', align: 'left' },
  { title: 'Type', align: 'left' },
  { title: 'Position', align: 'right' },
  { title: 'Average', align: 'right' },
  { title: 'Last', align: 'right' },
  { title: 'Today', align: 'right' },
  { title: 'By IBKR', align: 'right' },
  { title: 'Unrealised', align: 'right' },
  { title: 'Realised', align: 'right' },
  { title: 'Value', align: 'right' },
  { title: 'Protected', align: 'right' },
  { title: 'Naked', align: 'right' },
];

/** `positions`: what the account holds, what it is worth, and what it made, in the account's currency. */
export const definePositions: Define = (command, io, end) => {
  addExample(
    addCommonOptions(
      command.description(
        "Lists what the account holds, what it is worth, and its profit and loss, in the account's own currency: of\n" +
          "today, beside IBKR's own figure, unrealised, and realised today. A day begins at 23:55 of the exchange.",
      ),
    ),
    'positions',
  );
  command.action(async (options: CommonOptions) => {
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const picture = await client.risk.picture();
      if (!picture.ok) return reportFailure(io, picture.error);
      const held = heldIn(start.value, picture.value);
      if (options.json === true) io.out(json(held.map(positionDocument)));
      else show(io, held, picture.value, start.value.conflated.meters.baseCurrency);
      return EXIT.done;
    });
    end(code);
  });
};

function show(io: CliIo, held: readonly HeldPosition[], { pnl, total }: RiskPicture, currency: string | null): void {
  if (held.length === 0) io.out('No positions.\n');
  else {
    io.out(table(COLUMNS, held.map(rowOf), io.colour));
    io.out(`${totalOf(held)}\n`);
  }
  if (pnl.length > 0) io.out(`${totalPnlLine(total, currency)}\n`);
  for (const note of held.flatMap(noteOn)) io.out(`${note}\n`);
  for (const row of pnl) {
    const isHeld = held.some(({ position }) => position.conId === row.conId);
    const lines = isHeld ? pnlNotes(row, currency) : [closedTodayLine(row, currency), ...pnlNotes(row, currency)];
    for (const line of lines) io.out(`${line}\n`);
  }
}

function heldIn({ snapshot, conflated }: FeedStart, { pnl }: RiskPicture): readonly HeldPosition[] {
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
      pnl: pnl.find(({ conId }) => conId === position.conId),
      stops: snapshot.protectiveStops.filter((stop) => stop.conId === position.conId && stop.state.phase !== 'ended'),
    }));
}

function rowOf(held: HeldPosition): readonly Cell[] {
  const { position, quote, instrument, coverage, pnl, baseCurrency } = held;
  const mark = markOf(quote);
  return [
    plain(position.symbol),
    plain(instrument === undefined ? NOT_KNOWN : describeType(instrument)),
    plain(formatSignedQuantity(position.quantity)),
    plain(position.averageCost === null ? NOT_KNOWN : formatAveragePrice(position.averageCost)),
    plain(mark === null ? NOT_KNOWN : formatPrice(mark)),
    cashCell(pnl?.daily, baseCurrency),
    cashCell(pnl?.broker?.daily, baseCurrency),
    cashCell(pnl?.unrealised, baseCurrency),
    cashCell(pnl?.realised, baseCurrency),
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
