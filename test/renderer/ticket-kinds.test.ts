import { describe, expect, test } from 'vitest';
import { describeCustodyOf, readTicket } from '#renderer/panels/order-ticket/read-ticket';
import { EMPTY_DRAFT, EMPTY_LEG, type TicketDraft } from '#renderer/stores/ticket-draft';
import { startOfTrail, submitWords } from '#renderer/panels/order-ticket/ticket-words';
import { readProtection } from '#renderer/dialogs/protect-dialog.tsx';
import { steppedPercent } from '#renderer/panels/order-ticket/field-rows.tsx';
import { steppedPath } from '#renderer/components/stop-history.tsx';
import { price } from '#domain/money';
import { epochMs } from '#domain/ids';
import { aQuote, aStock } from '#test/renderer/trading-day';
import { present } from '#domain/assert';

const NVDA = aStock(3, 'NVDA', 'NVIDIA CORP');
const trailing: TicketDraft = { ...EMPTY_DRAFT, kind: 'trailing', side: 'SELL', quantity: '60', trail: '2' };
const custodyWords = (draft: TicketDraft): string =>
  describeCustodyOf(present(readTicket(draft, NVDA).command, 'a command'))?.words ?? '';

describe('a trailing stop on the ticket', () => {
  test('is one command, and says where it starts', () => {
    const { command } = readTicket(trailing, NVDA);
    expect(command).toEqual({
      kind: 'place-trailing-stop',
      request: {
        ...{ symbol: 'NVDA', side: 'SELL', quantity: '60', trail: { by: 'percent', percent: '2' } },
        ...{ activationPrice: null, initialStopPrice: null, triggerOn: 'last', mode: null, outsideRth: false },
      },
    });
    expect(startOfTrail(command, NVDA, aQuote(NVDA, '182.63', 0))).toBe('178.97');
    expect(submitWords(present(command, 'the command'), null)).toBe('Sell 60 NVDA trailing 2 %');
  });

  test('says who moves it, and warns while nothing would rest at IBKR', () => {
    expect(custodyWords(trailing)).toMatch(/^IBKR holds this/);
    expect(custodyWords({ ...trailing, mode: 'managed' })).toMatch(/^This app moves this: a stop rests at IBKR/);
    expect(custodyWords({ ...trailing, activation: '190' })).toContain(
      'No stop rests at IBKR until NVDA touches 190.00',
    );
    expect(custodyWords({ ...trailing, activation: '190', initialStop: '175' })).toContain('a stop rests at IBKR');
  });

  test('is not asked of IBKR where IBKR can not', () => {
    const asked = { ...trailing, mode: 'native', activation: '190' } as const;
    expect(readTicket(asked, NVDA).faults.get('mode')).toMatch(/by an amount only/);
    const byAmount = { ...asked, trailBy: 'amount', trail: '3' } as const;
    expect(readTicket(byAmount, NVDA).faults.get('mode')).toMatch(/needs an initial stop/);
    expect(readTicket({ ...byAmount, initialStop: '175' }, NVDA).faults.size).toBe(0);
  });

  test.each(['0', '100', 'x'])('does not trail by %s percent', (trail) => {
    expect(readTicket({ ...trailing, trail }, NVDA).faults.get('trail')).toMatch(/between 0 and 100/);
  });

  test('steps by tenths of a percent within its limits', () => {
    expect([steppedPercent('2', 1, 1), steppedPercent('0.1', -1, 1), steppedPercent('x', 1, 1)]).toEqual([
      '2.1',
      '0.1',
      'x',
    ]);
  });
});

describe('an OCO group on the ticket', () => {
  const legs = [
    { ...EMPTY_LEG, quantity: '60', price: '190' },
    { ...EMPTY_LEG, quantity: '60', type: 'STP', price: '170' },
  ] as const;
  const oco: TicketDraft = { ...EMPTY_DRAFT, kind: 'oco', legs };

  test('of equal orders is held by IBKR, of unequal ones by this app', () => {
    expect(custodyWords(oco)).toBe('IBKR holds this: it reduces the others by itself.');
    expect(custodyWords({ ...oco, legs: [legs[0], { ...legs[1], quantity: '30' }] })).toMatch(/^This app reduces this/);
    expect(submitWords(present(readTicket(oco, NVDA).command, 'a command'), null)).toBe('Place 2 orders as OCO');
  });

  test('takes other symbols, and says which field is missing', () => {
    const other = { ...oco, legs: [legs[0], { ...legs[1], symbol: 'amd', price: '' }] };
    expect(readTicket(other, NVDA)).toMatchObject({ command: null, missing: ['leg 2 price'] });
    const whole = { ...oco, legs: [legs[0], { ...legs[1], symbol: 'amd' }] };
    expect(readTicket(whole, NVDA).command).toMatchObject({
      request: { legs: [{ symbol: 'NVDA' }, { symbol: 'AMD' }] },
    });
  });
});

describe('a bracket with more than one target, or another stop', () => {
  const bracket: TicketDraft = { ...EMPTY_DRAFT, quantity: '40', entry: '182', stop: '178' };
  const levels = [
    { quantity: '20', limit: '186' },
    { quantity: '20', limit: '190' },
  ];

  test('scales out in parts that sum to its quantity', () => {
    expect(readTicket({ ...bracket, levels }, NVDA).command).toMatchObject({ request: { takeProfit: null, levels } });
    const short = { ...bracket, levels: [levels[0] ?? { quantity: '', limit: '' }, { quantity: '10', limit: '190' }] };
    expect(readTicket(short, NVDA).faults.get('levels')).toBe('The levels sum to 30, not 40.');
  });

  test('is stopped with a limit, or trailing', () => {
    const limited = { ...bracket, target: '190', stopType: 'STP LMT', stopLimit: '177.5' } as const;
    expect(readTicket(limited, NVDA).command).toMatchObject({
      request: { stopLoss: { type: 'STP LMT', stop: '178', limit: '177.5' } },
    });
    const trails = { ...bracket, target: '190', stop: '', stopType: 'TRAIL', trail: '2' } as const;
    expect(readTicket(trails, NVDA).command).toMatchObject({
      request: { stopLoss: { type: 'TRAIL', trail: { by: 'percent', percent: '2' }, stop: null } },
    });
  });
});

test('protecting a position reads a stop, or a trail', () => {
  const held = { symbol: 'NVDA', side: 'SELL' } as const;
  expect(readProtection({ ...held, by: 'stop', text: '175.005' }, NVDA)).toMatchObject({
    command: { request: { protection: { by: 'stop', stop: '175' } } },
    bad: false,
  });
  expect(readProtection({ ...held, by: 'percent', text: '3' }, NVDA).command?.request.protection).toEqual({
    by: 'trail',
    trail: { by: 'percent', percent: '3' },
  });
  expect(readProtection({ ...held, by: 'amount', text: 'x' }, NVDA)).toMatchObject({ command: null, bad: true });
});

test('the history of a stop is drawn as steps', () => {
  const move = (at: number, stop: string) => ({ at: epochMs(at), stop: price(stop), waterMark: null });
  expect(steppedPath([move(0, '98'), move(50, '99')], 100)).toBe('M4.0 52.0H256.0V4.0H508.0');
});
