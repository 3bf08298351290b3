import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { decisionId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import type { ObservedTerms, Side } from '#domain/order-spec';
import { checkNameSchema, overriddenOf, riskDecisionSchema, warningsOf } from '#domain/risk-decision';
import { approve, approveTightening, decide, decideAgain, RISK_CHECKS, type Tightening } from '#engine/risk/risk-guard';
import { anOrder } from '#test/builders/domain-records';
import { AAPL, EngineHarness } from '#test/builders/engine-harness';
import { aContext, limit, limitsOf, placing, placingBracket, stop } from '#test/builders/engine-risk';

/** Decisions as a release stored them that knew no limits of symbols. */
const BEFORE_LIMITS = 'test/unit/engine/risk/fixtures/decisions-before-limits.json';
const id = decisionId('d-1');
const fine = aContext(placing('BUY', '10', limit('150')));

test('every check that can be shown runs, once, in the order in which it is shown', () => {
  expect(RISK_CHECKS.map(({ name }) => name)).toEqual(checkNameSchema.options);
  expect(decide(id, fine).verdicts.map(({ check }) => check)).toEqual(checkNameSchema.options);
});

describe('the outcome', () => {
  test('all pass: approved', () => {
    const decision = decide(id, fine);
    expect(decision.outcome).toBe('approved');
    expect(approve(decision, 'the order')).toEqual({ ok: true, value: { value: 'the order', decisionId: id } });
  });

  test('a warning does not stand in the way', () => {
    const decision = decide(id, aContext(placing('BUY', '10', limit('153'))));
    expect(warningsOf(decision)).toMatchObject([{ code: 'PRICE_COLLAR' }]);
    expect(decision.outcome).toBe('approved');
  });

  test('one denial denies, and permission is not given', () => {
    const decision = decide(id, aContext(placing('BUY', '0', limit('150'))));
    expect(decision.outcome).toBe('denied');
    expect(approve(decision, 'the order')).toEqual({ ok: false, error: decision });
  });

  test('what can not be known denies', () => {
    expect(decide(id, { ...fine, quote: null, quoteAgeMs: null }).outcome).toBe('denied');
  });

  test('a denial shows everything that is wrong', () => {
    const decision = decide(id, aContext(placingBracket('BUY', limit('150.005'), '140', '160')));
    const wrong = decision.verdicts.filter(({ verdict }) => verdict === 'deny').map(({ check }) => check);
    expect(wrong).toEqual(['tick', 'geometry']);
  });
});

test('a stored decision can be decided again, to the same answer', () => {
  const trader = EngineHarness.ready();
  trader.placesBracket();
  trader.places({ quantity: fine.buyLeaves });
  const decisions = trader.allOf('decision-made').map(({ decision }) => decision);
  expect(decisions.map(({ outcome }) => outcome)).toEqual(['approved', 'denied']);
  for (const decision of decisions) {
    const stored = riskDecisionSchema.parse(JSON.parse(JSON.stringify(decision)));
    expect(decide(stored.id, stored.context)).toEqual(decision);
  }
});

test('decisions that an older release stored are decided again by the checks that it knew, to the same answer', () => {
  const stored = z.array(riskDecisionSchema).parse(JSON.parse(readFileSync(BEFORE_LIMITS, 'utf8')));
  expect(stored.map(({ outcome, verdicts }) => [outcome, verdicts.length])).toEqual([
    ['approved', 12],
    ['denied', 12],
    ['approved', 12],
    ['approved', 12],
  ]);
  for (const decision of stored) expect(decideAgain(decision)).toEqual({ replayed: decision, same: true });
});

test('a decision that would be another one now is said to be', () => {
  const { context, ...decision } = decide(id, fine);
  const changed = { ...decision, context: { ...context, quote: null, quoteAgeMs: null } };
  const { replayed, same } = decideAgain(changed);
  expect([replayed.outcome, same]).toEqual(['denied', false]);
});

describe('an override', () => {
  const override = { reason: 'a hedge of the fund' };
  const limits = limitsOf({ positionSize: { value: quantity('5'), source: 'symbol' } });

  test('lets an order pass a limit of size, and stands in the decision', () => {
    const context = aContext(placing('BUY', '10', limit('150')), { limits });
    expect(decide(id, context).outcome).toBe('denied');
    const decision = decide(id, { ...context, override });
    expect(decision.outcome).toBe('approved');
    expect(overriddenOf(decision)).toMatchObject([{ code: 'POSITION_LIMIT' }]);
    expect(decision.context.override).toEqual(override);
    expect(decideAgain(decision).same).toBe(true);
  });

  test('lets nothing pass that makes no sense, or that is not known', () => {
    const insane = aContext(placing('BUY', '10', limit('150.005')), { limits, override });
    expect(decide(id, insane).outcome).toBe('denied');
    const unknown = { ...aContext(placing('BUY', '10', limit('150')), { limits, override }), position: null };
    expect(decide(id, unknown).verdicts.find(({ check }) => check === 'position')?.verdict).toBe('cannot-know');
  });
});

describe('what takes risk away needs no new decision', () => {
  const quote = { bid: price('149.99'), ask: price('150') };

  /** A stop of 10 AAPL at 145, 2 of them filled, to be changed. */
  function tightening(
    change: Partial<Tightening>,
    side: Side = 'SELL',
    terms: ObservedTerms = stop('145'),
  ): Tightening {
    const { spec } = anOrder();
    const order = {
      ...anOrder(),
      decisionId: id,
      filled: quantity('2'),
      spec: { ...spec, side, quantity: quantity('10'), terms },
    };
    return { order, terms: stop('145'), quantity: quantity('10'), instrument: AAPL, quote, ...change };
  }

  const answer = (change: Tightening): string => {
    const granted = approveTightening(change, 'the change');
    return granted.ok ? `granted by ${granted.value.decisionId}` : granted.error;
  };

  test.each<[string, Tightening]>([
    ['fewer units', tightening({ quantity: quantity('3') })],
    ['a sell stop nearer to the market', tightening({ terms: stop('149.98') })],
    ['a buy stop nearer to the market', tightening({ terms: stop('150.01') }, 'BUY', stop('155'))],
    [
      'fewer of an order without a stop',
      tightening({ quantity: quantity('3'), terms: limit('160') }, 'SELL', limit('160')),
    ],
  ])('%s', (_, change) => {
    expect(answer(change)).toBe('granted by d-1');
  });

  test.each<[string, Tightening, string]>([
    [
      'an order of others',
      { ...tightening({}), order: { ...tightening({}).order, decisionId: null } },
      'no decision of ours',
    ],
    ['more units', tightening({ quantity: quantity('11') }), 'a larger quantity is more risk'],
    ['fewer than have filled', tightening({ quantity: quantity('2') }), 'so much has filled already'],
    ['another type', tightening({ terms: limit('145') }), 'another order type'],
    ['another limit', tightening({ terms: limit('161') }, 'SELL', limit('160')), 'another price needs a decision'],
    [
      'the stop of a stop limit',
      tightening({ terms: { type: 'STP LMT', stop: price('146'), limit: price('144') } }, 'SELL', {
        type: 'STP LMT',
        stop: price('145'),
        limit: price('144'),
      }),
      'only the stop of ',
    ],
    ['a sell stop further away', tightening({ terms: stop('144') }), 'against the position, from 145 to 144'],
    ['a buy stop further away', tightening({ terms: stop('156') }, 'BUY', stop('155')), 'against the position'],
    ['a sell stop at the bid', tightening({ terms: stop('149.99') }), 'past the market, 149.99'],
    ['a buy stop at the ask', tightening({ terms: stop('150') }, 'BUY', stop('155')), 'past the market, 150'],
    ['an unknown market', tightening({ terms: stop('146'), quote: null }), 'the market is not known'],
    ['a stop between two ticks', tightening({ terms: stop('146.005') }), 'off tick'],
  ])('not so %s', (_, change, why) => {
    expect(answer(change)).toContain(why);
  });
});
