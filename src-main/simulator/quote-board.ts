import { assert, present } from '#domain/assert';
import { UNITS_PER_ONE } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { PlayedDay, PriceSource } from '#simulator/price-model';
import type { Random } from '#simulator/random';
import { isOnTick, tickAt, tickDown, tickUp } from '#simulator/tick-rules';

/** What is on display for one stock: prices in units of 0.0001, sizes in shares. */
export interface Quote {
  readonly bid: number;
  readonly ask: number;
  readonly last: number;
  readonly bidSize: number;
  readonly askSize: number;
  readonly lastSize: number;
  readonly volume: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  /** The close of the day before. */
  readonly close: number;
}

/** A quote a test sets: it stays until it is set again or released. */
export interface PinnedQuote {
  readonly bid: number;
  readonly ask: number;
  readonly last?: number | undefined;
  readonly bidSize?: number | undefined;
  readonly askSize?: number | undefined;
}

interface Pin {
  readonly bidSize: number;
  readonly askSize: number;
}

const LOT_SHARES = 100;
const PINNED_SIZE_SHARES = 10_000;
/** Half of a basis point of the price, at least one tick. */
const SPREAD_OF_PRICE = 0.00008;
const TRADE_PROBABILITY = 0.5;
const LOTS_MEAN = 6;
/** Dollars at which the typical displayed size is `LOTS_MEAN` lots; dearer stocks show less. */
const TYPICAL_PRICE = 100;

/** The displayed market of every stock: drawn from the price model, pinned by tests, taken from by fills. */
export class QuoteBoard {
  readonly #instruments: readonly SimulatedInstrument[];
  readonly #model: PriceSource;
  readonly #random: Random;
  readonly #quotes: Quote[];
  /** The number of the replayed day that a quote's figures are of. */
  readonly #days = new Map<number, number>();
  readonly #pins = new Map<number, Pin>();
  /** Stocks whose quote stands still though others move. */
  readonly #frozen = new Set<number>();
  /** The most that is ever displayed on a side. */
  readonly #sizeLimits = new Map<number, number>();

  constructor(instruments: readonly SimulatedInstrument[], random: Random, model: PriceSource) {
    this.#instruments = instruments;
    this.#random = random;
    this.#model = model;
    this.#quotes = instruments.map((instrument) => this.#firstQuote(instrument));
  }

  quoteOf(index: number): Quote {
    return present(this.#quotes[index], 'quote');
  }

  /**
   * Moves the market by `seconds` and renews the displayed sizes.
   * @param trades whether an instrument trades now; the quote of one that does not stands still.
   * @returns the instruments whose quote changed.
   */
  step(seconds: number, trades: (instrument: SimulatedInstrument) => boolean = () => true): readonly number[] {
    const moves = (instrument: SimulatedInstrument): boolean =>
      trades(instrument) && !this.#frozen.has(instrument.index);
    const still = this.#instruments.filter((instrument) => !moves(instrument));
    const prices = still.map(({ index }) => this.#model.priceOf(index));
    this.#model.step(seconds);
    for (const [place, { index }] of still.entries()) this.#model.moveTo(index, present(prices[place], 'price'));
    const changed = this.#instruments.filter((instrument) => this.#renew(instrument, moves(instrument)));
    return changed.map(({ index }) => index);
  }

  /** Shares shown to a buyer or seller who crosses the spread. */
  displayedTo(action: 'BUY' | 'SELL', index: number): number {
    const quote = this.quoteOf(index);
    return action === 'BUY' ? quote.askSize : quote.bidSize;
  }

  /** A trade of `shares` at `price` that takes from the side an `action` crosses to. */
  take(action: 'BUY' | 'SELL', index: number, shares: number, price: number): void {
    const quote = this.quoteOf(index);
    const left = (size: number): number => Math.max(0, size - shares);
    this.#quotes[index] = {
      ...traded(quote, price, shares),
      ...(action === 'BUY' ? { askSize: left(quote.askSize) } : { bidSize: left(quote.bidSize) }),
    };
  }

  /** Pins the quote of stock `index`. @throws InvariantError for a crossed or off-tick quote. */
  pin(index: number, pinned: PinnedQuote): void {
    const rule = present(this.#instruments[index], 'instrument').marketRuleId;
    const before = this.quoteOf(index);
    const last = pinned.last ?? Math.min(pinned.ask, Math.max(pinned.bid, before.last));
    assert(pinned.bid > 0 && pinned.bid < pinned.ask, 'a quote has a bid above zero and below its ask');
    assert(
      [pinned.bid, pinned.ask, last].every((price) => isOnTick(rule, price)),
      'a quote is on the tick',
    );
    const sizes = { bidSize: pinned.bidSize ?? PINNED_SIZE_SHARES, askSize: pinned.askSize ?? PINNED_SIZE_SHARES };
    this.#pins.set(index, sizes);
    this.#show(index, { ...traded(before, last, 0), bid: pinned.bid, ask: pinned.ask, ...sizes });
  }

  /** Lets the walk go on from the pinned price. */
  unpin(index: number): void {
    if (this.#pins.delete(index)) this.#walkOnFrom(index);
  }

  /** Lets a quote stand still, or walk on from where it stands. */
  freeze(index: number, frozen: boolean): void {
    if (frozen) this.#frozen.add(index);
    else this.#frozen.delete(index);
  }

  /** Displays no more than `shares` on a side of stock `index` from now on; Infinity lifts the limit. */
  limitSize(index: number, shares: number): void {
    this.#sizeLimits.set(index, shares);
    this.#show(index, this.quoteOf(index));
  }

  /** Multiplies bid, ask and last of stock `index` by `factor`; as a split, the day so far and its range too. */
  scale(index: number, factor: number, asSplit: boolean): void {
    const rule = present(this.#instruments[index], 'instrument').marketRuleId;
    const scaled = (price: number): number => tickDown(rule, price * factor);
    const { bid, ask, last, open, high, low, close, ...rest } = this.quoteOf(index);
    const day = { open, high, low, close };
    const moved = { bid: scaled(bid), ask: tickUp(rule, scaled(bid) + Math.max(1, (ask - bid) * factor)) };
    const scaledDay = { open: scaled(open), high: scaled(high), low: scaled(low), close: scaled(close) };
    if (asSplit) this.#model.split(index, factor);
    this.#quotes[index] = traded({ ...rest, ...moved, last, ...(asSplit ? scaledDay : day) }, scaled(last), 0);
    this.#walkOnFrom(index);
  }

  /** Begins a new day at the last trades, but for those that replay days of their own. */
  beginDay(): void {
    for (const { index } of this.#instruments) {
      const quote = this.quoteOf(index);
      const { last } = quote;
      if (this.#model.dayOf(index) !== undefined) continue;
      this.#quotes[index] = { ...quote, open: last, high: last, low: last, close: last, volume: 0 };
    }
  }

  #walkOnFrom(index: number): void {
    const { bid, ask } = this.quoteOf(index);
    this.#model.moveTo(index, (bid + ask) / 2 / UNITS_PER_ONE);
  }

  #renew(instrument: SimulatedInstrument, moves: boolean): boolean {
    const before = this.quoteOf(instrument.index);
    // Drawn for pinned stocks too, so that pinning one stock leaves the walk of all others as it was.
    const today = moves ? this.#inDay(instrument.index, before) : before;
    const drawn = this.#draw(instrument, today);
    if (!moves) return false;
    const pin = this.#pins.get(instrument.index);
    this.#show(instrument.index, pin === undefined ? drawn : { ...today, ...pin });
    return differs(before, this.quoteOf(instrument.index));
  }

  #show(index: number, quote: Quote): void {
    const most = this.#sizeLimits.get(index) ?? Infinity;
    const limited = quote.bidSize <= most && quote.askSize <= most;
    this.#quotes[index] = limited
      ? quote
      : { ...quote, bidSize: Math.min(quote.bidSize, most), askSize: Math.min(quote.askSize, most) };
  }

  #draw(instrument: SimulatedInstrument, before: Quote): Quote {
    const { bid, ask } = this.#spreadAround(instrument);
    const [bidSize, askSize] = [this.#size(instrument), this.#size(instrument)];
    const chance = this.#random.uniform();
    const shares = this.#size(instrument);
    const quote = { ...before, bid, ask, bidSize, askSize };
    if (chance >= TRADE_PROBABILITY) return quote;
    const after = traded(quote, chance < TRADE_PROBABILITY / 2 ? bid : ask, shares);
    // A replayed day brings its own volume.
    return this.#days.has(instrument.index) ? { ...after, volume: quote.volume } : after;
  }

  /** The quote with the figures of the replayed day, which begin anew with each day. */
  #inDay(index: number, quote: Quote): Quote {
    const day = this.#model.dayOf(index);
    if (day === undefined) return quote;
    const sameDay = this.#days.get(index) === day.number;
    this.#days.set(index, day.number);
    return sameDay ? withMore(quote, day) : { ...quote, ...figuresOf(day) };
  }

  #spreadAround(instrument: SimulatedInstrument): { bid: number; ask: number } {
    const rule = instrument.marketRuleId;
    const mid = this.#model.priceOf(instrument.index) * UNITS_PER_ONE;
    const tick = tickAt(rule, mid);
    const spread = tick * Math.max(1, Math.round((mid * SPREAD_OF_PRICE) / tick));
    const bid = tickDown(rule, mid - spread / 2);
    return { bid, ask: tickUp(rule, bid + spread) };
  }

  #size(instrument: SimulatedInstrument): number {
    const lots = Math.max(1, LOTS_MEAN * Math.sqrt((TYPICAL_PRICE * UNITS_PER_ONE) / instrument.referencePrice));
    return LOT_SHARES * (1 + Math.floor(2 * lots * this.#random.uniform()));
  }

  #firstQuote(instrument: SimulatedInstrument): Quote {
    const { bid, ask } = this.#spreadAround(instrument);
    const close = tickDown(instrument.marketRuleId, instrument.referencePrice);
    const [bidSize, askSize, lastSize] = [this.#size(instrument), this.#size(instrument), this.#size(instrument)];
    const day = { open: bid, high: bid, low: bid, close, volume: lastSize };
    return this.#inDay(instrument.index, { bid, ask, last: bid, bidSize, askSize, lastSize, ...day });
  }
}

function figuresOf({
  open,
  high,
  low,
  close,
  volume,
}: PlayedDay): Pick<Quote, 'open' | 'high' | 'low' | 'close' | 'volume'> {
  return { open, high, low, close, volume };
}

/** Our own trades count too, so nothing goes back. */
function withMore(quote: Quote, day: PlayedDay): Quote {
  return {
    ...quote,
    high: Math.max(quote.high, day.high),
    low: Math.min(quote.low, day.low),
    volume: Math.max(quote.volume, day.volume),
  };
}

function traded(quote: Quote, last: number, shares: number): Quote {
  return {
    ...quote,
    last,
    lastSize: shares === 0 ? quote.lastSize : shares,
    volume: quote.volume + shares,
    high: Math.max(quote.high, last),
    low: Math.min(quote.low, last),
  };
}

function differs(a: Quote, b: Quote): boolean {
  return (
    a.bid !== b.bid ||
    a.ask !== b.ask ||
    a.last !== b.last ||
    a.bidSize !== b.bidSize ||
    a.askSize !== b.askSize ||
    a.volume !== b.volume
  );
}
