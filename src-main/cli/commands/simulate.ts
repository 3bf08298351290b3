import { Option } from 'commander';
import type { CliIo, RunningSimulator } from '#cli/cli-io';
import type { Define } from '#cli/define';
import { EXIT } from '#cli/exit-code';
import { addExample, integerOption, wordOption, wrongValue } from '#cli/options';

const PORT_DEFAULT = 7497;
const PORT_MAX = 65_535;
const SEED_MAX = 0xff_ff_ff_ff;
const SYMBOLS_MAX = 10_000;
const SPEED_MAX = 1_000;

interface SimulateWords {
  readonly port: number;
  readonly seed: number;
  readonly symbols?: number;
  readonly speed?: number;
  readonly session?: 'always-open' | 'regular';
  readonly prices?: string;
  readonly faults?: string;
}

/** `simulate`: a TWS on loopback, steered by lines on stdin. */
export const defineSimulate: Define = (command, io, end) => {
  command
    .description(
      'Runs a simulated TWS on this machine. Its first line is "listening 127.0.0.1:<port>". Ends cleanly on SIGINT and\n' +
        'SIGTERM. Lines on stdin make it fail as networks and brokers do:\n' +
        '  withhold   orders and cancels are done, but nothing is said about them\n' +
        '  freeze     neither reads nor writes\n' +
        '  drop       breaks every connection\n' +
        '  release    ends all that; what was held back goes out\n' +
        '  fault {…}  one fault, written as in a fault plan (docs/simulator.md)',
    )
    .addOption(integerOption('--port <port>', '0 takes a free one', 0, PORT_MAX).default(PORT_DEFAULT))
    .addOption(integerOption('--seed <seed>', 'the same seed gives the same market', 0, SEED_MAX).default(1))
    .addOption(integerOption('--symbols <count>', 'how many symbols trade', 1, SYMBOLS_MAX))
    .addOption(
      new Option('--speed <factor>', 'seconds of market in one second').argParser((text) => {
        const factor = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
        if (factor > 0 && factor <= SPEED_MAX) return factor;
        throw wrongValue('--speed', text, `expected a number above 0, at most ${SPEED_MAX}`);
      }),
    )
    .addOption(wordOption('--session <hours>', 'when the market is open', ['always-open', 'regular']))
    .option('--prices <file>', 'replay daily prices: date,symbol,open,high,low,close,volume')
    .option('--faults <file>', 'what goes wrong, and when: a fault plan (docs/simulator.md)');
  addExample(command, 'simulate --port 0 --seed 7', 'simulate --prices daily.csv --faults plan.json');
  command.action(async ({ port, seed, symbols, speed, session, prices, faults }: SimulateWords) => {
    const started = await io.simulate({ port, seed, symbols, speed, session, prices, faults });
    if (!started.ok) {
      io.err(`${started.error}\n`);
      end(EXIT.usage);
      return;
    }
    const simulator = started.value;
    io.out(`listening 127.0.0.1:${simulator.port}\n`);
    const stopListening = io.onInputLine((line) => steer(io, simulator, line.trim()));
    await io.interrupted();
    stopListening();
    await simulator.stop();
    end(EXIT.done);
  });
};

/** Does what a line says, and says so: a test waits for the answer. */
function steer(io: CliIo, simulator: RunningSimulator, line: string): void {
  const fault = /^fault (.*)$/.exec(line)?.[1];
  if (fault !== undefined) {
    const injected = simulator.inject(fault);
    if (injected.ok) io.out('done fault\n');
    else io.err(`fault: ${injected.error}\n`);
    return;
  }
  switch (line) {
    case 'withhold':
    case 'freeze':
    case 'drop':
    case 'release':
      simulator[line]();
      io.out(`done ${line}\n`);
      return;
    default:
      io.err(`"${line}": expected withhold, freeze, drop, release or fault {…}\n`);
  }
}
