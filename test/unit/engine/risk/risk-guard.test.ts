import { describe, expect, test } from 'vitest';
import { decisionId } from '#domain/ids';
import { checkNameSchema, riskDecisionSchema, warningsOf } from '#domain/risk-decision';
import { approve, decide, RISK_CHECKS } from '#engine/risk/risk-guard';
import { EngineHarness } from '#test/builders/engine-harness';
import { aContext, limit, placing, placingBracket } from '#test/builders/engine-risk';

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
