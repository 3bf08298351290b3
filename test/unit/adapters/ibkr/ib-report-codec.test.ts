import { SecType, type Contract, type Execution } from '@stoqey/ib';
import { describe, expect, test } from 'vitest';
import { decodeCommission, decodeExecution, decodePosition } from '#adapters/ibkr/ib-report-codec';
import { epochMs } from '#domain/ids';
import { without } from './builders';

const AT = epochMs(1_767_623_460_000);
const stock: Contract = { conId: 265598, symbol: 'AAPL', secType: SecType.STK };
const execution: Execution = {
  execId: '0000e0d5.66000001.01.01',
  acctNumber: 'DU1234567',
  exchange: 'ISLAND',
  side: 'BOT',
  shares: 10,
  price: 150.25,
  permId: 1900000001,
  clientId: 7,
  orderId: 1,
  orderRef: 'run1-1',
};

describe('an execution', () => {
  test('is read in full', () => {
    expect(decodeExecution(stock, execution, AT)).toEqual({
      ok: true,
      value: {
        execId: '0000e0d5.66000001.01.01',
        account: 'DU1234567',
        conId: 265598,
        symbol: 'AAPL',
        side: 'BUY',
        quantity: '10',
        price: '150.25',
        exchange: 'ISLAND',
        at: AT,
        clientId: 7,
        orderId: 1,
        permId: 1900000001,
        orderRef: 'run1-1',
      },
    });
  });

  test('of an order from elsewhere has no keys of ours', () => {
    const rest = without(execution, 'exchange', 'orderRef', 'clientId');
    expect(decodeExecution(stock, { ...rest, side: 'SLD', permId: 0, orderId: 0 }, AT)).toMatchObject({
      value: { side: 'SELL', exchange: '', clientId: null, orderId: null, permId: null, orderRef: null },
    });
    expect(decodeExecution(stock, { ...execution, orderRef: '' }, AT)).toMatchObject({ value: { orderRef: null } });
  });

  test.each<[string, Execution, Contract]>([
    ['id', { execId: '' }, stock],
    ['account', { acctNumber: 'not an account' }, stock],
    ['side', { side: 'HELD' }, stock],
    ['quantity', { shares: 0 }, stock],
    ['unset quantity', { shares: 9223372036854776000 }, stock],
    ['price', { price: Number.MAX_VALUE }, stock],
    ['instrument number', {}, { ...stock, conId: 0 }],
  ])('with a senseless %s is refused and shown', (_, change, contract) => {
    expect(decodeExecution(contract, { ...execution, ...change }, AT)).toMatchObject({
      ok: false,
      error: expect.stringContaining('an execution can not be read: {') as string,
    });
  });
});

describe('a commission', () => {
  test('is read', () => {
    expect(decodeCommission({ execId: 'e.1', commission: 1.05, currency: 'USD' })).toEqual({
      ok: true,
      value: { execId: 'e.1', commission: { amount: '1.05', currency: 'USD' } },
    });
  });

  test('that is not set is unknown, not zero', () => {
    expect(decodeCommission({ execId: 'e.1', currency: 'USD' })).toEqual({ ok: true, value: null });
    expect(decodeCommission({ execId: 'e.1', commission: 2147483647, currency: 'USD' })).toEqual({
      ok: true,
      value: null,
    });
  });

  test.each([{ execId: '' }, { currency: 'dollars' }])('with %o is refused', (change) => {
    const report = { execId: 'e.1', commission: 1, currency: 'USD', ...change };
    expect(decodeCommission(report)).toMatchObject({ ok: false });
  });
});

describe('a position', () => {
  test('is read with its sign and cost', () => {
    expect(decodePosition('DU1234567', stock, -10, 150.123456789)).toEqual({
      ok: true,
      value: {
        kind: 'position',
        account: 'DU1234567',
        conId: 265598,
        symbol: 'AAPL',
        quantity: '-10',
        averageCost: '150.123456789',
      },
    });
  });

  test('of zero has no cost, nor has a derivative, whose cost IBKR multiplies', () => {
    expect(decodePosition('DU1234567', stock, 0, 0)).toMatchObject({ value: { quantity: '0', averageCost: null } });
    const option: Contract = { conId: 7, symbol: 'AAPL', secType: SecType.OPT };
    expect(decodePosition('DU1234567', option, 1, 530)).toMatchObject({ value: { averageCost: null } });
    expect(decodePosition('DU1234567', stock, 5, undefined)).toMatchObject({ value: { averageCost: null } });
  });

  test.each<[string, string, Contract, number | undefined]>([
    ['account', '', stock, 1],
    ['instrument', 'DU1234567', { symbol: 'AAPL' }, 1],
    ['unset quantity', 'DU1234567', stock, undefined],
    ['sentinel', 'DU1234567', stock, 9223372036854776000],
  ])('with a senseless %s is refused', (_, account, contract, held) => {
    expect(decodePosition(account, contract, held, 1)).toMatchObject({ ok: false });
  });
});
