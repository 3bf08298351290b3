import type { Define } from '#cli/define';
import { addExample } from '#cli/options';

const WORDS = [
  ['--demo', 'trade on the built-in simulator (default)'],
  ['--seed <seed>', 'the seed of the demo market'],
  ['--prices <file>', 'the demo market replays these daily prices'],
  ['--faults <file>', 'what goes wrong in the demo: a fault plan'],
  ['--simulator-port <port>', 'the demo on a simulator that runs already (see simulate)'],
  ['--paper', "trade on IBKR's paper account"],
  ['--live', 'trade with real money; settings.json has to allow it'],
  ['--confirm-account <account>', 'the account id, typed again to trade live'],
  ['--host <host>', 'where TWS or IB Gateway runs'],
  ['--tws-port <port>', 'its port'],
  ['--client-id <id>', 'our API client id there'],
  ['--port <port>', 'the port of the local endpoint; 0 takes a free one'],
  ['--data-dir <directory>', 'where settings and journals live'],
  ['--no-open', 'do not open a browser'],
] as const;
const COLUMN_WIDTH = 29;

/** `serve`: the workstation without a window. The host reads and checks the words itself, as the window does. */
export const defineServe: Define = (command, io, end) => {
  command
    .description(
      'Runs the workstation without a window. Its first line is "ready <URL>": the address for a browser. Ends cleanly on ' +
        'SIGINT and SIGTERM. Without a mode it is what IBKR_TRADING_MODE says, else --demo.',
    )
    .usage('[options]')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', WORDS.map(([word, meaning]) => `  ${word.padEnd(COLUMN_WIDTH)}${meaning}`).join('\n'));
  addExample(command, 'serve --demo --no-open', 'serve --paper --host 127.0.0.1 --tws-port 7497 --client-id 1');
  command.action(async () => end(await io.serve(command.args)));
};
