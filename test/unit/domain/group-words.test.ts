import { describe, expect, test } from 'vitest';
import { describeEvent } from '#domain/activity-words';
import type { EngineEvent } from '#domain/engine-event';
import { describeProtectiveStop } from '#domain/group-words';
import { clientOrderId, decisionId, effectId, orderNumber } from '#domain/ids';
import { percent, price, quantity } from '#domain/money';
import { emptyWorkstationState } from '#domain/workstation-state';
import { anOcoGroup, anOrder, aProtectiveStop, FRIDAY, stateAfter } from '#test/builders/domain-records';

const stop = aProtectiveStop();
const order = anOrder({
  id: clientOrderId('o-stop'),
  number: orderNumber(12),
  spec: { ...anOrder().spec, side: 'SELL', terms: { type: 'STP', stop: price('161') } },
  group: { id: stop.id, role: 'protective-stop' },
});
const rests: EngineEvent = { type: 'orders-intended', orders: [order], group: null, stop, effectId: effectId('e-1') };
const ocoOrders = [12, 13].map((number) =>
  anOrder({
    id: clientOrderId(`o-10${number === 12 ? '51' : '52'}`),
    number: orderNumber(number),
    group: { id: anOcoGroup().id, role: 'oco' },
  }),
);
const joined: EngineEvent = {
  type: 'orders-intended',
  orders: ocoOrders,
  group: null,
  oco: anOcoGroup(),
  effectId: effectId('e-1'),
};
const told = (...events: readonly [EngineEvent, ...EngineEvent[]]) =>
  describeEvent(events.at(-1) ?? events[0], stateAfter(...events));
const toldBlind = (event: EngineEvent) => describeEvent(event, emptyWorkstationState('paper'));

describe('a protective stop in words', () => {
  test('says who moves it', () => {
    expect(describeProtectiveStop(stop)).toBe('SELL 50 AMD trailing 3.00, this app moves this');
    expect(describeProtectiveStop(aProtectiveStop({ plan: { kind: 'fixed' } }))).toBe(
      'SELL 50 AMD stop, IBKR holds this',
    );
    const trail = { by: 'percent', percent: percent('2') } as const;
    const native = { kind: 'native', trail, activationPrice: null, triggerOn: 'last' } as const;
    expect(describeProtectiveStop(aProtectiveStop({ plan: native }))).toBe('SELL 50 AMD trailing 2 %, IBKR holds this');
  });

  test('that waits warns that nothing rests yet', () => {
    const waiting = aProtectiveStop({ order: null, state: { phase: 'waiting', since: FRIDAY } });
    expect(told({ type: 'stop-awaited', stop: waiting, decisionId: decisionId('d-1') })).toMatchObject({
      text: 'SELL 50 AMD trailing 3.00, this app moves this: no stop rests at IBKR before its activation price',
      tone: 'warn',
      orderNumber: null,
    });
    expect(
      told(
        { type: 'stop-awaited', stop: waiting, decisionId: decisionId('d-1') },
        { type: 'stop-activated', groupId: stop.id, waterMark: price('170') },
      ).text,
    ).toBe('The stop of AMD trails from 170.00');
  });

  test('that moves says from where to where, and by which price', () => {
    const modification = {
      effectId: effectId('e-2'),
      requestedAt: FRIDAY,
      terms: { type: 'STP', stop: price('162.5') },
      quantity: quantity('50'),
      timeInForce: 'GTC',
    } as const;
    const moves: EngineEvent = {
      type: 'stop-ratcheted',
      groupId: stop.id,
      id: order.id,
      before: price('161'),
      waterMark: price('165.5'),
      bid: price('165.4'),
      ask: price('165.5'),
      modification,
    };
    expect(told(rests, moves)).toMatchObject({
      text: 'Stop 12 moves 161.00 → 162.50, best price 165.50',
      orderNumber: 12,
      manual: false,
    });
  });

  test('is activated, suspended, armed again by a person, and ends', () => {
    const groupId = stop.id;
    expect(told(rests, { type: 'stop-activated', groupId, waterMark: null }).text).toBe('Stop 12 trails');
    expect(told(rests, { type: 'stop-suspended', groupId, why: 'a split' })).toMatchObject({
      text: 'Stop 12 is suspended: a split',
      tone: 'bad',
    });
    expect(told(rests, { type: 'stop-rearmed', groupId, waterMark: null, origin: 'window' })).toMatchObject({
      text: 'Stop 12 follows the market again',
      manual: true,
    });
    expect(told(rests, { type: 'stop-ended', groupId, why: 'filled' }).text).toBe('Stop 12 ended: filled');
    expect(toldBlind({ type: 'stop-ended', groupId, why: '' }).text).toBe('A stop ended');
  });
});

describe('an OCO group in words', () => {
  const groupId = anOcoGroup().id;

  test('is called by its orders', () => {
    expect(told(joined).text).toMatch(/^12 BUY 50 AMD .* sent with BUY 50 AMD .* \(13\)$/);
    expect(told(joined, { type: 'oco-siblings-due', groupId, dueBy: FRIDAY }).text).toBe(
      'OCO 12, 13: one of them filled, the others have to follow',
    );
    expect(told(joined, { type: 'oco-closed', groupId, at: FRIDAY }).text).toBe('OCO 12, 13 closed');
    expect(toldBlind({ type: 'oco-siblings-due', groupId, dueBy: FRIDAY }).text).toMatch(/^An OCO group: /);
  });

  test('that filled too much says by how much, and what follows', () => {
    const overfilled = { type: 'oco-overfilled', groupId, id: clientOrderId('o-1052'), excess: quantity('5') } as const;
    expect(told(joined, { ...overfilled, policy: 'alert' })).toMatchObject({
      text: 'OCO 12, 13 filled 5 AMD too much; it is left to a person',
      tone: 'bad',
      orderNumber: 13,
    });
    expect(toldBlind({ ...overfilled, policy: 'flatten-excess' })).toMatchObject({
      text: 'An OCO group filled 5 too much; the excess is traded back',
      orderNumber: null,
    });
  });
});
