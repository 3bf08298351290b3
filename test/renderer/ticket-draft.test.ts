import { describe, expect, test } from 'vitest';
import { price, quantity, signedQuantity } from '#domain/money';
import { describeTickMove } from '#renderer/panels/order-ticket/field-reader';
import { readTicket } from '#renderer/panels/order-ticket/read-ticket';
import { EMPTY_DRAFT, type TicketDraft } from '#renderer/stores/ticket-draft';
import { rewardAndRisk, submitWords } from '#renderer/panels/order-ticket/ticket-words';
import { riskFiguresOf } from '#renderer/stores/risk-figures';
import { steppedPrice, steppedQuantity } from '#renderer/stores/steps';
import { present } from '#domain/assert';
import { aStock, TradingDay } from '#test/renderer/trading-day';

const NVDA = aStock(3, 'NVDA', 'NVIDIA CORP');
const bracket: TicketDraft = {
  ...EMPTY_DRAFT,
  quantity: '40',
  entry: '181.70',
  target: '188.60',
  stop: '178.60',
};

describe('reading the ticket', () => {
  test('a filled-in bracket is one command', () => {
    expect(readTicket(bracket, NVDA).command).toEqual({
      kind: 'place-bracket',
      request: {
        symbol: 'NVDA',
        side: 'BUY',
        quantity: '40',
        parent: { type: 'LMT', limit: '181.7' },
        takeProfit: { limit: '188.6' },
        stopLoss: { type: 'STP', stop: '178.6' },
        levels: [],
        timeInForce: 'DAY',
        exitTimeInForce: 'GTC',
        outsideRth: false,
      },
    });
  });

  test('a single order at market needs a quantity alone', () => {
    const reading = readTicket({ ...EMPTY_DRAFT, kind: 'single', entryType: 'MKT', quantity: '1,500' }, NVDA);
    expect(reading.command).toMatchObject({
      kind: 'place-order',
      request: { quantity: '1500', terms: { type: 'MKT' } },
    });
  });

  test('an empty field is missing, not wrong', () => {
    const reading = readTicket({ ...bracket, stop: '' }, NVDA);
    expect(reading).toMatchObject({ command: null, missing: ['stop'], faults: new Map() });
  });

  test.each([
    ['0', 'Quantity must be above 0.'],
    ['ten', 'Quantity must be a number such as 40.'],
    ['1.5', 'Quantity moves in steps of 1.'],
  ])('quantity %s is refused in words', (text, words) => {
    expect(readTicket({ ...bracket, quantity: text }, NVDA).faults.get('quantity')).toBe(words);
  });

  test('an off-tick price says what it becomes, to the safer side', () => {
    const { moves, command } = readTicket({ ...bracket, entry: '181.703', target: '188.601', stop: '178.606' }, NVDA);
    expect(describeTickMove(present(moves.get('entry'), 'the move'))).toBe('Tick 0.01: becomes 181.70');
    expect(command).toMatchObject({
      request: { parent: { limit: '181.7' }, takeProfit: { limit: '188.61' }, stopLoss: { stop: '178.6' } },
    });
  });
});

describe('what the ticket says', () => {
  test('the button names verb, size, symbol and price', () => {
    const command = present(readTicket(bracket, NVDA).command, 'the command');
    expect(submitWords(command, null)).toBe('Buy 40 NVDA at 181.70');
    const sell = { ...bracket, kind: 'single', side: 'SELL', entryType: 'STP', entry: '170' } as const;
    const selling = present(readTicket(sell, NVDA).command, 'the command');
    expect(submitWords(selling, signedQuantity('60'))).toBe('Sell 40 NVDA stop 170.00');
    expect(submitWords(selling, signedQuantity('10'))).toBe('Sell short 40 NVDA stop 170.00');
  });

  test('reward and risk come from the entry', () => {
    const outlook = rewardAndRisk(readTicket(bracket, NVDA).command, NVDA, undefined);
    expect(outlook).toMatchObject({ atTarget: '276', atStop: '-124' });
    expect(outlook?.ratio).toBeCloseTo(2.2258, 3);
  });
});

describe('stepping', () => {
  test('a price moves by ticks, from the grid', () => {
    expect(steppedPrice('181.70', 1, 1, NVDA, null)).toBe('181.71');
    expect(steppedPrice('181.70', -1, 10, NVDA, null)).toBe('181.60');
    expect(steppedPrice('181.703', -1, 1, NVDA, null)).toBe('181.70');
  });

  test('an empty price starts at the market', () => {
    expect(steppedPrice('', 1, 1, NVDA, price('182.64'))).toBe('182.64');
  });

  test('at a band edge the step below is the finer one', () => {
    const banded = {
      ...NVDA,
      priceBands: [
        { from: price('0'), increment: price('0.0001') },
        { from: price('1'), increment: price('0.01') },
      ],
    };
    expect(steppedPrice('1.00', -1, 1, banded, null)).toBe('0.9999');
  });

  test('a quantity never steps to zero', () => {
    expect(steppedQuantity('2', -1, 10, quantity('1'))).toBe('1');
    expect(steppedQuantity('40', 1, 10, quantity('1'))).toBe('50');
  });
});

describe('the figures beside a verdict', () => {
  const figuresFor = (size: string) => {
    const day = new TradingDay().connect();
    const command = present(readTicket({ ...bracket, quantity: size }, day.stock('NVDA')).command, 'the command');
    const decision = day.workstation.decideOn(command);
    return { decision, figures: riskFiguresOf(decision) };
  };

  test('a passing order shows what it uses of each limit and the largest that passes', () => {
    const { decision, figures } = figuresFor('40');
    expect(decision.outcome).toBe('approved');
    expect(figures.limits).toMatchObject([
      { name: 'Order exposure', after: '7268', limit: '100000', source: 'global', severity: 'pass' },
      { name: 'Position', before: '0', after: '40', limit: '10000', unit: 'sh' },
      { name: 'Order quantity', after: '40', limit: '10000' },
    ]);
    expect(figures.largest).toBe('550');
  });

  test('the engine denies one share more than the largest, and not the largest itself', () => {
    expect(figuresFor('550').decision.outcome).toBe('approved');
    expect(figuresFor('551').decision.outcome).toBe('denied');
    expect(figuresFor('551').figures.largest).toBe('550');
  });
});
