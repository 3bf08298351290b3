/** When the simulated market trades: always (the demo), or in New York hours without holidays. */
export type SessionKind = 'always-open' | 'regular';

/** The two spans of a trading day: all trading (04:00–20:00) and regular hours (09:30–16:00). */
export type SessionSpan = 'trading' | 'liquid';

export const EXCHANGE_TIME_ZONE = 'US/Eastern';
const DAY_MS = 86_400_000;
const DAYS_ANNOUNCED = 6;
const SPANS = { trading: ['0400', '2000'], liquid: ['0930', '1600'] } as const;

const EASTERN = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  weekday: 'short',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

interface EasternMoment {
  readonly weekday: string;
  /** YYYYMMDD */
  readonly date: string;
  /** HH:MM:SS */
  readonly time: string;
}

function easternMoment(at: number): EasternMoment {
  const part = Object.fromEntries(EASTERN.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    weekday: String(part['weekday']),
    date: `${String(part['year'])}${String(part['month'])}${String(part['day'])}`,
    time: `${String(part['hour'])}:${String(part['minute'])}:${String(part['second'])}`,
  };
}

/** "20260105 09:30:00 US/Eastern": how TWS writes a moment. */
export function easternText(at: number): string {
  const { date, time } = easternMoment(at);
  return `${date} ${time} ${EXCHANGE_TIME_ZONE}`;
}

/** "09:30": the clock of the account window. */
export function easternClock(at: number): string {
  return easternMoment(at).time.slice(0, 5);
}

/** True when orders trade at `at`. */
export function isOpen(kind: SessionKind, span: SessionSpan, at: number): boolean {
  if (kind === 'always-open') return true;
  const { weekday, time } = easternMoment(at);
  if (isWeekend(weekday)) return false;
  const clock = time.slice(0, 5).replace(':', '');
  const [opens, closes] = SPANS[span];
  return clock >= opens && clock < closes;
}

/** The hours of today and the next days as contract details carry them. */
export function hoursText(kind: SessionKind, span: SessionSpan, at: number): string {
  const noon = Math.floor(at / DAY_MS) * DAY_MS + DAY_MS * 0.7;
  return Array.from({ length: DAYS_ANNOUNCED }, (_, day) => {
    const { weekday, date } = easternMoment(noon + day * DAY_MS);
    if (kind === 'always-open') return `${date}:0000-${date}:2359`;
    if (isWeekend(weekday)) return `${date}:CLOSED`;
    const [opens, closes] = SPANS[span];
    return `${date}:${opens}-${date}:${closes}`;
  }).join(';');
}

function isWeekend(weekday: string): boolean {
  return weekday === 'Sat' || weekday === 'Sun';
}

const BOTH_SPANS = ['trading', 'liquid'] as const satisfies readonly SessionSpan[];

/** How many of the spans are open at `at`: it changes when the market opens or closes for somebody. */
export function openSpans(kind: SessionKind, at: number): number {
  return BOTH_SPANS.filter((span) => isOpen(kind, span, at)).length;
}
