import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { present } from '#domain/assert';
import { dateText, DAY_MS } from '#simulator/calendar-day';
import { Exchange } from '#simulator/exchange';
import type { ExchangeOptions } from '#simulator/exchange-types';
import { afterSplit, aggregate, subdivide, type Bar, type Figures } from '#simulator/history-bars';
import { readHistoryQuery, type HistoryQuery, type HistoryWords } from '#simulator/history-query';
import { parsePriceFile, type PriceFile } from '#simulator/price-file';
import { zonedText } from '#simulator/session-calendar';

/** Monday 5 January 2026, 09:30 in New York. */
const OPENING = Date.UTC(2026, 0, 5, 14, 30);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function query(duration: string, barSize: string, words: Partial<HistoryWords> = {}): HistoryQuery {
  const plain = { endDateTime: '', whatToShow: 'TRADES', regularHoursOnly: true, keepUpToDate: false };
  const read = readHistoryQuery({ ...plain, duration, barSize, ...words }, 'US/Eastern');
  if (!read.ok) throw new Error(read.error.text);
  return read.value;
}

/** A market, and what its historical data service says. */
class Archive {
  readonly exchange: Exchange;

  constructor(options: Partial<ExchangeOptions> = {}) {
    this.exchange = new Exchange({ seed: 3, startAt: OPENING, symbols: 12, session: 'regular', ...options });
  }

  /** Trades every quarter of a second for so long. */
  live(ms: number): void {
    this.exchange.advanceTo(this.exchange.now + ms);
  }

  ask(localSymbol: string, wanted: HistoryQuery) {
    const { exchange } = this;
    const instrument = present(
      exchange.instruments.find((it) => it.localSymbol === localSymbol),
      localSymbol,
    );
    return exchange.history.bars(instrument, wanted, exchange.now);
  }

  bars(duration: string, barSize: string, words: Partial<HistoryWords> = {}, localSymbol = 'AAPL'): readonly Bar[] {
    const answer = this.ask(localSymbol, query(duration, barSize, words));
    if (!answer.ok) throw new Error(answer.error.text);
    return answer.value;
  }

  refusal(duration: string, barSize: string, words: Partial<HistoryWords> = {}, localSymbol = 'AAPL'): string {
    const answer = this.ask(localSymbol, query(duration, barSize, words));
    return answer.ok ? 'bars' : `${answer.error.code} ${answer.error.text.replace(/^.*message:/, '')}`;
  }
}

const times = (bars: readonly Bar[], zone = 'US/Eastern'): readonly string[] =>
  bars.map(({ at }) => zonedText(at, zone).slice(0, 17));
const dates = (bars: readonly Bar[]): readonly string[] => bars.map(({ day }) => dateText(day));

/** The average depends on how finely it was taken. */
function withoutAverage({ open, high, low, close, volume, count }: Figures): Omit<Figures, 'wap'> {
  return { open, high, low, close, volume, count };
}

/** What the bars of each day make up. */
function byDay(bars: readonly Bar[]): readonly Omit<Figures, 'wap'>[] {
  return [...new Set(bars.map(({ day }) => day))].map((day) => {
    return withoutAverage(aggregate(bars.filter((bar) => bar.day === day)));
  });
}

describe('daily bars', () => {
  const archive = new Archive();

  test('are those of the last sessions, and the running day is the newest', () => {
    const bars = archive.bars('4 D', '1 day');
    expect(dates(bars)).toEqual(['20251230', '20251231', '20260102', '20260105']);
    expect(times(bars)[0]).toBe('20251230 09:30:00');
  });

  test('end at the close that the quote shows', () => {
    const [yesterday] = archive.bars('2 D', '1 day');
    for (const symbol of ['AAPL', 'ESZ7', 'SAP', 'BRK B']) {
      const quote = archive.exchange.quoteOf(
        present(
          archive.exchange.instruments.find(({ localSymbol }) => localSymbol === symbol),
          symbol,
        ),
      );
      expect([symbol, archive.bars('2 D', '1 day', {}, symbol)[0]?.close]).toEqual([symbol, quote.close]);
    }
    expect(yesterday?.close).toBe(2_325_000);
  });

  test('are the same for the same seed, in whatever order they are asked for, and others for another', () => {
    const other = new Archive();
    other.bars('30 D', '5 mins', {}, 'MSFT');
    other.bars('2 D', '1 day');
    expect(other.bars('2 Y', '1 day')).toEqual(archive.bars('2 Y', '1 day'));
    expect(other.bars('10 D', '1 day')).toEqual(archive.bars('10 D', '1 day'));
    expect(new Archive({ seed: 4 }).bars('10 D', '1 day')).not.toEqual(archive.bars('10 D', '1 day'));
  });

  test('reach back for years: 2,000 of them and more', () => {
    const bars = archive.bars('8 Y', '1 day');
    expect(bars.length).toBeGreaterThan(2_000);
    for (const { open, high, low, close, volume } of bars) {
      expect(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && volume > 0).toBe(true);
    }
    expect(new Set(dates(bars)).size).toBe(bars.length);
    const all = archive.bars('40 Y', '1 day');
    expect(all).toHaveLength(2_521);
    const apple = present(archive.exchange.instruments[0], 'AAPL');
    expect(archive.exchange.history.headOf(apple)).toBe(all[0]?.at);
  });

  test('move together, more so within a sector', () => {
    const returns = (symbol: string): readonly number[] => {
      const closes = archive.bars('2 Y', '1 day', {}, symbol).map(({ close }) => close);
      return closes.slice(1).map((close, place) => close / Number(closes[place]) - 1);
    };
    const large = new Archive({ symbols: 24 });
    const ofLarge = (symbol: string): readonly number[] => {
      const closes = large.bars('2 Y', '1 day', {}, symbol).map(({ close }) => close);
      return closes.slice(1).map((close, place) => close / Number(closes[place]) - 1);
    };
    expect(correlation(ofLarge('AAPL'), ofLarge('MSFT'))).toBeGreaterThan(0.55);
    expect(correlation(returns('AAPL'), returns('XOM'))).toBeLessThan(0.5);
    expect(correlation(returns('AAPL'), returns('XOM'))).toBeGreaterThan(0.1);
  });

  test('can be had of weeks, calendar months and years', () => {
    expect(dates(archive.bars('1 W', '1 day'))).toEqual(['20251230', '20251231', '20260102', '20260105']);
    expect(dates(archive.bars('1 M', '1 day')).slice(0, 2)).toEqual(['20251208', '20251209']);
    expect(archive.bars('1 Y', '1 day')).toHaveLength(250);
    expect(dates(archive.bars('3600 S', '1 day')).at(-1)).toBe('20260105');
  });

  test('end before the moment that was asked for; a day that was not over then is what it was so far', () => {
    expect(dates(archive.bars('2 D', '1 day', { endDateTime: '20251231-23:00:00' }))).toEqual(['20251230', '20251231']);
    const [whole] = archive.bars('1 D', '1 day', { endDateTime: '20251231-23:00:00' });
    const [half] = archive.bars('1 D', '1 day', { endDateTime: '20251231-17:00:00' });
    expect(dates(archive.bars('1 D', '1 day', { endDateTime: '20251231-14:30:00' }))).toEqual(['20251230']);
    expect(half).toMatchObject({ day: whole?.day, open: whole?.open });
    expect(Number(half?.volume)).toBeLessThan(Number(whole?.volume));
    expect(archive.bars('3 D', '1 day', { endDateTime: '20991231-23:00:00' })).toEqual(archive.bars('3 D', '1 day'));
  });

  test('weeks and months are made of their days', () => {
    const days = archive.bars('1 Y', '1 day');
    const weeks = archive.bars('1 Y', '1 week');
    expect(dates(weeks).slice(-3)).toEqual(['20251226', '20260102', '20260105']);
    const last = days.filter(({ day }) => Number(weeks.at(-3)?.day) < day && day <= Number(weeks.at(-2)?.day));
    expect(last.length).toBe(4);
    expect(weeks.at(-2)).toMatchObject(aggregate(last));
    expect(dates(archive.bars('1 Y', '1 month')).slice(-3)).toEqual(['20251128', '20251231', '20260105']);
  });
});

describe('bars within a day', () => {
  const archive = new Archive();
  archive.live(3 * MINUTE);

  test.each(['1 min', '5 mins', '15 mins', '1 hour', '4 hours', '8 hours'])(
    'of %s make up the daily bar',
    (barSize) => {
      expect(byDay(archive.bars('5 D', barSize))).toEqual(byDay(archive.bars('5 D', '1 day')));
    },
  );

  test.each(['1 secs', '5 secs', '30 secs'])('of %s make up the bars of a minute', (barSize) => {
    const seconds = archive.bars('1 D', barSize, { endDateTime: '20260102 11:00:00 US/Eastern' });
    const minutes = archive.bars('1 D', '1 min', { endDateTime: '20260102 11:00:00 US/Eastern' });
    expect(minutes).toHaveLength(90);
    expect(byDay(seconds)).toEqual(byDay(minutes));
    const first = seconds.filter(({ at }) => at < Number(minutes[1]?.at));
    expect(byDay(first)).toEqual(byDay(minutes.slice(0, 1)));
  });

  test('outside regular hours make up the daily bar of all hours', () => {
    for (const symbol of ['AAPL', 'ESZ7', 'AAPL  271217C00240000', 'SAP']) {
      const all = { regularHoursOnly: false };
      const whole = byDay(archive.bars('5 D', '1 day', all, symbol));
      expect(byDay(archive.bars('5 D', '30 mins', all, symbol))).toEqual(whole);
      expect(byDay(archive.bars('5 D', '1 day', {}, symbol)).map(({ high, low }) => [high, low])).toEqual(
        whole.map(({ high, low }) => [high, low]),
      );
    }
    const volume = (regularHoursOnly: boolean): number =>
      Number(archive.bars('2 D', '1 day', { regularHoursOnly })[0]?.volume);
    expect(volume(false)).toBeGreaterThan(volume(true));
  });

  test('begin at whole hours of the exchange, the first one with the session', () => {
    const end = '20260102 23:00:00 US/Eastern';
    const friday = (barSize: string, regularHoursOnly = true): readonly string[] =>
      times(archive.bars('1 D', barSize, { endDateTime: end, regularHoursOnly })).map((it) => it.slice(9, 14));
    expect(friday('1 hour')).toEqual(['09:30', '10:00', '11:00', '12:00', '13:00', '14:00', '15:00']);
    expect(friday('4 hours', false)).toEqual(['04:00', '08:00', '12:00', '16:00']);
    expect(friday('4 hours')).toEqual(['09:30', '12:00']);
    expect(friday('5 mins')).toHaveLength(78);
    expect(friday('1 min', false)).toHaveLength(960);
  });

  test('know half days, and the hours of other exchanges', () => {
    const halfDay = archive.bars('1 D', '30 mins', { endDateTime: '20251128 23:00:00 US/Eastern' });
    expect(times(halfDay).map((it) => it.slice(9, 14))).toEqual([
      '09:30',
      '10:00',
      '10:30',
      '11:00',
      '11:30',
      '12:00',
      '12:30',
    ]);
    const sap = archive.bars('1 D', '1 hour', { endDateTime: '20260102 23:00:00 MET' }, 'SAP');
    expect(
      times(sap, 'MET')
        .map((it) => it.slice(9, 14))
        .slice(-2),
    ).toEqual(['16:00', '17:00']);
    const future = archive.bars(
      '2 D',
      '1 hour',
      { regularHoursOnly: false, endDateTime: '20260102 23:00:00 MET' },
      'ESZ7',
    );
    expect([times(future, 'US/Central')[0], dates(future)[0]]).toEqual(['20251230 17:00:00', '20251231']);
  });

  test('of seconds reach back from the last trade', () => {
    expect(archive.bars('600 S', '1 min', { endDateTime: '20260104 12:00:00 US/Eastern' })).toHaveLength(10);
    expect(archive.bars('60 S', '5 secs', { endDateTime: '20260102 12:00:00 US/Eastern' })).toHaveLength(12);
    const hours = archive.bars('86400 S', '1 hour', { endDateTime: '20260102 12:00:00 US/Eastern' });
    expect(times(hours)).toEqual(['20260102 09:30:00', '20260102 10:00:00', '20260102 11:00:00']);
    const overnight = archive.bars('72000 S', '1 hour', { endDateTime: '20251231 10:30:00 US/Eastern' });
    expect(times(overnight)).toEqual([
      '20251230 14:00:00',
      '20251230 15:00:00',
      '20251231 09:30:00',
      '20251231 10:00:00',
    ]);
  });

  test('go on without a gap from bar to bar', () => {
    const bars = archive.bars('1 D', '1 min', { endDateTime: '20260102 23:00:00 US/Eastern' });
    expect(bars.slice(1).map(({ open }) => open)).toEqual(bars.slice(0, -1).map(({ close }) => close));
  });

  test('that would be too many are refused, and so is what nobody has', () => {
    expect(archive.refusal('20 D', '1 secs')).toBe('162 Time length exceed max.');
    expect(archive.refusal('1 D', '1 secs', { endDateTime: '20260102 23:00:00 US/Eastern' })).toBe(
      '162 Time length exceed max.',
    );
    expect(archive.refusal('1 D', '1 day', { endDateTime: '19991231 23:00:00 US/Eastern' })).toBe(
      '162 HMDS query returned no data: AAPL@SMART Trades',
    );
    expect(archive.refusal('60 S', '5 secs', { endDateTime: '19991231 23:00:00 US/Eastern' })).toContain('no data');
  });
});

describe('what is shown', () => {
  const archive = new Archive();
  const show = (whatToShow: string, symbol = 'AAPL'): Bar =>
    present(archive.bars('2 D', '1 day', { whatToShow }, symbol)[0], 'bar');

  test('bid and ask lie around the trades, without a volume', () => {
    const trades = show('TRADES');
    const quoted = { volume: -1, count: -1, wap: -1 };
    expect(show('MIDPOINT')).toMatchObject({ close: trades.close, ...quoted });
    expect(show('BID')).toMatchObject({ close: trades.close - 100, high: trades.high - 100, ...quoted });
    expect(show('ASK')).toMatchObject({ close: trades.close + 100, low: trades.low + 100, ...quoted });
    expect(show('BID_ASK')).toMatchObject({
      open: trades.wap - 100,
      high: trades.high + 100,
      low: trades.low - 100,
      close: trades.wap + 100,
      ...quoted,
    });
    expect(show('ADJUSTED_LAST')).toEqual(trades);
  });

  test('currencies have quotes and no trades', () => {
    expect(show('MIDPOINT', 'EUR.USD').close).toBe(10_852);
    expect(archive.refusal('2 D', '1 day', {}, 'EUR.USD')).toContain('no data: EUR.USD@IDEALPRO Trades');
    expect(archive.refusal('2 D', '1 day', { whatToShow: 'ADJUSTED_LAST' }, 'EUR.USD')).toContain('AdjustedLast');
    expect(
      archive.bars('1 D', '1 hour', { whatToShow: 'BID', endDateTime: '20260102 23:00:00 MET' }, 'EUR.USD')[0],
    ).toMatchObject({ volume: -1 });
  });
});

describe('the running day', () => {
  test('is what the quote shows of the day, and its minutes make it up', () => {
    const archive = new Archive();
    archive.live(10 * MINUTE);
    const { open, high, low, last, volume } = archive.exchange.quoteOf(
      present(archive.exchange.instruments[0], 'AAPL'),
    );
    const [today] = archive.bars('1 D', '1 day');
    expect(today).toMatchObject({ open, high, low, close: last, volume });
    for (const barSize of ['1 secs', '5 secs', '1 min', '5 mins']) {
      expect(byDay(archive.bars('1 D', barSize))).toEqual(byDay(archive.bars('1 D', '1 day')));
    }
    expect(times(archive.bars('1 D', '5 mins')).map((it) => it.slice(9, 14))).toEqual(['09:30', '09:35', '09:40']);
  });

  test('its newest bar is the one that goes on', () => {
    const archive = new Archive();
    archive.live(7 * MINUTE);
    const apple = present(archive.exchange.instruments[0], 'AAPL');
    for (const barSize of ['5 secs', '1 min', '5 mins', '1 day', '1 week', '1 month']) {
      const wanted = query('2 D', barSize);
      expect(archive.exchange.history.newestBar(apple, wanted, archive.exchange.now)).toEqual(
        archive.bars(barSize === '1 month' ? '1 M' : '1 W', barSize).at(-1),
      );
    }
    const night = new Archive({ startAt: OPENING - 8 * HOUR, prices: undefined });
    expect(
      night.exchange.history.newestBar(apple, query('1 D', '1 day', { endDateTime: '19991231-23:00:00' }), OPENING),
    ).toBeUndefined();
  });

  test('its first bar begins where a bar begins, though the market was started in the middle of it', () => {
    const archive = new Archive({ startAt: OPENING + 93 * MINUTE });
    archive.live(MINUTE);
    const hour = (bars: readonly Bar[]): string | undefined => times(bars)[0]?.slice(9, 14);
    expect(hour(archive.bars('1 D', '1 hour'))).toBe('11:00');
    expect(hour(archive.bars('1 D', '4 hours'))).toBe('09:30');
    expect(hour(archive.bars('1 D', '8 hours', { regularHoursOnly: false }))).toBe('08:00');
    const sunday = new Archive({ session: 'always-open', startAt: OPENING - DAY_MS + 5 * MINUTE });
    expect(hour(sunday.bars('3600 S', '1 hour'))).toBe('09:00');
  });

  test('on which a market that never closes was started is only the rest of a day: bars within it reach back one more', () => {
    const archive = new Archive({ session: 'always-open', startAt: OPENING + 93 * MINUTE, tickIntervalMs: MINUTE });
    archive.live(MINUTE);
    expect(new Set(dates(archive.bars('1 D', '5 mins')))).toEqual(new Set(['20260102', '20260105']));
    expect(dates(archive.bars('1 D', '1 day'))).toEqual(['20260105']);
    const ended = archive.bars('1 D', '5 mins', { endDateTime: '20260102 23:59:59' });
    expect(new Set(dates(ended))).toEqual(new Set(['20260102']));
    for (let hour = 0; hour < 20; hour += 1) archive.live(HOUR);
    expect(new Set(dates(archive.bars('1 D', '5 mins')))).toEqual(new Set(['20260106']));
  });

  test('has not begun before the market opens', () => {
    const archive = new Archive({ startAt: OPENING - 8 * HOUR });
    expect(dates(archive.bars('1 D', '1 day'))).toEqual(['20260102']);
    archive.exchange.setPrice('AAPL', { bid: '99.99', ask: '100.01' });
    archive.live(2 * MINUTE);
    expect(dates(archive.bars('1 D', '1 day'))).toEqual(['20260102']);
  });

  test('before the opening is outside regular hours', () => {
    const archive = new Archive({ startAt: OPENING - MINUTE });
    archive.live(2 * MINUTE);
    const [regular] = archive.bars('1 D', '1 day');
    const [all] = archive.bars('1 D', '1 day', { regularHoursOnly: false });
    expect(Number(regular?.volume)).toBeLessThan(Number(all?.volume));
    expect(times(archive.bars('1 D', '1 min')).map((it) => it.slice(9, 14))).toEqual(['09:30', '09:31']);
    expect(times(archive.bars('1 D', '1 min', { regularHoursOnly: false }))[0]?.slice(9, 14)).toBe('09:29');
    expect(byDay(archive.bars('1 D', '1 min'))).toEqual(byDay(archive.bars('1 D', '1 day')));
  });

  test('is yesterday on the next, also in a market that never closes', () => {
    const archive = new Archive({ session: 'always-open', startAt: OPENING - 2 * DAY_MS, tickIntervalMs: MINUTE });
    expect(dates(archive.bars('2 D', '1 day'))).toEqual(['20260102', '20260103']);
    for (let hour = 0; hour < 30; hour += 1) archive.live(HOUR);
    expect(dates(archive.bars('3 D', '1 day'))).toEqual(['20260102', '20260103', '20260104']);
    expect(new Set(dates(archive.bars('2 D', '1 hour')))).toEqual(new Set(['20260103', '20260104']));
    expect(byDay(archive.bars('2 D', '5 mins'))).toEqual(byDay(archive.bars('2 D', '1 day')));
    const [whole] = archive.bars('1 D', '1 day', { endDateTime: '20260103 23:59:59' });
    const [noon] = archive.bars('1 D', '1 day', { endDateTime: '20260103 12:00:00' });
    expect(noon).toMatchObject({ day: whole?.day, open: whole?.open });
    expect(Number(noon?.volume)).toBeLessThan(Number(whole?.volume));

    // The minutes of long ago are forgotten, the days are not.
    for (let hour = 0; hour < 50; hour += 1) archive.live(HOUR);
    expect(dates(archive.bars('5 D', '1 day'))).toEqual(['20260102', '20260103', '20260104', '20260105', '20260106']);
    expect(archive.bars('5 D', '1 day')[1]).toMatchObject(withoutAverage(present(whole, 'Saturday')));
    expect(dates(archive.bars('5 D', '1 min'))).not.toContain('20260103');
    // So are the seconds: they are made up again of what is known of the minute.
    expect(byDay(archive.bars('1 D', '30 secs'))).toEqual(byDay(archive.bars('1 D', '1 min')));
  });

  test('a split is told in new shares, back to the first day', () => {
    const [whole, halved] = [new Archive(), new Archive()];
    for (const archive of [whole, halved]) archive.live(2 * MINUTE);
    halved.exchange.split('AAPL', { from: 1, to: 2 });
    const before = whole.bars('5 D', '1 day');
    const after = halved.bars('5 D', '1 day');
    expect(after.slice(0, 4).map(({ close }) => close)).toEqual(
      before.slice(0, 4).map(({ close }) => Math.round(close / 2)),
    );
    expect(after[0]?.volume).toBe(2 * Number(before[0]?.volume));
    expect(Math.abs(Number(after[4]?.close) - Number(before[4]?.close) / 2)).toBeLessThanOrEqual(200);
    expect(byDay(halved.bars('5 D', '5 mins'))).toEqual(byDay(after));
  });
});

describe('the history of a price file', () => {
  const file = prices(
    '2016-01-04,AAL,41.29,41.3501,40.3,40.91,12037151',
    '2016-01-05,AAL,40.9,41,40,40.5,700000',
    '2016-01-05,LATE,20,21,19,20.5,1000',
    '2016-01-06,AAL,40.5,42.1234,40.01,41,900000',
  );
  const archive = new Archive({ prices: file });

  test('are its rows, the last of them on the last session before the start', () => {
    const bars = archive.bars('1 Y', '1 day', {}, 'AAL');
    expect(dates(bars)).toEqual(['20251230', '20251231', '20260102', '20260105']);
    expect(bars[0]).toMatchObject({ open: 412_900, high: 413_501, low: 403_000, close: 409_100, volume: 12_037_151 });
    expect(bars[2]).toMatchObject({ open: 405_000, high: 421_234, low: 400_100, close: 410_000, volume: 900_000 });
  });

  test('have bars within the day that keep the row, and none outside regular hours', () => {
    const all = { regularHoursOnly: false };
    expect(byDay(archive.bars('4 D', '5 mins', all, 'AAL'))).toEqual(byDay(archive.bars('4 D', '1 day', all, 'AAL')));
    expect(archive.bars('1 D', '1 hour', { ...all, endDateTime: '20260102 23:00:00 MET' }, 'AAL')).toHaveLength(7);
  });

  test('begin where the symbol begins', () => {
    expect(dates(archive.bars('1 Y', '1 day', {}, 'LATE'))).toEqual(['20251231', '20260105']);
    const late = present(archive.exchange.instruments[1], 'LATE');
    expect(zonedText(archive.exchange.history.headOf(late), 'US/Eastern')).toBe('20251231 09:30:00 US/Eastern');
  });

  test('what is not in the file has a made-up past', () => {
    expect(archive.bars('1 Y', '1 day', {}, 'ESZ7').length).toBeGreaterThan(240);
  });

  test('live days follow, their turning points included', () => {
    const replay = new Archive({ prices: file, speed: 6.5 * 3600 });
    replay.live(750);
    const { high, low } = replay.exchange.quoteOf(present(replay.exchange.instruments[0], 'AAL'));
    const [today] = replay.bars('1 D', '1 day', {}, 'AAL');
    expect(Number(today?.high)).toBeGreaterThanOrEqual(high);
    expect(Number(today?.low)).toBeLessThanOrEqual(low);
  });
});

describe('cutting and joining', () => {
  test('slices make up the whole, whatever it was', () => {
    const figures = fc
      .record({
        prices: fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 4, maxLength: 4 }),
        volume: fc.integer({ min: 0, max: 100_000_000 }),
        count: fc.integer({ min: 0, max: 100_000 }),
      })
      .map(({ prices: four, volume, count }): Figures => {
        const [low = 0, open = 0, close = 0, high = 0] = four.toSorted((a, b) => a - b);
        return { open, high, low, close, volume, count, wap: close };
      });
    fc.assert(
      fc.property(
        figures,
        fc.integer({ min: 4, max: 400 }),
        fc.nat(),
        fc.constantFrom(26, 557),
        (whole, slices, key, rule) => {
          const made = aggregate(subdivide(whole, slices, key, rule));
          expect(withoutAverage(made)).toEqual(withoutAverage(whole));
          expect(made.wap >= whole.low && made.wap <= whole.high).toBe(true);
        },
      ),
    );
  });

  test('a split keeps the money, and a price above nothing', () => {
    const figures = { open: 3, high: 4, low: 1, close: 2, volume: 10, count: 1, wap: 2 };
    expect(afterSplit(figures, 1, 4)).toEqual({ open: 1, high: 1, low: 1, close: 1, volume: 40, count: 1, wap: 1 });
    expect(afterSplit(figures, 2, 1)).toMatchObject({ open: 6, volume: 5 });
  });
});

function prices(...rows: readonly string[]): PriceFile {
  const parsed = parsePriceFile(['date,symbol,open,high,low,close,volume', ...rows].join('\n'));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, it) => sum + it, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const spread = (values: readonly number[], centre: number): number =>
    Math.sqrt(mean(values.map((it) => (it - centre) ** 2)));
  return mean(a.map((it, place) => (it - meanA) * (Number(b[place]) - meanB))) / (spread(a, meanA) * spread(b, meanB));
}
