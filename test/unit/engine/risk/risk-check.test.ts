import { describe, expect, test } from 'vitest';
import { quantity, signedQuantity } from '#domain/money';
import { addsRisk, isReducing, largestOf } from '#engine/risk/risk-check';
import { aContext, aLegOf, limit, market, modifying, placing, placingBracket, stop } from '#test/builders/engine-risk';

describe('10 shares are held', () => {
  const position = signedQuantity('10');

  test('selling up to 10 reduces, selling 11 crosses zero and adds', () => {
    expect(isReducing(aContext(placing('SELL', '10', market), { position }))).toBe(true);
    expect(isReducing(aContext(placing('SELL', '11', market), { position }))).toBe(false);
  });

  test('buying adds', () => {
    expect(isReducing(aContext(placing('BUY', '1', market), { position }))).toBe(false);
  });

  test('a second close that would flip the position does not reduce', () => {
    const sellLeaves = quantity('6');
    expect(isReducing(aContext(placing('SELL', '4', market), { position, sellLeaves }))).toBe(true);
    expect(isReducing(aContext(placing('SELL', '5', market), { position, sellLeaves }))).toBe(false);
  });

  test('of a changed order only what has not filled counts', () => {
    const change = (shares: string) => modifying(aLegOf('SELL', shares, limit('150')), { filled: quantity('2') });
    expect(isReducing(aContext(change('12'), { position }))).toBe(true);
    expect(isReducing(aContext(change('13'), { position }))).toBe(false);
  });

  test('a bracket against the position trades back by its exits: it does not reduce', () => {
    expect(isReducing(aContext(placingBracket('SELL', limit('150'), null, '160'), { position }))).toBe(false);
  });
});

test('a short position is reduced by buying, beside what other orders buy', () => {
  const position = signedQuantity('-10');
  expect(isReducing(aContext(placing('BUY', '10', stop('160')), { position }))).toBe(true);
  expect(isReducing(aContext(placing('BUY', '10', stop('160')), { position, buyLeaves: quantity('1') }))).toBe(false);
  expect(isReducing(aContext(placing('SELL', '1', market), { position }))).toBe(false);
});

test('nothing reduces a flat or an unknown position', () => {
  expect(isReducing(aContext(placing('SELL', '1', market)))).toBe(false);
  expect(isReducing(aContext(placing('SELL', '1', market), { position: null }))).toBe(false);
});

describe('the largest quantity, where a limit lets 5 be open', () => {
  const five = quantity('5');

  test('is that, and what has filled', () => {
    expect(largestOf(aContext(placing('BUY', '1', market)), five)).toBe('5');
    const change = modifying(aLegOf('BUY', '10', limit('150')), { filled: quantity('2') });
    expect(largestOf(aContext(change), five)).toBe('7');
  });

  test('is never less than what only reduces', () => {
    expect(largestOf(aContext(placing('SELL', '1', market), { position: signedQuantity('10') }), five)).toBe('10');
  });
});

test('a stop that protects the position reduces it, also beside the order that closes it', () => {
  const exit = modifying(aLegOf('SELL', '10', stop('140'), 'stop-loss'));
  const closing = { position: signedQuantity('10'), sellLeaves: quantity('10') };
  expect(isReducing(aContext(exit, closing))).toBe(true);
  expect(isReducing(aContext(modifying(aLegOf('SELL', '10', stop('140'))), closing))).toBe(false);
});

test('what protects adds no risk, also while it waits for its entry', () => {
  expect(addsRisk(aContext(modifying(aLegOf('SELL', '10', limit('160'), 'take-profit'))))).toBe(false);
  expect(addsRisk(aContext(placing('SELL', '1', market)))).toBe(true);
});
