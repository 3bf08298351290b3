import type { WorkstationClient } from '#api/client';
import { symbolSchema } from '#domain/instrument';
import type { CliIo } from '#cli/cli-io';
import { matrixFacts, pairsOf, pairTable } from '#cli/correlation-tables';
import type { Define } from '#cli/define';
import { EXIT, type ExitCode } from '#cli/exit-code';
import { json } from '#cli/format';
import { addCommonOptions, addExample, valueOption, wrongValue, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

const THRESHOLD_DEFAULT = '0.7';

interface CorrelationsOptions extends CommonOptions {
  readonly symbol?: string;
  readonly threshold: string;
}

/** `correlations`: who moves with whom, by the matrix that the risk checks use. */
export const defineCorrelations: Define = (command, io, end) => {
  command
    .description('Shows the correlations that the risk checks use, strongest first, and how old they are.')
    .addOption(valueOption('--symbol <symbol>', 'only those of one symbol, e.g. AAPL', symbolSchema))
    .option('--threshold <number>', 'from this correlation on, either way, from 0 to 1', THRESHOLD_DEFAULT);
  addExample(addCommonOptions(command), 'correlations', 'correlations --symbol AAPL --threshold 0.3');
  command.action(async (options: CorrelationsOptions) => {
    const threshold = thresholdOf(options.threshold);
    end(await withWorkstation(io, options, (client) => show(io, options, threshold, client)));
  });
};

function thresholdOf(text: string): number {
  const value = /^\d(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 1) return value;
  throw wrongValue('--threshold', text, 'expected a number from 0 to 1 such as 0.7');
}

async function show(
  io: CliIo,
  { json: wantsJson, symbol }: CorrelationsOptions,
  threshold: number,
  client: WorkstationClient,
): Promise<ExitCode> {
  const answer = await client.risk.correlations();
  if (!answer.ok) return reportFailure(io, answer.error);
  const picture = answer.value;
  if (wantsJson === true) {
    io.out(json(picture));
    return EXIT.done;
  }
  if (picture === null) {
    io.err('No correlations were computed yet: ibkr-trader update-correlations --symbols AAPL,MSFT\n');
    return EXIT.denied;
  }
  if (symbol !== undefined && !picture.symbols.includes(symbol)) {
    io.err(`${symbol} is not among the ${picture.symbols.length} symbols of the correlations.\n`);
    return EXIT.denied;
  }
  const pairs = pairsOf(picture, threshold, symbol);
  io.out(matrixFacts(io, picture));
  io.out(pairs.length === 0 ? `No pair is correlated by ${threshold} or more.\n` : `\n${pairTable(io, pairs)}`);
  return EXIT.done;
}
