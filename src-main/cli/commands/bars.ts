import type { WorkstationClient } from '#api/client';
import { present } from '#domain/assert';
import { BAR_SESSIONS_MAX, type Bar, type BarSize, type BarsAnswer, type BarWish } from '#domain/bar';
import { formatDateTime, formatPrice, formatQuantity, NOT_KNOWN } from '#domain/format';
import { symbolSchema } from '#domain/instrument';
import type { Price } from '#domain/money';
import { priceDecimals } from '#domain/tick-rules';
import type { CliIo } from '#cli/cli-io';
import type { Define } from '#cli/define';
import { EXIT, type ExitCode } from '#cli/exit-code';
import { json, plain, table, type Cell, type Column } from '#cli/format';
import { addCommonOptions, addExample, parsedAs, parsedInteger, wordOption, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

/** Bars are pulled so often; what takes longer is told. */
const PULL_WAIT_MS = 1_000;

interface Size {
  readonly barSize: BarSize;
  readonly sessionsDefault: number;
}
const SIZES: ReadonlyMap<string, Size> = new Map<string, Size>([
  ['1d', { barSize: '1 day', sessionsDefault: 60 }],
  ['1h', { barSize: '1 hour', sessionsDefault: 20 }],
  ['15m', { barSize: '15 mins', sessionsDefault: 5 }],
  ['5m', { barSize: '5 mins', sessionsDefault: 2 }],
  ['1m', { barSize: '1 min', sessionsDefault: 1 }],
]);
const SIZE_DEFAULT = '1d';

interface BarsOptions extends CommonOptions {
  readonly size: string;
  readonly sessions?: string;
}

/** `bars`: what a symbol traded at. */
export const defineBars: Define = (command, io, end) => {
  command
    .description('Shows the latest bars of a symbol, oldest first: trades of the regular hours.')
    .argument('<symbol>', 'e.g. AAPL')
    .addOption(wordOption('--size <size>', 'how long a bar is', [...SIZES.keys()]).default(SIZE_DEFAULT))
    .option('--sessions <count>', 'how many sessions back');
  addExample(addCommonOptions(command), 'bars AAPL', 'bars AAPL --size 5m --sessions 2');
  command.action(async (text: string, options: BarsOptions) => {
    const symbol = parsedAs('SYMBOL', symbolSchema, text);
    const wish = wishOf(options);
    end(await withWorkstation(io, options, (client) => show(io, options, client, symbol, wish)));
  });
};

function wishOf({ size, sessions }: BarsOptions): BarWish {
  const { barSize, sessionsDefault } = present(SIZES.get(size), 'a size that was checked');
  return {
    barSize,
    what: 'TRADES',
    sessions:
      sessions === undefined ? sessionsDefault : parsedInteger('--sessions', sessions, 1, BAR_SESSIONS_MAX[barSize]),
    regularHoursOnly: true,
  };
}

async function show(
  io: CliIo,
  options: BarsOptions,
  client: WorkstationClient,
  symbol: string,
  wish: BarWish,
): Promise<ExitCode> {
  let told = '';
  for (;;) {
    const answer = await client.market.bars({ symbol, wish, waitMs: PULL_WAIT_MS });
    if (!answer.ok) return reportFailure(io, answer.error);
    if (answer.value.kind === 'bars') {
      const { instrument, bars } = answer.value;
      io.out(options.json === true ? json({ instrument, bars }) : tableOf(io, answer.value));
      return EXIT.done;
    }
    const { done, of } = answer.value;
    const progress = `${symbol}: ${done} of ${of} ${of === 1 ? 'request' : 'requests'} answered\n`;
    if (progress !== told) io.err(progress);
    told = progress;
  }
}

function tableOf(io: CliIo, { instrument, bars }: Extract<BarsAnswer, { kind: 'bars' }>): string {
  const columns: readonly Column[] = [
    { title: bars[0]?.kind === 'intraday' ? 'Begins' : 'Session', align: 'left' },
    ...['Open', 'High', 'Low', 'Close', 'Volume'].map((title): Column => ({ title, align: 'right' })),
    { title: 'State', align: 'left' },
  ];
  const price = (value: Price): Cell => plain(formatPrice(value, priceDecimals(instrument, value)));
  const rowOf = (bar: Bar): readonly Cell[] => [
    plain(bar.kind === 'daily' ? bar.session : formatDateTime(bar.begins, io.timeZone)),
    ...[bar.open, bar.high, bar.low, bar.close].map(price),
    plain(bar.volume === null ? NOT_KNOWN : formatQuantity(bar.volume)),
    plain(bar.complete ? '' : 'running'),
  ];
  return table(columns, bars.map(rowOf), io.colour);
}
