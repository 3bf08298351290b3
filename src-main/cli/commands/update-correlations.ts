import type { WorkstationClient } from '#api/client';
import { present } from '#domain/assert';
import { MATRIX_SYMBOLS_MAX, type CorrelationUpdate } from '#domain/correlation';
import { symbolSchema } from '#domain/instrument';
import type { CliIo } from '#cli/cli-io';
import { matrixFacts, pairsOf, pairTable } from '#cli/correlation-tables';
import type { Define } from '#cli/define';
import { EXIT, type ExitCode } from '#cli/exit-code';
import { json } from '#cli/format';
import { addCommonOptions, addExample, integerOption, parsedAs, wrongValue, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

/** How far it is, is asked so often. */
const PULL_WAIT_MS = 1_000;
const STRONGEST_SHOWN = 10;
const LOOKBACK_MIN = 20;
const LOOKBACK_MAX = 1_000;

interface UpdateOptions extends CommonOptions {
  readonly symbols?: string;
  readonly lookback?: number;
}

/** `update-correlations`: from IBKR's daily closes, now. */
export const defineUpdateCorrelations: Define = (command, io, end) => {
  command
    .description(
      "Computes the correlations that the risk checks use from IBKR's daily closes. What is held or worked belongs to them\n" +
        'in any case. It goes on in the workstation when you stop waiting; the same words wait for it again.',
    )
    .option('--symbols <list>', 'e.g. AAPL,MSFT; else all that are held, worked, limited or known already')
    .addOption(
      integerOption('--lookback <days>', 'daily returns that count; else by the settings', LOOKBACK_MIN, LOOKBACK_MAX),
    );
  addExample(
    addCommonOptions(command),
    'update-correlations',
    'update-correlations --symbols AAPL,MSFT,TSLA --lookback 60',
  );
  command.action(async (options: UpdateOptions) => {
    const symbols = options.symbols === undefined ? null : symbolsOf(options.symbols);
    end(await withWorkstation(io, options, (client) => update(io, options, symbols, client)));
  });
};

function symbolsOf(list: string): string[] {
  const symbols = [...new Set(list.split(',').map((text) => parsedAs('--symbols', symbolSchema, text)))];
  if (symbols.length >= 2 && symbols.length <= MATRIX_SYMBOLS_MAX) return symbols;
  throw wrongValue('--symbols', list, `expected 2 to ${MATRIX_SYMBOLS_MAX} symbols, with commas between them`);
}

async function update(
  io: CliIo,
  options: UpdateOptions,
  symbols: string[] | null,
  client: WorkstationClient,
): Promise<ExitCode> {
  let told = '';
  for (;;) {
    const lookback = options.lookback ?? null;
    const answer = await client.risk.updateCorrelations({ symbols, lookback, waitMs: PULL_WAIT_MS });
    if (!answer.ok) return reportFailure(io, answer.error);
    if (answer.value.kind === 'done') return report(io, options, answer.value, client);
    const { done, of, symbol } = answer.value;
    const progress = `${done} of ${of} symbols have their prices${symbol === '' ? '' : `, the latest ${symbol}`}\n`;
    if (progress !== told) io.err(progress);
    told = progress;
  }
}

async function report(
  io: CliIo,
  options: UpdateOptions,
  update: Extract<CorrelationUpdate, { kind: 'done' }>,
  client: WorkstationClient,
): Promise<ExitCode> {
  const { missing, summary } = update;
  for (const { symbol, why } of missing) io.err(`${symbol} is not in it: ${why}\n`);
  if (options.json === true) {
    io.out(json({ summary, missing }));
    return EXIT.done;
  }
  const answer = await client.risk.correlations();
  if (!answer.ok) return reportFailure(io, answer.error);
  const picture = present(answer.value, 'the correlations just computed');
  io.out(matrixFacts(io, picture));
  const strongest = pairsOf(picture, 0).slice(0, STRONGEST_SHOWN);
  if (strongest.length > 0) io.out(`\n${pairTable(io, strongest)}`);
  return EXIT.done;
}
