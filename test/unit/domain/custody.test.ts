import { expect, test } from 'vitest';
import { orderCustodyOf } from '#domain/custody';
import { epochMs, groupId } from '#domain/ids';
import { percent, price, quantity } from '#domain/money';
import type { OcoGroup } from '#domain/oco';
import type { OrderRecord } from '#domain/order-record';
import type { ProtectiveStop } from '#domain/trailing-stop';
import { emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import { ACCOUNT, AMD_ID, anOrder, FRIDAY, GROUP } from '#test/builders/domain-records';

const order = (role: 'oco' | 'protective-stop' | 'stop-loss' | null, terms = anOrder().spec.terms): OrderRecord =>
  anOrder({ group: role === null ? null : { id: GROUP, role }, spec: { ...anOrder().spec, terms } });
const stopTerms = { type: 'STP', stop: price('161') } as const;

function state(change: Partial<WorkstationState> = {}): WorkstationState {
  const ready = { phase: 'ready', since: FRIDAY, serverVersion: 193 } as const;
  return { ...emptyWorkstationState('paper'), connection: ready, ...change };
}
const oco = (custody: OcoGroup['custody']): Pick<WorkstationState, 'ocoGroups'> => ({
  ocoGroups: new Map([
    [
      GROUP,
      {
        id: GROUP,
        custody,
        onPartialFill: 'reduce',
        sharing: 'proportional',
        onOverfill: 'alert',
        legs: [],
        opened: FRIDAY,
        closed: null,
        siblingsDueBy: null,
        flattenedBy: [],
      },
    ],
  ]),
});
const trailing = (
  kind: 'native' | 'managed',
  phase: ProtectiveStop['state'],
): Pick<WorkstationState, 'protectiveStops'> => ({
  protectiveStops: new Map([
    [
      GROUP,
      {
        id: GROUP,
        account: ACCOUNT,
        conId: AMD_ID,
        symbol: 'AMD',
        side: 'SELL',
        quantity: quantity('50'),
        outsideRth: false,
        plan: { kind, trail: { by: 'percent', percent: percent('2') }, activationPrice: null, triggerOn: 'last' },
        order: anOrder().id,
        state: phase,
        waterMark: null,
        opened: FRIDAY,
      },
    ],
  ]),
});
const guarding = { phase: 'guarding', since: FRIDAY } as const;
const down = { phase: 'degraded', since: FRIDAY, code: 1100, reason: '', serverVersion: 193 } as const;

test('IBKR holds the stops and OCO orders that it was given as such, also while the link is down', () => {
  const held = { by: 'IBKR', label: 'IBKR holds this', atRisk: null };
  const away = emptyWorkstationState('paper');
  expect(orderCustodyOf(away, order('stop-loss', stopTerms))).toEqual(held);
  expect(orderCustodyOf(away, order(null, stopTerms))).toEqual(held);
  expect(orderCustodyOf({ ...away, ...oco('native') }, order('oco'))).toEqual(held);
  expect(orderCustodyOf({ ...away, ...trailing('native', guarding) }, order('protective-stop', stopTerms))).toEqual(
    held,
  );
});

test('what this app moves or reduces is at risk while the link is down', () => {
  const moved = { by: 'app', label: 'this app moves this' };
  const stop = order('protective-stop', stopTerms);
  expect(orderCustodyOf(state(trailing('managed', guarding)), stop)).toEqual({ ...moved, atRisk: null });
  expect(orderCustodyOf(state({ ...trailing('managed', guarding), connection: down }), stop)).toEqual({
    ...moved,
    atRisk: 'the link is degraded',
  });
  const reduced = { by: 'app', label: 'this app reduces this' };
  expect(orderCustodyOf(state(oco('managed')), order('oco'))).toEqual({ ...reduced, atRisk: null });
  expect(orderCustodyOf(state({ ...oco('managed'), connection: down }), order('oco'))).toEqual({
    ...reduced,
    atRisk: 'the link is degraded',
  });
});

test('a suspended stop is at risk, whatever the link does', () => {
  const suspended = { phase: 'suspended', since: FRIDAY, why: 'the price doubled' } as const;
  expect(orderCustodyOf(state(trailing('managed', suspended)), order('protective-stop', stopTerms))).toMatchObject({
    atRisk: 'suspended: the price doubled',
  });
});

test('a limit order by itself, and whatever has ended, is in nobody’s custody', () => {
  expect(orderCustodyOf(state(), order(null))).toBeNull();
  expect(orderCustodyOf(state(), { ...order(null, stopTerms), state: { phase: 'filled', at: epochMs(1) } })).toBeNull();
  expect(orderCustodyOf(state(), { ...order(null), group: { id: groupId('gone'), role: 'oco' } })).toBeNull();
});
