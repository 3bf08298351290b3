import { screen, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import type { HostMeters } from '#domain/feed';
import { conId, laterBy } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { price, quantity, ratio, signedQuantity } from '#domain/money';
import type { RiskPicture } from '#domain/pnl';
import type { Quote } from '#domain/quote';
import { A_PICTURE } from '#test/renderer/risk-pictures';
import { Positions } from '#renderer/panels/positions/positions.tsx';
import { FAKE_START } from '#test/renderer/fake-workstation';
import { aQuote, aStock, TradingDay } from '#test/renderer/trading-day';
import { follow, show } from './render';

const ES: Instrument = { ...aStock(50, 'ES', 'E-MINI'), securityType: 'FUT', multiplier: quantity('50') };
const SAP: Instrument = { ...aStock(51, 'SAP', 'SAP SE'), currency: 'EUR' };

/** Columns of the table. */
const LAST = 3;
const VALUE = 8;

/** What the panel shows of an account that holds 50 AAPL, −2 ES and 10 SAP. */
async function panel(
  quotes: Partial<Record<'AAPL' | 'ES' | 'SAP', Partial<Quote>>>,
  meters: Partial<HostMeters> = {},
  risk: RiskPicture | null = null,
) {
  const day = new TradingDay().connect();
  const { workstation } = day;
  const account = workstation.state.account;
  if (account === null) throw new Error('the day has an account');
  for (const [instrument, size, cost, last] of [
    [day.stock('AAPL'), '50', '224.10', '231.42'],
    [ES, '-2', '6000', '6012.25'],
    [SAP, '10', '230', '238.6'],
  ] as const) {
    const { conId: id, symbol } = instrument;
    workstation.emit({ type: 'instrument-defined', instrument });
    workstation.emit({
      type: 'position-adopted',
      position: {
        ...{ conId: conId(id), symbol, account, changed: workstation.now },
        ...{ quantity: signedQuantity(size), averageCost: price(cost) },
      },
      why: '',
    });
    const change = symbol === 'AAPL' || symbol === 'ES' || symbol === 'SAP' ? quotes[symbol] : undefined;
    workstation.setQuotes({ ...aQuote(instrument, last, workstation.now), ...change });
  }
  workstation.meters = { ...workstation.meters, exchangeRates: { EUR: ratio('1.1') }, ...meters };
  workstation.risk = risk;
  workstation.touch();
  const session = await follow(day);
  show(session, <Positions />);
  const row = (name: RegExp): readonly string[] =>
    within(screen.getByRole('row', { name }))
      .getAllByRole('cell')
      .map((cell) => cell.textContent);
  return { row };
}

describe('positions', () => {
  test('of every kind show what they are, and their value in the currency of the account', async () => {
    const { row } = await panel({});
    expect(screen.getByRole('columnheader', { name: 'Value, USD' })).toBeDefined();
    expect(row(/^AAPL/).slice(0, 4)).toEqual(['AAPL', '+50', '224.10', '231.42']);
    expect(row(/^ES/).slice(0, 4)).toEqual(['ES FUT ×50', '−2', '6,000.00', '6,012.25']);
    expect([row(/^AAPL/)[VALUE], row(/^ES/)[VALUE], row(/^SAP/)[VALUE]]).toEqual(['11,571', '−601,225', '2,625']);
    expect(row(/^3 positions/)[VALUE - 2]).toBe('−587,029');
  });

  test('without an exchange rate a value is unknown, never zero, and there is no total', async () => {
    const { row } = await panel({}, { exchangeRates: {} });
    expect(row(/^SAP/)[VALUE]).toBe('no rateunknown: no exchange rate yet');
    expect(row(/^3 positions/)[VALUE - 2]).toBe('1 not valued');
  });

  test.each([
    [{ kind: 'delayed', why: 'delayed by 15 minutes or so' }, 'delayed', 'delayed by 15 minutes or so'],
    [{ kind: 'delayed-frozen' }, 'delayed', 'the last delayed quotes before the market closed'],
    [{ kind: 'frozen' }, 'frozen', 'the last quotes before the market closed'],
    [{ kind: 'unknown' }, 'unknown', 'IBKR has not said yet how current this is'],
    [{ live: false, why: 'another session uses the data' }, 'not live', 'another session uses the data'],
    [{ live: false }, 'not live', 'the data has stopped'],
    [{ halted: true }, 'halted', 'trading in it is halted'],
    [{ tickAt: null }, 'no quote', 'no quote yet'],
    [{ last: null, close: price('231.42') }, 'close', 'no trade seen yet: this is the close of the day before'],
  ] satisfies [Partial<Quote>, string, string][])(
    'a price that is not current says so in a word: %o',
    async (change, word, why) => {
      const { row } = await panel({ AAPL: change });
      expect(row(/^AAPL/)[LAST]).toBe(`${word}231.42, ${why}`);
      expect(screen.getByText(word).parentElement?.title).toBe(why);
    },
  );

  test('a price that nothing was heard of for long is stale', async () => {
    const { row } = await panel({ AAPL: { tickAt: laterBy(FAKE_START, -18_000) } }, { heartbeatAt: null });
    expect(row(/^AAPL/)[LAST]).toBe('stale231.42, nothing heard for more than 5 s');
  });

  test('show the result of the day beside IBKR’s, mark where they differ, and count what was closed', async () => {
    const { row } = await panel({}, {}, A_PICTURE);
    expect(row(/^AAPL/).slice(4, 8)).toEqual(['IBKR says +70.00, ours +68.50', '+70.00', '+366.00', '0.00']);
    expect(row(/^TSLA/).slice(1, 8)).toEqual(['0', '', 'closed', '−40.00', '−40.00', '0.00', '−40.00']);
    expect(row(/^ES/)[4]).toBe('–: the close of the day before is not known');
    expect(row(/^3 positions/).slice(2, 6)).toEqual(['–: ES is not known', '–', '–', '–']);
  });
});
