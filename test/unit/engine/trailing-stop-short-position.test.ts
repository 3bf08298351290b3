import { expect, test } from 'vitest';
import { percent, price } from '#domain/money';
import { TrailingDesk } from '#test/builders/trailing-desk';

const short = (): TrailingDesk => TrailingDesk.holding({ held: '-10' });

test('a BUY stop rests three dollars above the market and follows it down', () => {
  const desk = short();
  const number = desk.rests({ side: 'BUY' });
  expect(desk.order(number).spec).toMatchObject({ side: 'BUY', terms: { type: 'STP', stop: '153' } });
  desk.movesTo('147.5', number);
  expect(desk.stopOf(number)).toBe('150.5');
  expect(desk.stop.waterMark).toBe('147.5');
});

test('by percent, it is rounded up to the tick', () => {
  const desk = short();
  const number = desk.rests({ side: 'BUY', trail: { by: 'percent', percent: percent('2') } });
  desk.movesTo('147.33', number);
  expect(desk.stopOf(number)).toBe('150.28'); // 147.33 × 1.02 = 150.2766
});

test('it never moves up again', () => {
  const desk = short();
  const number = desk.rests({ side: 'BUY' });
  desk.movesTo('147', number);
  desk.movesTo('149', number);
  expect(desk.stopOf(number)).toBe('150');
  expect(desk.ratchets).toEqual(['150']);
});

test('one that follows both sides of the market keeps its distance from the ask that it would pay', () => {
  const desk = short();
  const number = desk.rests({ side: 'BUY', triggerOn: 'bidAsk' });
  expect(desk.stopOf(number)).toBe('153.01');
});

test('its activation price is below the market, and its initial stop above that', () => {
  const desk = short();
  const number = desk.rests({ side: 'BUY', activationPrice: price('148'), initialStopPrice: price('155') });
  desk.movesTo('148.01', number);
  expect(desk.ratchets).toEqual([]);
  desk.movesTo('148', number);
  expect(desk.ratchets).toEqual(['151']);
  expect(desk.trails({ side: 'BUY', activationPrice: price('148'), initialStopPrice: price('147') }).message).toContain(
    'The initial stop 147.00 of a BUY must be above its activation price 148.00',
  );
});

test('nothing rests before its activation price unless told so; then it is placed above the ask', () => {
  const desk = short();
  desk.trails({ side: 'BUY', activationPrice: price('148') });
  desk.settlesAt('148');
  expect(desk.order(1).spec).toMatchObject({ side: 'BUY', terms: { type: 'STP', stop: '151' } });
});

test('IBKR holds the mirror: the stop it begins to trail at is above the activation price', () => {
  const desk = short();
  desk.trails({ side: 'BUY', mode: null, activationPrice: price('148'), initialStopPrice: price('155') });
  expect(desk.order(1).spec.terms).toEqual({
    ...{ type: 'STP TO TRAIL', stop: '155', activation: '148', trailingStop: '151', trailAmount: '3' },
  });
});
