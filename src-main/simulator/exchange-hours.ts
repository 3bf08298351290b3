import { isWeekend, yearOf } from '#simulator/calendar-day';
import {
  chicagoHolidays,
  currencyHolidays,
  frankfurtHolidays,
  newYorkHolidays,
  type YearOfHolidays,
} from '#simulator/holidays';
import type { SimulatedInstrument } from '#simulator/instruments';

/** The two spans of a trading day: all trading, and the regular hours. */
export type SessionSpan = 'trading' | 'liquid';

/** Minutes after midnight of the trading date, on the exchange's clock; negative: on the evening before. */
export interface SpanHours {
  readonly opens: number;
  readonly closes: number;
  /** Where trading ends on a half day. */
  readonly closesEarly: number;
}

/** When an exchange trades. */
export interface ExchangeHours {
  /** The time zone as contract details name it. */
  readonly zone: string;
  readonly spans: Readonly<Record<SessionSpan, SpanHours>>;
  readonly holidays: (year: number) => YearOfHolidays;
}

const at = (hour: number, minute = 0): number => hour * 60 + minute;

const regularOptions: SpanHours = { opens: at(9, 30), closes: at(16), closesEarly: at(13) };
const xetra: SpanHours = { opens: at(9), closes: at(17, 30), closesEarly: at(14) };
const currencies: SpanHours = { opens: at(17, 15) - at(24), closes: at(17), closesEarly: at(17) };

const HOURS = {
  'us-stocks': {
    zone: 'US/Eastern',
    spans: {
      trading: { opens: at(4), closes: at(20), closesEarly: at(17) },
      liquid: regularOptions,
    },
    holidays: remembered(newYorkHolidays),
  },
  'us-options': {
    zone: 'US/Eastern',
    spans: { trading: regularOptions, liquid: regularOptions },
    holidays: remembered(newYorkHolidays),
  },
  'index-futures': {
    zone: 'US/Central',
    spans: {
      trading: { opens: at(17) - at(24), closes: at(16), closesEarly: at(12) },
      liquid: { opens: at(8, 30), closes: at(16), closesEarly: at(12) },
    },
    holidays: remembered(chicagoHolidays),
  },
  xetra: { zone: 'MET', spans: { trading: xetra, liquid: xetra }, holidays: remembered(frankfurtHolidays) },
  currencies: {
    zone: 'US/Eastern',
    spans: { trading: currencies, liquid: currencies },
    holidays: remembered(currencyHolidays),
  },
} as const satisfies Readonly<Record<string, ExchangeHours>>;

/** A market with hours of its own. */
export type Venue = keyof typeof HOURS;

export const VENUES: readonly Venue[] = ['us-stocks', 'us-options', 'index-futures', 'xetra', 'currencies'];

/** Where an instrument trades. */
export function venueOf({ secType, exchange }: SimulatedInstrument): Venue {
  switch (secType) {
    case 'STK':
      return exchange === 'IBIS' ? 'xetra' : 'us-stocks';
    case 'OPT':
      return 'us-options';
    case 'FUT':
      return 'index-futures';
    case 'CASH':
      return 'currencies';
  }
}

export function hoursOf(venue: Venue): ExchangeHours {
  return HOURS[venue];
}

/** Where trading of `span` ends on `day`; undefined on a day without trading. */
export function closingMinute(hours: ExchangeHours, span: SessionSpan, day: number): number | undefined {
  const { closed, early } = hours.holidays(yearOf(day));
  if (isWeekend(day) || closed.has(day)) return undefined;
  const { closes, closesEarly } = hours.spans[span];
  return early.has(day) ? closesEarly : closes;
}

function remembered(holidaysOf: (year: number) => YearOfHolidays): (year: number) => YearOfHolidays {
  const years = new Map<number, YearOfHolidays>();
  return (year) => {
    const known = years.get(year) ?? holidaysOf(year);
    years.set(year, known);
    return known;
  };
}
