import { describe, expect, test } from 'vitest';
import { exchangeRateOf } from '#engine/portfolio/exchange-rates';
import { EngineHarness } from '#test/builders/engine-harness';

/** A session of which IBKR has told nothing of the account. */
function silent(): EngineHarness {
  return new EngineHarness();
}

const tells = (trader: EngineHarness, key: string, value: string, currency: string): unknown =>
  trader.fact({ kind: 'account-value', key, value, currency });

describe('figures of the account', () => {
  test('are kept in the currency that the account is kept in, or in none', () => {
    const trader = silent();
    tells(trader, 'AccountType', 'INDIVIDUAL', '');
    tells(trader, 'NetLiquidation', '1000', 'CHF');
    tells(trader, 'CashBalance', '400', 'CHF');
    tells(trader, 'CashBalance', '7', 'EUR');
    tells(trader, 'StockMarketValue', '600', 'BASE');
    expect(trader.state.observed.baseCurrency).toBe('CHF');
    expect(Object.fromEntries(trader.state.observed.accountValues)).toEqual({
      AccountType: 'INDIVIDUAL',
      NetLiquidation: '1000',
      CashBalance: '400',
      StockMarketValue: '600',
    });
  });

  test('of all currencies together win over the part that is in the base currency', () => {
    const trader = silent();
    tells(trader, 'NetLiquidation', '1000', 'CHF');
    tells(trader, 'UnrealizedPnL', '3', 'CHF');
    tells(trader, 'UnrealizedPnL', '12', 'BASE');
    tells(trader, 'UnrealizedPnL', '4', 'CHF');
    expect(trader.state.observed.accountValues.get('UnrealizedPnL')).toBe('12');
  });

  test('the sum over all currencies does not name one', () => {
    const trader = silent();
    tells(trader, 'NetLiquidation', '1000', 'BASE');
    expect(trader.state.observed.baseCurrency).toBeNull();
    tells(trader, 'NetLiquidation', '1000', '');
    expect(trader.state.observed.baseCurrency).toBeNull();
  });
});

describe('one unit of a currency in the base currency', () => {
  test('is not known before the account is', () => {
    const trader = silent();
    tells(trader, 'ExchangeRate', '1', 'USD');
    expect(exchangeRateOf(trader.state, 'USD')).toBeNull();
  });

  test('is one for the base currency, and what IBKR says for the others', () => {
    const trader = silent();
    tells(trader, 'NetLiquidation', '1000', 'CHF');
    tells(trader, 'ExchangeRate', '0.9', 'USD');
    expect(exchangeRateOf(trader.state, 'CHF')).toBe('1');
    expect(exchangeRateOf(trader.state, 'USD')).toBe('0.9');
    expect(exchangeRateOf(trader.state, 'JPY')).toBeNull();
  });

  test.each(['', '0', '0.00', '-1'])('is unknown again when IBKR sends "%s": nothing is worth nothing', (rate) => {
    const trader = silent();
    tells(trader, 'NetLiquidation', '1000', 'CHF');
    tells(trader, 'ExchangeRate', '0.9', 'USD');
    tells(trader, 'ExchangeRate', rate, 'USD');
    expect(exchangeRateOf(trader.state, 'USD')).toBeNull();
  });
});
