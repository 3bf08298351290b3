import { describe, expect, test } from 'vitest';
import { readHistoryQuery, type HistoryQuery, type HistoryWords } from '#simulator/history-query';

const WORDS: HistoryWords = {
  endDateTime: '',
  duration: '5 D',
  barSize: '1 day',
  whatToShow: 'TRADES',
  regularHoursOnly: true,
  keepUpToDate: false,
};

function query(words: Partial<HistoryWords> = {}): HistoryQuery {
  const read = readHistoryQuery({ ...WORDS, ...words }, 'US/Eastern');
  if (!read.ok) throw new Error(read.error.text);
  return read.value;
}

function refusal(words: Partial<HistoryWords>): string {
  const read = readHistoryQuery({ ...WORDS, ...words }, 'US/Eastern');
  return read.ok ? 'accepted' : `${read.error.code} ${read.error.text.replace(/^.* cause - /, '')}`;
}

describe('a request for bars', () => {
  test('is understood', () => {
    expect(query()).toEqual({
      end: undefined,
      duration: { count: 5, unit: 'D' },
      barSize: { kind: 'day' },
      show: 'TRADES',
      regularHoursOnly: true,
    });
  });

  test.each([
    ['20260105 16:00:00 US/Eastern', Date.UTC(2026, 0, 5, 21)],
    ['20260706 16:00:00 US/Eastern', Date.UTC(2026, 6, 6, 20)],
    ['20260105 16:00:30', Date.UTC(2026, 0, 5, 21, 0, 30)],
    ['20260105  16:00:00', Date.UTC(2026, 0, 5, 21)],
    ['20260105-21:00:00', Date.UTC(2026, 0, 5, 21)],
    ['20260105 16:00:00 Europe/Berlin', Date.UTC(2026, 0, 5, 15)],
    ['20260105 16:00:00 MET', Date.UTC(2026, 0, 5, 15)],
  ])('may end at %s', (endDateTime, end) => {
    expect(query({ endDateTime }).end).toBe(end);
  });

  test.each([
    'yesterday',
    '20260105',
    '20260230 16:00:00',
    '20261305 16:00:00',
    '00260105 16:00:00',
    '20260105 24:00:00',
    '20260105 16:60:00',
    '20260105 16:00:60',
    '20260105 16:00:00 Mars/Olympus',
    '20260105-16:00:00 US/Eastern',
  ])('can not end at %s', (endDateTime) => {
    expect(refusal({ endDateTime })).toContain(
      `321 Historical data query end date/time string [${endDateTime}] is invalid.`,
    );
  });

  test.each([
    ['86400 S', { count: 86_400, unit: 'S' }],
    ['365 D', { count: 365, unit: 'D' }],
    ['2 W', { count: 2, unit: 'W' }],
    ['12 M', { count: 12, unit: 'M' }],
    ['10 Y', { count: 10, unit: 'Y' }],
  ])('may reach back %s', (duration, value) => {
    expect(query({ duration }).duration).toEqual(value);
  });

  test.each([
    ['', 'duration is invalid'],
    ['5', 'duration is invalid'],
    ['5 days', 'duration is invalid'],
    ['0 D', 'duration is invalid'],
    ['-1 D', 'duration is invalid'],
    ['86401 S', 'longer than 86400 seconds must be made in days'],
    ['366 D', 'longer than 365 days must be made in years'],
    ['13 M', 'longer than 365 days must be made in years'],
  ])('can not reach back %j', (duration, cause) => {
    expect(refusal({ duration })).toContain(cause);
  });

  test('wants a bar size that TWS has', () => {
    expect(query({ barSize: '8 hours' }).barSize).toEqual({ kind: 'intraday', ms: 28_800_000 });
    expect([query({ barSize: '1W' }).barSize, query({ barSize: '1 month' }).barSize]).toEqual([
      { kind: 'week' },
      { kind: 'month' },
    ]);
    expect(refusal({ barSize: '7 mins' })).toContain(
      '321 Historical data bar size setting is invalid. Legal ones are: 1 secs,',
    );
  });

  test('wants a kind of data that TWS has', () => {
    expect(query({ whatToShow: 'bid_ask' }).show).toBe('BID_ASK');
    expect(refusal({ whatToShow: 'GOSSIP' })).toBe('321 What to show field is missing or incorrect.');
    expect(refusal({ whatToShow: '' })).toBe('321 What to show field is missing or incorrect.');
    expect(refusal({ whatToShow: 'SCHEDULE' })).toBe('321 The simulator has no historical data of type SCHEDULE.');
  });

  test('has no end when it is adjusted or kept up to date, and only bars of five seconds and more go on', () => {
    const endDateTime = '20260105-21:00:00';
    expect(refusal({ endDateTime, whatToShow: 'ADJUSTED_LAST' })).toBe(
      '321 End date not supported with adjusted last.',
    );
    expect(refusal({ endDateTime, keepUpToDate: true })).toBe('321 End date not supported with keep up to date.');
    expect(refusal({ barSize: '1 secs', keepUpToDate: true })).toContain('Only bars of 5 secs and more');
    expect(refusal({ barSize: '5 secs', keepUpToDate: true })).toBe('accepted');
  });
});
