import { describe, expect, test } from 'vitest';
import type { Command, CommandReply } from '#domain/command';
import type { EngineEvent } from '#domain/engine-event';
import { commandKey, conId, decisionId, effectId, groupId, orderNumber } from '#domain/ids';
import { price, quantity, signedQuantity } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import { ok } from '#domain/result';
import {
  aBracket,
  AMD,
  AMD_ID,
  anOcoGroup,
  anOrder,
  aPosition,
  aProtectiveStop,
  FRIDAY,
  GROUP,
} from '#test/builders/domain-records';
import { ACCEPTED, failed, StubTerminal } from '#test/builders/stub-terminal';

type Intended = Extract<EngineEvent, { type: 'orders-intended' }>;

/** The command that a preview of `words` asks about. */
async function previewed(words: string, terminal = new StubTerminal()): Promise<Command | undefined> {
  expect(await terminal.run(`${words} --preview`)).toMatchObject({ code: 0, err: '' });
  expect(terminal.client.commands.execute).not.toHaveBeenCalled();
  return terminal.client.commands.preview.mock.lastCall?.[0].command;
}

/** A terminal whose workstation answers a command with these orders, and has them in its ledger. */
function answering(
  orders: readonly OrderRecord[],
  reply: Partial<CommandReply> = {},
  groups: Partial<Pick<Intended, 'oco' | 'stop'>> = {},
): StubTerminal {
  const terminal = new StubTerminal();
  terminal.client.commands.execute.mockImplementation(({ key }) => {
    terminal.workstation.publish(
      { type: 'orders-intended', orders: [...orders], group: null, effectId: effectId('e-1'), ...groups },
      {
        type: 'command-answered',
        key,
        payloadHash: 'h',
        reply: { outcome: 'accepted', orders: orders.map(({ id }) => id), decisionId: null, message: '' },
      },
    );
    return Promise.resolve(ok({ ...ACCEPTED, orders: orders.map(({ id, number }) => ({ id, number })), ...reply }));
  });
  return terminal;
}
const given = (terminal: StubTerminal): unknown => terminal.client.commands.execute.mock.lastCall?.[0].command;
const sold = (number: number, change: Partial<OrderRecord> = {}): OrderRecord =>
  anOrder({
    number: orderNumber(number),
    spec: { ...anOrder().spec, side: 'SELL', terms: { type: 'MKT' } },
    ...change,
  });

describe('order', () => {
  test('with a stop and a limit is a stop limit order', async () => {
    const command = await previewed('order --symbol AMD --side BUY --quantity 1 --type stp_lmt --stop 170 --limit 171');
    expect(command).toMatchObject({ request: { terms: { type: 'STP LMT', stop: '170', limit: '171' } } });
  });
});

describe('bracket-order', () => {
  const entry = 'bracket-order --symbol AMD --quantity 10';

  test('a stop with a limit behind it', async () => {
    expect(await previewed(`${entry} --stop-loss 160 --stop-limit 159.5`)).toMatchObject({
      request: { takeProfit: null, stopLoss: { type: 'STP LMT', stop: '160', limit: '159.5' } },
    });
  });

  test('a stop that trails, from where --stop-loss says', async () => {
    expect(await previewed(`${entry} --trail-percent 2.0 --take-profit 170`)).toMatchObject({
      request: {
        takeProfit: { limit: '170' },
        stopLoss: { type: 'TRAIL', trail: { by: 'percent', percent: '2' }, stop: null },
      },
    });
    expect(await previewed(`${entry} --trail-amount 3 --stop-loss 160`)).toMatchObject({
      request: { stopLoss: { type: 'TRAIL', trail: { by: 'amount', amount: '3' }, stop: '160' } },
    });
  });

  test('a target for each level', async () => {
    expect(await previewed(`${entry} --stop-loss 160 --level 5@170 --level 3@175 --level 2@180`)).toMatchObject({
      request: {
        takeProfit: null,
        levels: [
          { quantity: '5', limit: '170' },
          { quantity: '3', limit: '175' },
          { quantity: '2', limit: '180' },
        ],
      },
    });
  });
});

describe('trailing-stop', () => {
  const words = 'trailing-stop --symbol AMD --quantity 50 --trail-percent 2.0';

  test('sells by default, and leaves the mode to what is asked for', async () => {
    expect(await previewed(words)).toEqual({
      kind: 'place-trailing-stop',
      request: {
        ...{ symbol: 'AMD', side: 'SELL', quantity: '50', trail: { by: 'percent', percent: '2' } },
        ...{ activationPrice: null, initialStopPrice: null, triggerOn: 'last', mode: null, outsideRth: false },
      },
    });
  });

  test('everything that can be said', async () => {
    const all =
      '--side BUY --trail-amount 3 --activation-price 150 --initial-stop 170 --trigger-on BIDASK --outside-rth';
    expect(await previewed(`trailing-stop --symbol AMD --quantity 50 ${all} --mode native`)).toEqual({
      kind: 'place-trailing-stop',
      request: {
        ...{ symbol: 'AMD', side: 'BUY', quantity: '50', trail: { by: 'amount', amount: '3' } },
        ...{ activationPrice: '150', initialStopPrice: '170', triggerOn: 'bidAsk', mode: 'native', outsideRth: true },
      },
    });
    expect(await previewed(`${words} --activation-price 170 --mode managed`)).toMatchObject({
      request: { mode: 'managed' },
    });
  });

  test('the line says who moves it', async () => {
    const stop = sold(1060, {
      spec: { ...sold(1).spec, terms: { type: 'STP', stop: price('161') }, timeInForce: 'GTC' },
      group: { id: GROUP, role: 'protective-stop' },
      state: { phase: 'pending', since: FRIDAY, hold: 'trigger' },
    });
    const terminal = answering([stop], {}, { stop: aProtectiveStop({ id: GROUP, order: stop.id }) });
    expect(await terminal.run(words)).toEqual({
      code: 0,
      out: '1060 SELL 50 AMD STP 161.00 GTC: accepted, waits for its trigger (this app moves this)\n',
      err: '',
    });
  });

  test('that rests nowhere before its activation price is warned of', async () => {
    const warning = 'No stop rests at IBKR before 170.00.';
    const terminal = answering([], { message: warning });
    expect(await terminal.run(`${words} --activation-price 170`)).toEqual({
      code: 0,
      out: '',
      err: `Warning: ${warning}\n`,
    });
  });
});

describe('oco-order', () => {
  const common = { symbol: 'AMD', quantity: '50', timeInForce: 'DAY', outsideRth: false };

  test('an order for each price that is given', async () => {
    const words = '--buy-limit 150 --buy-stop 170 --sell-limit 171 --sell-stop 149';
    expect(await previewed(`oco-order --symbol AMD --quantity 50 ${words}`)).toEqual({
      kind: 'place-oco',
      request: {
        legs: [
          { ...common, side: 'BUY', terms: { type: 'LMT', limit: '150' } },
          { ...common, side: 'BUY', terms: { type: 'STP', stop: '170' } },
          { ...common, side: 'SELL', terms: { type: 'LMT', limit: '171' } },
          { ...common, side: 'SELL', terms: { type: 'STP', stop: '149' } },
        ],
        ...{ onPartialFill: 'reduce', sharing: 'proportional', onOverfill: 'alert' },
      },
    });
    const more =
      '--on-partial-fill cancel --sharing share-for-share --on-overfill flatten-excess --tif GTC --outside-rth';
    expect(
      await previewed(`oco-order --symbol AMD --quantity 50 --buy-limit 150 --sell-stop 149 ${more}`),
    ).toMatchObject({
      request: {
        legs: [{ timeInForce: 'GTC', outsideRth: true }, { side: 'SELL' }],
        ...{ onPartialFill: 'cancel', sharing: 'share-for-share', onOverfill: 'flatten-excess' },
      },
    });
  });

  test('the legs of a file, where what goes without saying may be left out', async () => {
    const terminal = new StubTerminal();
    const legs = [
      { symbol: 'AMD', side: 'SELL', quantity: '50', terms: { type: 'LMT', limit: '170' } },
      { ...common, symbol: 'NVDA', side: 'BUY', terms: { type: 'STP LMT', stop: '200', limit: '201' } },
    ];
    terminal.files.set('legs.json', JSON.stringify(legs));
    expect(await previewed('oco-order --legs legs.json', terminal)).toMatchObject({
      request: { legs: [{ ...legs[0], timeInForce: 'DAY', outsideRth: false }, legs[1]] },
    });
  });

  test.each([
    ['[', /^--legs "l\.json": is not JSON \(SyntaxError/],
    ['[]', /^--legs "l\.json": at the document: found \[\]; expected at least 2 legs$/],
    [JSON.stringify(Array.from({ length: 11 }, () => ({}))), /expected at most 10 legs/],
    ['[{"symbol":"AMD","side":"HOLD","quantity":10},{}]', /at 0\.side: found "HOLD"; .*\nat 0\.quantity: found 10; /],
    ['[{"sybmol":"AMD"},{}]', /Unrecognized key: "sybmol"/],
  ])('a file that is wrong says where: %s', async (text, expected) => {
    const terminal = new StubTerminal();
    terminal.files.set('l.json', text);
    const { code, err } = await terminal.run('oco-order --legs l.json');
    expect(code).toBe(2);
    expect(err.trimEnd()).toMatch(expected);
    expect(terminal.connected).toEqual([]);
  });

  test('the lines say who holds them', async () => {
    const legs = [1051, 1052].map((n) => sold(n, { group: { id: GROUP, role: 'oco' } }));
    const words = 'oco-order --symbol AMD --quantity 50 --sell-limit 171 --sell-stop 149';
    const { out } = await answering(legs, {}, { oco: anOcoGroup({ id: GROUP }) }).run(words);
    expect(out).toBe(
      '1051 SELL 50 AMD MKT DAY: working (IBKR holds this)\n1052 SELL 50 AMD MKT DAY: working (IBKR holds this)\n',
    );
  });
});

describe('a trailing stop that waits for its activation price', () => {
  test('is given up by its symbol', async () => {
    const waits = aProtectiveStop({ order: null, state: { phase: 'waiting', since: FRIDAY } });
    const terminal = answering([anOrder()], { orders: [] }, { stop: waits });
    expect(await terminal.run('cancel --waiting aapl')).toMatchObject({ code: 0, err: '' });
    expect(given(terminal)).toEqual({ kind: 'drop-waiting-stops', symbol: 'AAPL' });
  });

  test('is named by cancel-all, unless stops are kept', async () => {
    const waiting = aProtectiveStop({ order: null, state: { phase: 'waiting', since: FRIDAY } });
    const awaited: EngineEvent = { type: 'stop-awaited', stop: waiting, decisionId: decisionId('d-1') };
    const terminal = new StubTerminal();
    terminal.workstation.publish(awaited);
    terminal.interactive = true;
    await terminal.run('cancel-all');
    expect(terminal.questions[0]).toContain(
      '1 stop that waits for a price:\n  SELL 50 AMD trailing 3.00, this app moves this\n',
    );
    expect(await terminal.run('cancel-all --keep-stops')).toMatchObject({ err: 'There is no live order to cancel.\n' });
  });
});

describe('protect and rearm', () => {
  test('a fixed stop, or one that trails', async () => {
    expect(await previewed('protect amd --stop 150')).toEqual({
      kind: 'protect-position',
      request: { symbol: 'AMD', protection: { by: 'stop', stop: '150' } },
    });
    expect(await previewed('protect AMD --trail-amount 3')).toMatchObject({
      request: { protection: { by: 'trail', trail: { by: 'amount', amount: '3' } } },
    });
  });

  test('a suspended stop is armed again by its number', async () => {
    const stop = sold(1053, { group: { id: GROUP, role: 'protective-stop' } });
    const terminal = answering([stop], {}, { stop: aProtectiveStop({ id: GROUP, order: stop.id }) });
    expect(await terminal.run('rearm 1053')).toMatchObject({ code: 0, err: '' });
    expect(given(terminal)).toEqual({ kind: 'rearm-stop', number: 1053 });
  });
});

describe('close and flatten', () => {
  const held = (symbol: string, shares: string): EngineEvent => ({
    type: 'position-adopted',
    position: aPosition({ symbol, conId: symbol === 'ES' ? conId(5) : AMD_ID, quantity: signedQuantity(shares) }),
    why: '',
  });
  /** A terminal before a workstation with these facts, that refuses to flatten. */
  function before(...events: readonly EngineEvent[]): StubTerminal {
    const terminal = new StubTerminal();
    terminal.workstation.publish({ type: 'instrument-defined', instrument: AMD }, ...events);
    terminal.interactive = true;
    terminal.client.commands.execute.mockResolvedValue(ok({ ...ACCEPTED, outcome: 'refused', message: 'No.' }));
    return terminal;
  }
  const { entry, target, stop, group } = aBracket({ phase: 'working', since: FRIDAY });
  const plain = sold(1060, { spec: { ...sold(1).spec, terms: { type: 'LMT', limit: price('170') } } });
  const external = sold(1062, { origin: 'external', spec: plain.spec });
  const placed: EngineEvent = {
    ...{
      type: 'orders-intended',
      orders: [entry, target, stop, plain, sold(1061), external],
      group,
      effectId: effectId('e-1'),
    },
  };
  const list =
    'Closes 1 position at the market:\n  SELL 60 AMD\n' +
    'Cancels what could open one:\n  1051 BUY 50 AMD LMT 164.10 DAY\n  1060 SELL 50 AMD LMT 170.00 DAY\n';

  test('a position is closed by its symbol', async () => {
    expect(await previewed('close amd')).toEqual({ kind: 'close-position', symbol: 'AMD' });
    const closing = answering([sold(1060, { state: { phase: 'filled', at: FRIDAY } })]);
    expect(await closing.run('close AMD')).toMatchObject({ code: 0, out: '1060 SELL 50 AMD MKT DAY: filled\n' });
  });

  test('everything is closed after a question that names all of it', async () => {
    const terminal = before(held('AMD', '60'), placed);
    terminal.answer = 'y';
    expect(await terminal.run('flatten')).toEqual({ code: 1, out: '', err: 'Refused. No.\n' });
    expect(terminal.questions).toEqual([`${list}Flatten? [y/N] `]);
    expect(given(terminal)).toEqual({ kind: 'flatten' });
  });

  test('anything but yes closes nothing', async () => {
    const closing = anOrder({ spec: { ...anOrder().spec, terms: { type: 'MKT' } } });
    const terminal = before(held('AMD', '-60'), {
      ...{ type: 'orders-intended', orders: [closing], group: null, effectId: effectId('e-1') },
    });
    expect(await terminal.run('flatten')).toEqual({ code: 1, out: '', err: 'Nothing was closed.\n' });
    expect(terminal.questions).toEqual(['Closes 1 position at the market:\n  BUY 60 AMD\nFlatten? [y/N] ']);
    expect(given(terminal)).toBeUndefined();
  });

  test('what can not be traded here is named; a market order opens a position where none is held', async () => {
    const terminal = before(held('ES', '-1'), {
      ...{ type: 'orders-intended', orders: [sold(1060)], group: null, effectId: effectId('e-1') },
    });
    await terminal.run('flatten');
    expect(terminal.questions).toEqual([
      'Cancels what could open one:\n  1060 SELL 50 AMD MKT DAY\n' +
        'Leaves what can not be traded here; close it in TWS:\n  −1 ES\nFlatten? [y/N] ',
    ]);
  });

  test('with nothing to do nothing is asked', async () => {
    const terminal = before(held('AMD', '0'));
    expect(await terminal.run('flatten')).toEqual({
      code: 1,
      out: '',
      err: 'There is no position to close and no order to cancel.\n',
    });
    expect(terminal.questions).toEqual([]);
    terminal.client.feed.start.mockResolvedValue(failed('CLOSED'));
    expect((await terminal.run('flatten')).code).toBe(3);
  });

  test('--yes does not ask, and still says what it closes', async () => {
    const terminal = before(held('AMD', '60'), placed);
    terminal.interactive = false;
    expect((await terminal.run('flatten --yes')).out).toBe(list);
    expect(terminal.questions).toEqual([]);
    expect(JSON.parse((await terminal.run('flatten --yes --json')).out)).toMatchObject({ outcome: 'refused' });
    expect((await before().run('flatten --yes')).out).toBe('');
  });

  test('closing orders and cancels are each judged as what they are; what could not be closed is told: exit 1', async () => {
    const closing = sold(1061, { state: { phase: 'filled', at: FRIDAY } });
    const cancelled = sold(1062, { state: { phase: 'cancelled', at: FRIDAY, reason: '' } });
    const filled = sold(1063, { state: { phase: 'cancelling', since: FRIDAY, effectId: effectId('e-2') } });
    const terminal = answering([closing, cancelled], { message: 'ES is a future.' });
    expect(await terminal.run('flatten --yes')).toEqual({
      code: 1,
      out: '1061 SELL 50 AMD MKT DAY: filled\n1062 SELL 50 AMD MKT DAY: cancelled\n',
      err: 'ES is a future.\n',
    });
    const late = new StubTerminal();
    late.client.commands.execute.mockImplementation(({ key }) => {
      late.workstation.publish(
        { type: 'orders-intended', orders: [filled], group: null, effectId: effectId('e-1') },
        { type: 'cancel-requested', id: filled.id, effectId: effectId('e-2'), origin: 'cli', reason: '' },
        { type: 'order-state-changed', id: filled.id, state: { phase: 'filled', at: FRIDAY } },
        {
          ...{ type: 'command-answered', key: commandKey(key), payloadHash: 'h' },
          reply: { outcome: 'accepted', orders: [filled.id], decisionId: null, message: '' },
        },
      );
      return Promise.resolve(ok({ ...ACCEPTED, orders: [{ id: filled.id, number: filled.number }] }));
    });
    expect(await late.run('flatten --yes')).toEqual({ code: 1, out: '', err: '1063 SELL 50 AMD MKT DAY: filled\n' });
  });
});

test('a group that IBKR holds needs no label beside the orders of a bracket', async () => {
  const { stop } = aBracket({ phase: 'working', since: FRIDAY });
  const alone = { ...stop, group: { id: groupId('g-1'), role: 'stop-loss' as const }, filled: quantity('0') };
  expect((await answering([alone]).run('close AMD')).out).toBe('1053 SELL 50 AMD STP 161.00 GTC: working\n');
});
