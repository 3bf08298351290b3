import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '#cli/command-catalog';
import { failed, StubTerminal } from '#test/builders/stub-terminal';

const ORDER = 'order --symbol AMD --side BUY --quantity 10';
const ENTRY = 'bracket-order --symbol AMD --quantity 10';
const BRACKET = `${ENTRY} --stop-loss 160 --take-profit 170`;
const TRAILING = 'trailing-stop --symbol AMD --quantity 10';
const OCO = 'oco-order --symbol AMD --quantity 10 --buy-limit 150 --buy-stop 170';
const NOT_NATIVE =
  '--mode "native": IBKR only activates a trail of an amount with an initial stop: expected --trail-amount and --initial-stop, or managed';

describe('help', () => {
  test('lists every command; without words it is an error', async () => {
    const terminal = new StubTerminal();
    const help = await terminal.run('--help');
    expect(help.code).toBe(0);
    for (const { name, summary } of COMMANDS) expect(help.out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
    const nothing = await terminal.run('');
    expect(nothing.code).toBe(2);
    expect(nothing.err).toContain('Commands:');
  });

  test.each(COMMANDS.map(({ name }) => name))('%s has an example, in the help and in docs/cli.md', async (name) => {
    const terminal = new StubTerminal();
    const words = { alarms: 'alarms list', journal: 'journal verify' }[name] ?? name;
    const help = await terminal.run(`${words} --help`);
    expect([help.code, help.err]).toEqual([0, '']);
    expect(help.out).toMatch(new RegExp(`^Usage: ibkr-trader ${words} `, 'm'));
    expect(help.out).toMatch(new RegExp(`Example:\n  \\$ ibkr-trader ${name}`));
    expect(await readFile('docs/cli.md', 'utf8')).toContain(`ibkr-trader ${name}`);
    if (name !== 'serve' && name !== 'simulate') {
      expect(help.out).toContain('--json');
      expect(help.out).toContain('--data-dir');
    }
  });

  test('help WORD is WORD --help', async () => {
    const terminal = new StubTerminal();
    expect((await terminal.run('help status')).out).toContain('Usage: ibkr-trader status');
    expect((await terminal.run('help')).out).toContain('Commands:');
  });
});

describe('bad input names field, value and what was expected, with exit code 2', () => {
  test.each([
    [`order --symbol $ --side BUY --quantity 1 --type MKT`, '--symbol "$": expected a symbol such as AAPL or BRK B'],
    ['order --symbol AMD --side HOLD', '--side "HOLD": expected BUY or SELL'],
    [
      'order --symbol AMD --side BUY --quantity ten',
      '--quantity "ten": expected a quantity such as 10, zero or more, at most 12 digits',
    ],
    [`${ORDER} --type TRAIL`, '--type "TRAIL": expected MKT or LMT or STP or STP_LMT'],
    [`${ORDER} --type STP_LMT --limit 5`, '--stop: missing; an STP_LMT order needs one, e.g. --stop 145'],
    [`${ORDER} --type STP_LMT --stop 5`, '--limit: missing; an STP_LMT order needs one, e.g. --limit 144.50'],
    [`${ORDER} --type LMT --limit 1e3`, '--limit "1e3": expected a price such as 150.25, at most 12 digits'],
    [`${ORDER} --type LMT`, '--limit: missing; an LMT order needs one, e.g. --limit 150'],
    [`${ORDER} --type STP`, '--stop: missing; an STP order needs one, e.g. --stop 145'],
    [`${ORDER} --type MKT --limit 5`, '--limit "5": a MKT order has none, leave it out'],
    [`${ORDER} --type STP --stop 5 --limit 5`, '--limit "5": a STP order has none, leave it out'],
    [`${ORDER} --type LMT --stop 5 --limit 5`, '--stop "5": a LMT order has none, leave it out'],
    [`${ORDER} --type MKT --tif GTD`, '--tif "GTD": expected DAY or GTC or IOC'],
    [`${ORDER} --type MKT --timeout 0`, '--timeout "0": expected seconds above 0, at most 600'],
    [`${ORDER} --type MKT --timeout 601`, '--timeout "601": expected seconds above 0, at most 600'],
    [`${ORDER} --type MKT --timeout soon`, '--timeout "soon": expected seconds above 0, at most 600'],
    [`${ORDER} --type MKT --key ä`, '--key "ä": expected printable ASCII without spaces'],
    [`${BRACKET} --entry-type LIMIT`, '--entry-limit: missing; a LIMIT entry needs one'],
    [`${BRACKET} --entry-type STOP`, '--entry-stop: missing; a STOP entry needs one'],
    [`${BRACKET} --entry-limit 165`, '--entry-limit "165": only an entry of --entry-type LIMIT has one'],
    [`${BRACKET} --entry-stop 165`, '--entry-stop "165": only an entry of --entry-type STOP has one'],
    [
      `${ENTRY} --take-profit 170`,
      '--stop-loss: missing; a bracket needs a stop, e.g. --stop-loss 145 or --trail-percent 2',
    ],
    [`${ENTRY} --stop-limit 159`, '--stop-limit "159": goes with --stop-loss, which is missing'],
    [
      `${ENTRY} --trail-percent 2 --trail-amount 3`,
      '--trail-amount "3": not beside --trail-percent "2", give one of them',
    ],
    [
      `${BRACKET} --trail-percent 2 --stop-limit 159`,
      '--stop-limit "159": not beside --trail-percent "2", give one of them',
    ],
    [
      `${BRACKET} --trail-amount 3 --stop-limit 159`,
      '--stop-limit "159": not beside --trail-amount "3", give one of them',
    ],
    [`${BRACKET} --level 5@170`, '--take-profit "170": not beside --level, which names the targets'],
    [`${ENTRY} --level 5`, '--level "5": expected a quantity and a price such as 5@155'],
    [`${ENTRY} --level @155`, '--level "@155": expected a quantity and a price such as 5@155'],
    [`${ENTRY} --level 5@155@160`, '--level "5@155@160": expected a quantity and a price such as 5@155'],
    [`${ENTRY} --level five@155`, '--level "five": expected a quantity such as 10, zero or more, at most 12 digits'],
    [`${ENTRY} --level 5@high`, '--level "high": expected a price such as 150.25, at most 12 digits'],
    [`${ENTRY}${' --level 1@155'.repeat(11)}`, '--level "1@155": expected at most 10 levels'],
    [
      'trailing-stop --symbol AMD --quantity 10',
      '--trail-percent, --trail-amount: missing; a trailing stop needs one, e.g. --trail-percent 2',
    ],
    [
      `${TRAILING} --trail-percent 100`,
      '--trail-percent "100": expected a percentage above 0 and below 100, such as 2',
    ],
    [`${TRAILING} --trail-percent 0`, '--trail-percent "0": expected a percentage above 0 and below 100, such as 2'],
    [
      `${TRAILING} --trail-percent 2 --trail-amount 3`,
      '--trail-amount "3": not beside --trail-percent "2", give one of them',
    ],
    [`${TRAILING} --trail-percent 2 --trigger-on ask`, '--trigger-on "ask": expected last or bidAsk or mid'],
    [`${TRAILING} --trail-percent 2 --mode auto`, '--mode "auto": expected native or managed'],
    [`${TRAILING} --trail-percent 2 --activation-price 170 --initial-stop 150 --mode native`, NOT_NATIVE],
    [`${TRAILING} --trail-amount 2 --activation-price 170 --mode native`, NOT_NATIVE],
    ['oco-order --quantity 10 --buy-limit 5', '--symbol: missing; what to trade, or give --legs FILE'],
    ['oco-order --symbol AMD --buy-limit 5', '--quantity: missing; how much each order is for'],
    [
      'oco-order --symbol AMD --quantity 10 --buy-limit 5',
      '--buy-limit, --buy-stop, --sell-limit, --sell-stop: 1 given, expected at least two of them',
    ],
    [`${OCO} --on-partial-fill keep`, '--on-partial-fill "keep": expected reduce or cancel'],
    [`${OCO} --sharing equal`, '--sharing "equal": expected proportional or share-for-share'],
    [`${OCO} --on-overfill ignore`, '--on-overfill "ignore": expected alert or flatten-excess'],
    [`${OCO} --tif IOC`, '--tif "IOC": expected DAY or GTC'],
    ['oco-order --legs l.json --symbol AMD', '--symbol "AMD": not beside --legs "l.json", give one of them'],
    ['oco-order --legs l.json --buy-stop 5', '--buy-stop "5": not beside --legs "l.json", give one of them'],
    ['oco-order --legs l.json', '--legs "l.json": can not be read (ENOENT)'],
    ['protect AMD --stop 150 --trail-percent 2', '--stop "150": not beside --trail-percent "2", give one of them'],
    ['protect AMD', '--stop, --trail-percent, --trail-amount: missing; say which stop, e.g. --stop 145'],
    ['protect $ --stop 5', 'SYMBOL "$": expected a symbol such as AAPL or BRK B'],
    ['close $', 'SYMBOL "$": expected a symbol such as AAPL or BRK B'],
    ['flatten', '--yes: missing; there is no terminal to ask on'],
    ['rearm first', 'ID "first": expected an order number such as 1051'],
    ['orders --history first', '--history "first": expected an order number such as 1051'],
    ['orders --history 7 --all', '--all: not beside --history "7", which is of one order'],
    [`${BRACKET} --tif IOC`, '--tif "IOC": expected DAY or GTC'],
    ['modify 1051', '--limit, --stop, --quantity: missing; say what to change'],
    ['modify first --limit 5', 'ID "first": expected an order number such as 1051'],
    ['cancel', 'ID: missing; expected order numbers, or --waiting SYMBOL'],
    ['cancel 5 --waiting AAPL', '--waiting: expected without order numbers; give one or the other'],
    ['cancel 0', 'ID "0": expected an order number such as 1051'],
    [
      `cancel ${Array.from({ length: 1001 }, (_, n) => n + 1).join(' ')}`,
      'ID: 1001 numbers given, expected at most 1000',
    ],
    ['cancel-all', '--yes: missing; there is no terminal to ask on'],
    ['activity --limit 1001', '--limit "1001": expected a whole number from 0 to 1000'],
    ['activity --limit few', '--limit "few": expected a whole number from 0 to 1000'],
    ['quote ?', 'SYMBOL "?": expected a symbol such as AAPL or BRK B'],
    [`instruments ${'x'.repeat(61)}`, `QUERY "${'x'.repeat(61)}": expected at most 60 characters`],
    [`explain ${'x'.repeat(41)}`, `ORDER_OR_DECISION "${'x'.repeat(41)}": expected an order number or a decision id`],
    ['journal export --since yesterday', '--since "yesterday": expected a moment such as 2026-11-20T09:30:00Z'],
    ['journal export --since 2026-13-40', '--since "2026-13-40": expected a moment such as 2026-11-20T09:30:00Z'],
    ['simulate --port 65536', '--port "65536": expected a whole number from 0 to 65535'],
    ['simulate --speed fast', '--speed "fast": expected a number above 0, at most 1000'],
    ['simulate --session night', '--session "night": expected always-open or regular'],
    ['simulate --speed 1001', '--speed "1001": expected a number above 0, at most 1000'],
  ])('%s', async (line, expected) => {
    const terminal = new StubTerminal();
    expect(await terminal.run(line)).toEqual({ code: 2, out: '', err: `${expected}\n` });
    expect(terminal.connected).toEqual([]);
  });

  test.each(['buy-low', 'status --loud', 'order', 'order --symbol', 'journal', 'cancel'])('%s', async (line) => {
    const { code, out, err } = await new StubTerminal().run(line);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
  });
});

describe('serve and simulate', () => {
  test('serve hands its words to the host as they are', async () => {
    const terminal = new StubTerminal();
    expect((await terminal.run('serve --paper --tws-port 7497 --no-open extra')).code).toBe(0);
    expect(terminal.served).toEqual([['--paper', '--tws-port', '7497', '--no-open', 'extra']]);
  });

  test('simulate says where it listens, does what lines say, and ends cleanly', async () => {
    const terminal = new StubTerminal();
    const ran = terminal.run(
      'simulate --port 0 --seed 7 --symbols 20 --speed 1.5 --session REGULAR --prices d.csv --faults p.json',
    );
    await expect.poll(() => terminal.out).toBe('listening 127.0.0.1:7497\n');
    for (const line of ['withhold', ' freeze ', 'drop', 'release', 'fault {"fault":"drop"}', 'fault drop', 'explode'])
      terminal.typeLine(line);
    terminal.interrupt();
    expect(await ran).toEqual({
      code: 0,
      out: 'listening 127.0.0.1:7497\ndone withhold\ndone freeze\ndone drop\ndone release\ndone fault\n',
      err: 'fault: expected JSON\n"explode": expected withhold, freeze, drop, release or fault {…}\n',
    });
    expect(terminal.simulated).toEqual([
      { port: 0, seed: 7, symbols: 20, speed: 1.5, session: 'regular', prices: 'd.csv', faults: 'p.json' },
    ]);
    expect(terminal.steered).toEqual([
      'withhold',
      'freeze',
      'drop',
      'release',
      'fault {"fault":"drop"}',
      'fault drop',
      'deaf',
      'stop',
    ]);
  });

  test('simulate on a port that is taken says so: exit 2', async () => {
    const terminal = new StubTerminal();
    terminal.simulatorError = '--port "7497": can not listen there (EADDRINUSE), expected a free port, or 0 for any';
    expect(await terminal.run('simulate')).toEqual({
      code: 2,
      out: '',
      err: '--port "7497": can not listen there (EADDRINUSE), expected a free port, or 0 for any\n',
    });
  });
});

test('without a workstation: exit 3, and how to start one', async () => {
  const terminal = new StubTerminal();
  terminal.connectError = 'No workstation runs on /default.';
  expect(await terminal.run('status')).toEqual({
    code: 3,
    out: '',
    err: 'No workstation runs on /default.\nStart one with: ibkr-trader serve --demo (or the window: npm start)\n',
  });
  expect(terminal.connected).toEqual([{ directory: '/default', live: false }]);
});

test('a failure from outside the contract is a broken invariant', async () => {
  const terminal = new StubTerminal();
  terminal.client.system.status.mockResolvedValue(failed('NONSENSE' as never));
  await expect(terminal.run('status')).rejects.toThrow('unexpected variant "NONSENSE"');
});
