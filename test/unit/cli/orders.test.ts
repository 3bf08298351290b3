import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '#domain/engine-event';
import { decisionId, effectId, groupId, orderNumber } from '#domain/ids';
import { percent, price } from '#domain/money';
import type { OrderRecord } from '#domain/order-record';
import {
  aBracket,
  anOcoGroup,
  anOrder,
  aProtectiveStop,
  aQuote,
  AMD,
  FRIDAY,
  GROUP,
} from '#test/builders/domain-records';
import type { ProtectiveStop } from '#domain/trailing-stop';
import { failed, StubTerminal } from '#test/builders/stub-terminal';

const { entry, target, stop, group } = aBracket({ phase: 'working', since: FRIDAY });
const READY: EngineEvent = {
  type: 'connection-changed',
  connection: { phase: 'ready', since: FRIDAY, serverVersion: 193 },
};
const bracketPlaced: EngineEvent = intended([entry, target, stop], { group });
const denied: EngineEvent = {
  type: 'order-denied',
  order: anOrder({ number: orderNumber(1054), state: { phase: 'denied', at: FRIDAY } }),
};

function intended(
  orders: readonly OrderRecord[],
  groups: Partial<Pick<Extract<EngineEvent, { type: 'orders-intended' }>, 'group' | 'oco' | 'stop'>> = {},
): EngineEvent {
  return { type: 'orders-intended', orders: [...orders], group: null, effectId: effectId('e-1'), ...groups };
}

/** Order `number` with these prices, in a group of this role. */
function numbered(
  number: number,
  terms: OrderRecord['spec']['terms'],
  groupOf: OrderRecord['group'] = null,
): OrderRecord {
  const spec = { ...anOrder().spec, side: 'SELL' as const, terms };
  return anOrder({ number: orderNumber(number), spec, group: groupOf });
}

/** A managed stop of GROUP that trails by 2 % once 170.00 has traded. */
function standing(change: Partial<ProtectiveStop> = {}): ProtectiveStop {
  const trail = { by: 'percent', percent: percent('2') } as const;
  const plan = { kind: 'managed', trail, activationPrice: price('170'), triggerOn: 'last' } as const;
  return aProtectiveStop({ id: GROUP, plan, waterMark: price('164.1'), ...change });
}

/** A terminal before a workstation that has lived through `events`. */
function after(...events: readonly EngineEvent[]): StubTerminal {
  const terminal = new StubTerminal();
  terminal.workstation.publish(READY, ...events);
  return terminal;
}
const lines = (text: string): string[] => text.trimEnd().split('\n');
const documents = async (terminal: StubTerminal): Promise<Record<string, unknown>[]> =>
  JSON.parse((await terminal.run('orders --all --json')).out) as Record<string, unknown>[];

describe('orders', () => {
  test('by themselves come first, a bracket under its heading; all with the finished and denied ones', async () => {
    const alone = numbered(1060, { type: 'LMT', limit: price('170') });
    const terminal = after(bracketPlaced, denied, intended([alone]));
    expect(lines((await terminal.run('orders')).out)).toEqual([
      expect.stringMatching(
        /^ {2}ID {2}Symbol {2}Side {2}Filled\/qty {2}Type {3}Limit {4}Stop {2}TIF {2}Status {3}Role {9}Custody {10}Source {3}Age$/,
      ),
      expect.stringMatching(/^1060 {2}AMD {5}SELL .* LMT {3}170\.00 .* Working {32}window/),
      'Bracket 1051: BUY 50 AMD LMT 164.10, working',
      expect.stringMatching(/^1051 {2}AMD {5}BUY {9}0\/50 {2}LMT {3}164\.10 {10}DAY {2}Working {2}parent {7} /),
      expect.stringMatching(/^1052 {2}AMD {5}SELL {8}0\/50 {2}LMT {3}170\.00 {10}GTC {2}Working {2}take-profit {2} /),
      expect.stringMatching(/^1053 .* STP {11}161\.00 {2}GTC {2}Working {2}stop-loss {4}IBKR holds this {2}window/),
    ]);
    expect((await terminal.run('orders --all')).out).toMatch(/^1054 {2}AMD .* Denied /m);
    expect(await documents(terminal)).toHaveLength(5);
  });

  test('of a scale-out name their level', async () => {
    const scaleOut = { id: groupId('g-9'), level: 2, of: 3 };
    const terminal = after(intended([entry, target, stop], { group: { ...group, scaleOut } }));
    expect((await terminal.run('orders')).out).toContain('\nBracket 1051, level 2 of 3: BUY 50 AMD LMT 164.10');
    expect((await documents(terminal))[0]?.['belongsTo']).toEqual({
      kind: 'bracket',
      entry: 1051,
      scaleOut,
      closed: null,
    });
  });

  test('of an OCO group say what a fill does, and that this app has to be there for it', async () => {
    const leg = (n: number): OrderRecord =>
      numbered(n, { type: 'LMT', limit: price('170') }, { id: GROUP, role: 'oco' });
    const placed = (custody: 'native' | 'managed', onPartialFill: 'reduce' | 'cancel'): EngineEvent =>
      intended([leg(1051), leg(1052)], { oco: anOcoGroup({ id: GROUP, custody, onPartialFill }) });
    const native = await after(placed('native', 'cancel')).run('orders');
    expect(native.out).toContain('\nOCO 1051, 1052: a fill cancels the others\n');
    expect(native.out).toContain('IBKR holds this');
    const managed = after(placed('managed', 'reduce'));
    expect((await managed.run('orders')).out).toContain('\nOCO 1051, 1052: a fill reduces the others, proportional\n');
    expect((await managed.run('orders')).out).not.toContain('AT RISK');
    const connection = { phase: 'degraded', since: FRIDAY, code: 1100, reason: '', serverVersion: 193 } as const;
    managed.workstation.publish({ type: 'connection-changed', connection });
    expect((await managed.run('orders')).out).toContain('this app reduces this, AT RISK: the link is degraded');
    expect((await documents(managed))[0]).toMatchObject({
      belongsTo: { kind: 'oco', custody: 'managed', onPartialFill: 'reduce', sharing: 'proportional' },
      custody: { by: 'app', atRisk: 'the link is degraded' },
    });
  });

  test('that trail say how far, how far the market is, and who moves them', async () => {
    const native = numbered(1051, {
      type: 'TRAIL',
      trail: { by: 'amount', amount: price('3') },
      stop: price('161'),
    });
    const adjusted = numbered(1052, {
      ...{ type: 'STP TO TRAIL', stop: price('160'), activation: price('170') },
      ...{ trailingStop: price('167'), trailAmount: price('3') },
    });
    const managed = numbered(1053, { type: 'STP', stop: price('160.8') }, { id: GROUP, role: 'protective-stop' });
    const fixed = numbered(1054, { type: 'STP', stop: price('150') }, { id: groupId('g-2'), role: 'protective-stop' });
    const terminal = after(
      intended([native, adjusted]),
      intended([managed], { stop: standing({ id: GROUP, order: managed.id }) }),
      intended([fixed], { stop: standing({ id: groupId('g-2'), order: fixed.id, plan: { kind: 'fixed' } }) }),
    );
    terminal.workstation.show(aQuote({ kind: 'delayed', why: 'delayed by 15 minutes or so' }));
    const { out } = await terminal.run('orders');
    expect(lines(out)[0]).toMatch(/ {2}Stop {2}Trail +To market {2}TIF /);
    expect(out).toMatch(/^1051 .* TRAIL +161\.00 {2}3\.00 +−3\.10 −1\.89% .* IBKR holds this/m);
    expect(out).toMatch(/^1052 .* 3\.00 from 170\.00 .* IBKR holds this/m);
    expect(out).toMatch(
      /^SELL 50 AMD trailing 2 %, this app moves this, best price 164\.10\n1053 .* 160\.80 {2}2 % .* this app moves this/m,
    );
    expect(out).toMatch(/^SELL 50 AMD stop, IBKR holds this.*\n1054 .* IBKR holds this/m);
    expect(lines(out).at(-1)).toBe('AMD: market data is delayed (delayed by 15 minutes or so).');
    const [first, , third] = await documents(terminal);
    expect(first).toMatchObject({ distance: { change: '-3.1' }, terms: { type: 'TRAIL' }, triggerOn: null });
    expect(third).toMatchObject({ belongsTo: { kind: 'protective-stop', waterMark: '164.1' }, custody: { by: 'app' } });
  });

  test('a stop that waits is shown with or without an order, and a suspended one says why', async () => {
    const waiting = { phase: 'waiting', since: FRIDAY } as const;
    const resting = numbered(1051, { type: 'STP', stop: price('150') }, { id: GROUP, role: 'protective-stop' });
    const terminal = after(
      intended([resting], { stop: standing({ order: resting.id, state: waiting, waterMark: null }) }),
      {
        type: 'stop-awaited',
        decisionId: decisionId('d-1'),
        stop: standing({ id: groupId('g-2'), order: null, state: waiting }),
      },
    );
    expect((await terminal.run('orders')).out).toContain(
      '\nSELL 50 AMD trailing 2 %, this app moves this, waits for 170.00\n1051',
    );
    expect(lines((await terminal.run('orders')).out).at(-1)).toBe(
      'SELL 50 AMD trailing 2 %, this app moves this, best price 164.10, waits for 170.00: no stop rests at IBKR before',
    );
    terminal.workstation.publish({ type: 'stop-suspended', groupId: GROUP, why: 'the price doubled' });
    expect((await terminal.run('orders')).out).toMatch(
      /this app moves this, SUSPENDED: the price doubled\n1051 .* this app moves this, AT RISK: suspended: the price doubled/,
    );
  });

  test('a native stop that waits for its activation says so', async () => {
    const trail = { by: 'percent', percent: percent('2') } as const;
    const resting = numbered(1051, { type: 'STP', stop: price('150') }, { id: GROUP, role: 'protective-stop' });
    const state = { phase: 'waiting', since: FRIDAY } as const;
    const plan = { kind: 'native', trail, activationPrice: null, triggerOn: 'last' } as const;
    const terminal = after(intended([resting], { stop: standing({ order: resting.id, state, plan }) }));
    expect((await terminal.run('orders')).out).toContain(
      '\nSELL 50 AMD trailing 2 %, IBKR holds this, best price 164.10\n',
    );
  });

  test('none are told as none', async () => {
    const terminal = new StubTerminal();
    expect((await terminal.run('orders')).out).toBe('No live orders.\n');
    expect((await terminal.run('orders --all')).out).toBe('No orders.\n');
    expect((await terminal.run('orders --json')).out).toBe('[]\n');
    terminal.client.feed.start.mockResolvedValue(failed('CLOSED'));
    expect((await terminal.run('orders')).code).toBe(3);
  });
});

describe('the history of a stop', () => {
  const moved = (to: string): EngineEvent => ({
    ...{ type: 'terms-observed', id: stop.id, terms: { type: 'STP', stop: price(to) } },
    ...{ quantity: stop.spec.quantity, timeInForce: 'GTC' },
  });

  test('is where it has stood, oldest first', async () => {
    const terminal = after(bracketPlaced, moved('162'), moved('163'));
    expect(lines((await terminal.run('orders --history 1053')).out)).toEqual([
      '1053 SELL 50 AMD STP 163.00 GTC',
      'Time                   Stop  Best price',
      '2026-11-20 15:30:00  161.00           –',
      '2025-06-15 15:06:40  162.00           –',
      '2025-06-15 15:06:40  163.00           –',
    ]);
    expect(JSON.parse((await terminal.run('orders --history 1053 --json')).out)).toMatchObject({
      number: 1053,
      moves: [{ stop: '161' }, { stop: '162' }, { stop: '163' }],
    });
  });

  test('of a stop that this app moved has the best price of then', async () => {
    const resting = numbered(1051, { type: 'STP', stop: price('150') }, { id: GROUP, role: 'protective-stop' });
    const { out } = await after(intended([resting], { stop: standing({ order: resting.id }) }), {
      ...moved('151'),
      id: resting.id,
    } as EngineEvent).run('orders --history 1051');
    expect(lines(out).at(-1)).toBe('2025-06-15 15:06:40  151.00      164.10');
  });

  test('of one that never moved says so; without the order it ends with 1', async () => {
    const terminal = after(bracketPlaced, { type: 'instrument-defined', instrument: AMD });
    expect((await terminal.run('orders --history 1052')).out).toBe(
      '1052 SELL 50 AMD LMT 170.00 GTC\nIts stop has not moved.\n',
    );
    expect(await terminal.run('orders --history 7')).toEqual({ code: 1, out: '', err: 'There is no order 7.\n' });
  });
});
