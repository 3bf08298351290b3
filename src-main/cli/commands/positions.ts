import { formatAveragePrice, formatCash, formatPrice, formatSignedQuantity, NOT_KNOWN } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import { isZero } from '#domain/money';
import type { PositionRecord } from '#domain/position';
import type { Quote } from '#domain/quote';
import type { Define } from '#cli/define';
import { positionDocument, unrealisedOf } from '#cli/documents';
import { EXIT } from '#cli/exit-code';
import { json, plain, table, type Cell, type Column } from '#cli/format';
import { addCommonOptions, addExample, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

const COLUMNS: readonly Column[] = [
  { title: 'Symbol', align: 'left' },
  { title: 'Position', align: 'right' },
  { title: 'Average', align: 'right' },
  { title: 'Last', align: 'right' },
  { title: 'Unrealised', align: 'right' },
];

/** `positions`: what the account holds. */
export const definePositions: Define = (command, io, end) => {
  addExample(addCommonOptions(command.description('Lists what the account holds.')), 'positions');
  command.action(async (options: CommonOptions) => {
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const { snapshot, conflated } = start.value;
      const instruments = new Map(snapshot.instruments.map((it) => [it.conId, it]));
      const quotes = new Map(conflated.quotes.map((it) => [it.conId, it]));
      const held = snapshot.positions
        .filter(({ quantity }) => !isZero(quantity))
        .map((position) => ({
          position,
          quote: quotes.get(position.conId) ?? null,
          instrument: instruments.get(position.conId) ?? null,
        }));
      if (options.json === true) {
        io.out(json(held.map(({ position, quote, instrument }) => positionDocument(position, quote, instrument))));
      } else if (held.length === 0) io.out('No positions.\n');
      else io.out(table(COLUMNS, held.map(rowOf), io.colour));
      return EXIT.done;
    });
    end(code);
  });
};

function rowOf({
  position,
  quote,
  instrument,
}: {
  readonly position: PositionRecord;
  readonly quote: Quote | null;
  readonly instrument: Instrument | null;
}): readonly Cell[] {
  const last = quote?.last ?? null;
  const unrealised = unrealisedOf(position, last, instrument);
  return [
    plain(position.symbol),
    plain(formatSignedQuantity(position.quantity)),
    plain(position.averageCost === null ? NOT_KNOWN : formatAveragePrice(position.averageCost)),
    plain(last === null ? NOT_KNOWN : formatPrice(last)),
    plain(unrealised === null || instrument === null ? NOT_KNOWN : formatCash(unrealised, instrument.currency)),
  ];
}
