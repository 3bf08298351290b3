import type { FeedStart } from '#domain/feed';
import { formatLimit, formatMoney, formatPercent, NOT_KNOWN } from '#domain/format';
import { symbolSchema } from '#domain/instrument';
import { describeLatch } from '#domain/limit-words';
import { leavesOf, ratioOf, type Money, type Quantity } from '#domain/money';
import type { LimitUse, RiskPicture, SymbolLimitUse } from '#domain/pnl';
import { effectiveLimits, type EffectiveLimit } from '#domain/symbol-limits';
import type { Define } from '#cli/define';
import { EXIT } from '#cli/exit-code';
import { json, plain, table, type Cell, type Column } from '#cli/format';
import { addCommonOptions, addExample, valueOption, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

interface LimitsOptions extends CommonOptions {
  readonly symbol?: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'Of', align: 'left' },
  { title: 'Limit', align: 'left' },
  { title: 'Used', align: 'right' },
  { title: 'Of at most', align: 'right' },
  { title: 'Headroom', align: 'right' },
  { title: 'Use', align: 'right' },
  { title: 'Source', align: 'left' },
  { title: 'State', align: 'left' },
];

/** `limits`: the use of every limit, and the level that each comes from. */
export const defineLimits: Define = (command, io, end) => {
  command
    .description(
      'Shows the use of every limit: of the account, of sectors, and of each symbol that is held, worked, latched or has\n' +
        'limits of its own. Source: symbol or default (symbol_limits.json), sector or global (settings.json).',
    )
    .addOption(valueOption('--symbol <symbol>', 'of this symbol alone', symbolSchema));
  addExample(addCommonOptions(command), 'limits', 'limits --symbol AAPL');
  command.action(async (options: LimitsOptions) => {
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const picture = await client.risk.picture();
      if (!picture.ok) return reportFailure(io, picture.error);
      const { symbol } = options;
      const shown = symbol === undefined ? picture.value.symbols : [useOf(symbol, picture.value, start.value)];
      const currency = start.value.conflated.meters.baseCurrency ?? '';
      const rows = [
        ...(symbol === undefined ? accountRows(picture.value, currency) : []),
        ...shown.flatMap(rowsOf(currency)),
      ];
      if (options.json === true)
        io.out(json(symbol === undefined ? { currency, ...limitsIn(picture.value) } : { currency, ...shown[0] }));
      else {
        io.out(table(COLUMNS, rows, io.colour));
        for (const note of notesOn(symbol, shown, picture.value)) io.out(`${note}\n`);
      }
      return EXIT.done;
    });
    end(code);
  });
};

/** What the picture says of limits. */
function limitsIn({ account, sectors, symbols, warnings }: RiskPicture): object {
  return { account, sectors, symbols, warnings };
}

/** What there is to know beside the figures: what has latched, and what is odd about a limit. */
function notesOn(
  symbol: string | undefined,
  shown: readonly SymbolLimitUse[],
  picture: RiskPicture,
): readonly string[] {
  const ofSymbols = shown.flatMap(({ symbol: name, latch, notes }) => [
    ...(latch === null ? [] : [describeLatch(latch)]),
    ...notes.map((note) => `${name}: ${note}.`),
  ]);
  if (symbol !== undefined) return ofSymbols;
  const { account, warnings } = picture;
  return [...(account.latch === null ? [] : [describeLatch(account.latch)]), ...ofSymbols, ...warnings];
}

/** The limits of a symbol: with their use where it has any, else as they are in force. */
function useOf(symbol: string, { symbols }: RiskPicture, { snapshot }: FeedStart): SymbolLimitUse {
  const known = symbols.find((it) => it.symbol === symbol);
  if (known !== undefined) return known;
  const { symbolLimits, defaultLimits, settings } = snapshot;
  const limits = effectiveLimits({ symbols: new Map(symbolLimits), defaults: defaultLimits }, settings.risk, symbol);
  const unused = <T extends Quantity | Money>({ value, source }: EffectiveLimit<T>): LimitUse<T> => ({
    used: null,
    limit: value,
    source,
    state: 'unknown',
  });
  return {
    symbol,
    conId: null,
    positionSize: unused(limits.positionSize),
    orderExposure: unused(limits.orderExposure),
    dailyLoss: unused(limits.dailyLoss),
    correlationExposure: unused(limits.correlationExposure),
    latch: null,
    notes: ['neither held nor worked, and without limits of its own'],
  };
}

const rowsOf =
  (currency: string) =>
  ({ symbol, positionSize, orderExposure, dailyLoss, correlationExposure }: SymbolLimitUse): readonly Cell[][] => [
    rowOf(symbol, 'position', positionSize, formatLimit),
    rowOf(symbol, 'order exposure', orderExposure, inMoney(currency)),
    rowOf(symbol, 'daily loss', dailyLoss, inMoney(currency)),
    rowOf(symbol, 'correlation exposure', correlationExposure, inMoney(currency)),
  ];

function accountRows({ account, sectors }: RiskPicture, currency: string): readonly Cell[][] {
  const words = inMoney(currency);
  return [
    rowOf('account', 'daily loss', account.dailyLoss, words),
    rowOf('account', 'gross exposure', account.grossExposure, words),
    ...sectors.map(({ name, exposure }) => rowOf(name, 'sector exposure', exposure, words)),
  ];
}

const inMoney =
  (currency: string) =>
  (amount: Money): string =>
    currency === '' ? formatLimit(amount) : formatMoney(amount, currency);

function rowOf<T extends Quantity | Money>(
  name: string,
  limitName: string,
  use: LimitUse<T>,
  words: (amount: T) => string,
): Cell[] {
  const { used, limit, source, state } = use;
  const share = used === null ? undefined : ratioOf<Quantity | Money>(used, limit);
  return [
    plain(name),
    plain(limitName),
    plain(used === null ? NOT_KNOWN : words(used)),
    plain(words(limit)),
    plain(used === null ? NOT_KNOWN : words(leavesOf(limit, used))),
    plain(share === undefined ? NOT_KNOWN : formatPercent(share)),
    plain(source),
    { text: state, style: state === 'breach' ? 'bad' : 'plain' },
  ];
}
