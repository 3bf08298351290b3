import { laterBy, orderNumber } from '#domain/ids';
import type { LimitFigure } from '#domain/limit-figure';
import type { LossScope } from '#domain/loss-latch';
import { money, price, quantity, ratio, signedQuantity } from '#domain/money';
import type { RiskReason } from '#domain/risk-decision';
import { AMD, FRIDAY } from '#test/builders/domain-records';

export const NOTIONAL: RiskReason = {
  code: 'ORDER_NOTIONAL',
  projected: money('12768'),
  limit: money('10000'),
  headroom: money('-2768'),
  used: ratio('1.2768'),
  currency: 'USD',
  source: 'global',
  largest: quantity('10'),
};
export const COLLAR: RiskReason = {
  code: 'PRICE_COLLAR',
  price: price('170'),
  reference: price('164.1'),
  deviation: ratio('0.035953686776'),
  warnAt: ratio('0.02'),
  denyAt: ratio('0.05'),
};

const POSITION: LimitFigure = {
  unit: 'units',
  limitName: 'position',
  of: 'AMD',
  source: 'symbol',
  largest: quantity('50'),
  before: quantity('100'),
  after: quantity('160'),
  limit: quantity('150'),
};
const MONEY = {
  unit: 'money',
  currency: 'USD',
  before: money('8000'),
  after: money('12000'),
  limit: money('10000'),
} as const;
const GROSS: LimitFigure = { ...MONEY, limitName: 'gross-exposure', of: '', source: 'global', largest: quantity('7') };
const SECTOR: LimitFigure = { ...GROSS, limitName: 'sector-exposure', of: 'Technology', source: 'sector' };
const CLUSTER: LimitFigure = { ...GROSS, limitName: 'correlated-exposure', of: 'NVDA', source: 'default' };
const LOSS: LimitFigure = { ...MONEY, limitName: 'daily-loss', of: 'AMD', source: 'symbol', largest: null };
const ACCOUNT = { over: 'account' } as const satisfies LossScope;
const MEMBERS = [
  { symbol: 'MSFT', correlation: ratio('0.83'), amount: money('5000') },
  { symbol: 'ZZZ', correlation: null, amount: money('1000') },
];

/** Every reason that a check can give, with its words. A code without words, or words without a code, fails. */
export const REASONS: readonly (readonly [RiskReason, string])[] = [
  [
    { code: 'NOT_READY', phase: 'degraded' },
    'Not connected and reconciled: the session is degraded. Orders pass once it is ready.',
  ],
  [
    { code: 'TRADING_STATE', state: 'REDUCING', reason: 'daily loss' },
    'Trading is REDUCING: daily loss. Only orders that reduce a position pass until a person resets or acknowledges it.',
  ],
  [
    { code: 'TRADING_STATE', state: 'HALTED', reason: '' },
    'Trading is HALTED. New orders are denied until a person resets it.',
  ],
  [
    { code: 'INSTRUMENT_UNKNOWN', symbol: 'ZZZQ' },
    'IBKR knows no stock or ETF ZZZQ. Search by name to find its symbol.',
  ],
  [
    { code: 'INSTRUMENT_NOT_TRADABLE', symbol: 'ES', securityType: 'FUT' },
    'ES is of type FUT. Only stocks and ETFs (STK) can be ordered.',
  ],
  [
    { code: 'NO_EXCHANGE_RATE', from: 'USD', to: 'CHF' },
    'IBKR has given no exchange rate from USD to CHF; the value of this order can not be known.',
  ],
  [
    { code: 'NO_EXCHANGE_RATE', from: 'USD', to: '' },
    'IBKR has not said yet which currency the account is kept in; a value in USD can not be known.',
  ],
  [{ code: 'QUANTITY_ZERO', leg: 'parent' }, 'Quantity is 0. It must be more than 0.'],
  [{ code: 'QUANTITY_ZERO', leg: 'take-profit' }, 'Target quantity is 0. It must be more than 0.'],
  [
    { code: 'QUANTITY_INCREMENT', leg: 'parent', quantity: quantity('1.5'), increment: quantity('1') },
    'Quantity 1.5 is not a multiple of 1.',
  ],
  [
    { code: 'QUANTITY_MINIMUM', leg: 'stop-loss', quantity: quantity('5'), minimum: quantity('10') },
    'Stop-loss quantity 5 is below the smallest order, 10.',
  ],
  [
    { code: 'QUANTITY_LIMIT', quantity: quantity('20000'), limit: quantity('10000') },
    'Quantity is 20,000. The limit is 10,000 (global).',
  ],
  [
    { code: 'QUANTITY_BELOW_FILLED', quantity: quantity('10'), filled: quantity('20') },
    'Quantity 10 is below the 20 already filled. Cancel the order to stop the rest.',
  ],
  [{ code: 'PRICE_NOT_POSITIVE', leg: 'parent', field: 'limit', price: price('-1') }, 'Price −1.00 is not above zero.'],
  [
    {
      code: 'PRICE_OFF_TICK',
      leg: 'parent',
      field: 'limit',
      price: price('164.603'),
      increment: price('0.01'),
      below: price('164.6'),
      above: price('164.61'),
    },
    'Price 164.603 is not a multiple of the tick 0.01. Nearest: 164.60 and 164.61.',
  ],
  [
    {
      code: 'PRICE_OFF_TICK',
      leg: 'stop-loss',
      field: 'stop',
      price: price('0.12345'),
      increment: price('0.0001'),
      below: price('0.1234'),
      above: price('0.1235'),
    },
    'Stop-loss price 0.12345 is not a multiple of the tick 0.0001. Nearest: 0.1234 and 0.1235.',
  ],
  [
    { code: 'BRACKET_GEOMETRY', leg: 'stop-loss', side: 'BUY', price: price('165'), entry: price('164.1') },
    'Stop-loss 165.00 must be below the entry 164.10 of a BUY bracket.',
  ],
  [
    { code: 'BRACKET_GEOMETRY', leg: 'take-profit', side: 'BUY', price: price('160'), entry: price('164.1') },
    'Target 160.00 must be above the entry 164.10 of a BUY bracket.',
  ],
  [
    { code: 'BRACKET_GEOMETRY', leg: 'stop-loss', side: 'SELL', price: price('160'), entry: price('164.1') },
    'Stop-loss 160.00 must be above the entry 164.10 of a SELL bracket.',
  ],
  [
    { code: 'STOP_ALREADY_TRIGGERED', leg: 'stop-loss', side: 'SELL', stop: price('165'), touch: price('164.09') },
    'Stop-loss 165.00 would trigger at once: a SELL stop must be below the bid 164.09.',
  ],
  [
    { code: 'STOP_ALREADY_TRIGGERED', leg: 'parent', side: 'BUY', stop: price('160'), touch: price('164.1') },
    'Stop 160.00 would trigger at once: a BUY stop must be above the ask 164.10.',
  ],
  [
    { code: 'TRAIL_BELOW_TICK', leg: 'protective-stop', distance: price('0.001'), increment: price('0.01') },
    'A trail of 0.001 is less than the tick 0.01: the stop could not keep its distance.',
  ],
  [
    { code: 'SCALE_OUT_QUANTITY', sum: quantity('9'), quantity: quantity('10') },
    'The levels add up to 9; the entry is for 10. They must be the same.',
  ],
  [
    { code: 'PROTECTS_TOO_MUCH', quantity: quantity('10'), position: signedQuantity('15'), covered: quantity('8') },
    'A stop for 10 is more than the position +15 has left to protect: 8 of it has an exit already.',
  ],
  [
    {
      code: 'STOP_ALREADY_TRIGGERED',
      leg: 'protective-stop',
      side: 'SELL',
      stop: price('165'),
      touch: price('164.09'),
    },
    'Stop 165.00 would trigger at once: a SELL stop must be below the bid 164.09.',
  ],
  [{ code: 'NO_QUOTE', symbol: 'CVX' }, 'There is no quote for CVX yet; orders that add risk need one.'],
  [
    { code: 'QUOTE_NOT_REAL_TIME', symbol: 'CVX', kind: 'delayed' },
    'The CVX quote is delayed; orders that add risk need real-time data.',
  ],
  [
    { code: 'QUOTE_STALE', symbol: 'CVX', ageMs: 18_000, limitMs: 5_000 },
    'The CVX quote is 18 s old; orders that add risk need one under 5 s.',
  ],
  [{ code: 'HALTED', symbol: 'CVX' }, 'CVX is halted. Orders that add risk pass once it trades again.'],
  [COLLAR, 'Price 170.00 is 3.60% through 164.10. Warned from 2%, denied from 5%.'],
  [NOTIONAL, 'Order exposure would be $12,768. The limit is $10,000 (global). Largest that passes: 10.'],
  [
    { code: 'SHORT_NOT_ALLOWED', position: signedQuantity('10'), projected: signedQuantity('-10') },
    'Position +10 could become −10. Selling short is off (risk.allowShort).',
  ],
  [
    { code: 'POSITION_LIMIT', symbol: 'AMD', figure: POSITION },
    'Position AMD would be 160 (now 100). The limit is 150 (symbol). Largest that passes: 50.',
  ],
  [
    { code: 'GROSS_EXPOSURE', figure: GROSS },
    'Gross exposure would be $12,000 (now $8,000). The limit is $10,000 (global). Largest that passes: 7.',
  ],
  [
    { code: 'SECTOR_EXPOSURE', sector: 'Technology', figure: SECTOR },
    'Sector exposure Technology would be $12,000 (now $8,000). The limit is $10,000 (sector). Largest that passes: 7.',
  ],
  [
    {
      code: 'CORRELATED_EXPOSURE',
      symbol: 'AMD',
      figure: CLUSTER,
      threshold: ratio('0.7'),
      members: MEMBERS,
      others: 0,
    },
    'Correlated exposure NVDA would be $12,000 (now $8,000). The limit is $10,000 (default). It counts MSFT $5,000 (0.83), ZZZ $1,000 (same sector). Largest that passes: 7.',
  ],
  [
    {
      code: 'CORRELATED_EXPOSURE',
      symbol: 'AMD',
      figure: { ...CLUSTER, largest: null },
      threshold: ratio('0.7'),
      members: MEMBERS.slice(0, 1),
      others: 3,
    },
    'Correlated exposure NVDA would be $12,000 (now $8,000). The limit is $10,000 (default). It counts MSFT $5,000 (0.83) and 3 more.',
  ],
  [
    { code: 'CORRELATIONS_STALE', ageMs: 2 * 86_400_000 },
    'The correlations are 2d 00h old. Update them with update-correlations.',
  ],
  [
    { code: 'CORRELATIONS_MISSING', symbols: ['AMD', 'ZZZ'], policy: 'sector' },
    'No correlations are known of AMD, ZZZ: names of the same sector count as correlated, the others as not. Update them with update-correlations.',
  ],
  [
    { code: 'CORRELATIONS_MISSING', symbols: ['AMD'], policy: 'deny' },
    'No correlations are known of AMD: orders that add risk are denied. Update them with update-correlations.',
  ],
  [
    { code: 'EXPOSURE_UNKNOWN', symbols: ['AMD', 'ZZZ'] },
    'The value of AMD, ZZZ is not known: no price, or no exchange rate. Orders that add risk pass once it is.',
  ],
  [
    { code: 'DAILY_LOSS', scope: ACCOUNT, figure: { ...LOSS, of: '', source: 'global' } },
    'The loss of the day of the account is $8,000. The limit is $10,000 (global); there only reducing is allowed.',
  ],
  [
    {
      code: 'LOSS_LATCHED',
      latch: {
        scope: { over: 'symbol', conId: AMD.conId, symbol: 'AMD' },
        at: FRIDAY,
        loss: money('2100'),
        limit: money('2000'),
        source: 'symbol',
        currency: 'USD',
        until: laterBy(FRIDAY, 3_600_000),
      },
    },
    'The loss of the day of AMD reached $2,100; its limit is $2,000 (symbol). Only reducing is allowed until the next session day, or until a person resets it.',
  ],
  [
    { code: 'DAY_PNL_UNKNOWN', symbol: 'AMD', why: 'its price is not known' },
    'The profit and loss of the day of AMD is not known: its price is not known.',
  ],
  [
    { code: 'SYMBOL_NOT_ALLOWED', symbol: 'AMD', list: 'denied' },
    'AMD is on the list of denied symbols (risk.deniedSymbols).',
  ],
  [
    { code: 'SYMBOL_NOT_ALLOWED', symbol: 'AMD', list: 'allowed' },
    'AMD is not on the list of allowed symbols (risk.allowedSymbols).',
  ],
  [
    { code: 'MARKET_CLOSED', symbol: 'AMD', opensAt: null },
    'The market of AMD is closed. Override with a reason, or set risk.orderManagementWhenClosed.',
  ],
  [
    { code: 'MARKET_CLOSED', symbol: 'AMD', opensAt: FRIDAY },
    'The market of AMD is closed; it opens 2026-11-20 15:30:00 UTC. Override with a reason, or set risk.orderManagementWhenClosed.',
  ],
  [
    { code: 'HOURS_UNKNOWN', symbol: 'AMD' },
    'IBKR has given no trading hours of AMD: only cancels are allowed. Override with a reason, or set risk.orderManagementWhenClosed.',
  ],
  [
    { code: 'FLIP_NOT_ALLOWED', position: signedQuantity('100'), projected: signedQuantity('-50') },
    'Position +100 would cross zero to −50. Close it first, or say that it may (--allow-flip).',
  ],
  [
    { code: 'ORDERS_PER_SIDE', side: 'BUY', working: 20, limit: 20 },
    '20 orders to BUY it work already. The limit is 20; IBKR takes 20 of one symbol and side.',
  ],
  [
    { code: 'ORDER_RATE', inLastSecond: 10, limit: 10 },
    '10 orders and changes were sent in the last second. The limit is 10 (risk.ordersPerSecondMax).',
  ],
  [
    { code: 'ORDER_EFFICIENCY', messages: 45, executions: 2, warnAt: 15 },
    '45 messages about orders for 2 executions today. IBKR asks for fewer than 20 for each; warned from 15.',
  ],
  [
    { code: 'SELF_CROSS', number: orderNumber(1051), price: price('150') },
    'It would meet our own order 1051 at 150.00. Cancel that one first.',
  ],
  [
    { code: 'MARGIN', needed: money('12000'), available: money('10000'), currency: 'USD' },
    'Initial margin would be $12,000; equity with loan value would be $10,000.',
  ],
  [{ code: 'MARGIN_UNKNOWN', why: 'no answer in time' }, 'IBKR has not said what margin it needs: no answer in time.'],
  [{ code: 'POSITION_UNKNOWN', symbol: 'AMD' }, 'The position in AMD is not known yet; IBKR has sent no snapshot.'],
  [
    { code: 'DUPLICATE', of: orderNumber(1051), ageMs: 1_200, windowMs: 2_000 },
    'The same as order 1051, sent 1.2 s ago. Repeats pass after 2 s.',
  ],
];
