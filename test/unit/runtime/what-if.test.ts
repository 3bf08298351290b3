import { describe, expect, test } from 'vitest';
import { ibOrderId } from '#domain/ids';
import { money, quantity } from '#domain/money';
import { ok } from '#domain/result';
import type { RiskDecision } from '#domain/risk-decision';
import type { WhatIfQuestion } from '#ports/broker-port';
import { marginOf } from '#runtime/what-if';
import { aLimitOrder, EngineHarness } from '#test/builders/engine-harness';
import { aContext, limit, placing } from '#test/builders/engine-risk';
import { ScriptedBroker } from '#test/builders/scripted-broker';
import { settled, WorkstationWorld } from '#test/builders/workstation-world';

const BUY = { kind: 'place-order', request: aLimitOrder() } as const;
const WISH = { override: null, margin: true };

async function previewed(world: WorkstationWorld): Promise<RiskDecision> {
  const answer = await world.workstation.preview('window', BUY, WISH);
  if (!answer.ok) throw new Error(answer.error.reason);
  return answer.value;
}

const marginIn = ({ verdicts }: RiskDecision): unknown => verdicts.find(({ check }) => check === 'margin');

describe('a preview that asks for the margin', () => {
  test('tells what IBKR says of it; without the wish nobody is asked', async () => {
    const world = WorkstationWorld.ready();
    const asked: WhatIfQuestion[] = [];
    world.broker.margin = (question) => {
      asked.push(question);
      return Promise.resolve(ok({ initialAfter: money('9000'), equityAfter: money('8000') }));
    };
    await world.workstation.preview('window', BUY);
    expect(asked).toEqual([]);
    const decision = await previewed(world);
    expect(decision.outcome).toBe('denied');
    expect(marginIn(decision)).toMatchObject({ verdict: 'deny', reason: { needed: '9000', available: '8000' } });
    expect(asked).toMatchObject([{ spec: { symbol: 'AAPL', side: 'BUY', quantity: '10', terms: { type: 'LMT' } } }]);
  });

  test('uses up the order id of the question: the next order has another', async () => {
    const world = WorkstationWorld.ready();
    const ids: number[] = [];
    world.broker.margin = ({ orderId }) => {
      ids.push(orderId);
      return Promise.resolve(ok({ initialAfter: money('1'), equityAfter: money('8000') }));
    };
    await previewed(world);
    await previewed(world);
    await world.places();
    const [placed] = world.broker.performedOf('place');
    expect([...ids, placed?.legs.value[0]?.orderId]).toEqual([1, 2, 3]);
  });

  test('is denied where IBKR does not say', async () => {
    const decision = await previewed(WorkstationWorld.ready());
    expect(marginIn(decision)).toMatchObject({ verdict: 'cannot-know', reason: { why: 'no answer within 4 s' } });
  });

  test('waits for orders that are on their way to the disk, for they have smaller ids', async () => {
    const world = WorkstationWorld.ready();
    world.broker.margin = () => Promise.resolve(ok({ initialAfter: money('1'), equityAfter: money('8000') }));
    world.journal.isPrompt = false;
    void world.places({ quantity: quantity('7') });
    await settled();
    const answer = previewed(world);
    await settled();
    expect(world.broker.performedOf('place')).toEqual([]);
    world.journal.sync();
    expect(marginIn(await answer)).toEqual({ check: 'margin', verdict: 'pass' });
    expect(world.broker.performedOf('place')).toHaveLength(1);
  });
});

describe('the question', () => {
  const context = aContext(placing('BUY', '10', limit('150')));
  const parts = {
    state: EngineHarness.ready().state,
    broker: new ScriptedBroker(),
    isQuiet: () => true,
    letGo: () => Promise.resolve(),
    onIdUsed: () => undefined,
  };

  test('is not asked while other orders are being sent', async () => {
    expect(await marginOf({ ...parts, isQuiet: () => false }, context)).toEqual({
      known: false,
      why: 'other orders are being sent',
    });
  });

  test('can not be asked of an instrument, or for an account, that is not known', async () => {
    const unknown = { known: false, why: 'no account or instrument is known yet' };
    expect(await marginOf(parts, { ...context, instrument: null })).toEqual(unknown);
    expect(await marginOf({ ...parts, state: new EngineHarness().state }, context)).toEqual(unknown);
  });

  test('says which id is the next one', async () => {
    const used: number[] = [];
    await marginOf({ ...parts, onIdUsed: (next) => used.push(next) }, context);
    expect(used).toEqual([ibOrderId(parts.state.observed.highestOrderId + 2)]);
  });
});
