import { formatUnits } from '#simulator/fixed';
import type { Quote } from '#simulator/quote-board';
import { tickGeneric, tickPrice, tickSize, tickString, type ServerMessage } from '#simulator/tws/encode';

/** TWS's numbers of the ticks of a quote. */
export interface TickTypes {
  readonly bidSize: number;
  readonly bid: number;
  readonly ask: number;
  readonly askSize: number;
  readonly last: number;
  readonly lastSize: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly close: number;
  readonly open: number;
  /** Undefined: delayed data does not tell it. */
  readonly lastTime: number | undefined;
}

const LIVE_TICKS: TickTypes = {
  ...{ bidSize: 0, bid: 1, ask: 2, askSize: 3, last: 4, lastSize: 5 },
  ...{ high: 6, low: 7, volume: 8, close: 9, open: 14, lastTime: 45 },
};
const DELAYED_TICKS: TickTypes = {
  ...{ bidSize: 69, bid: 66, ask: 67, askSize: 70, last: 68, lastSize: 71 },
  ...{ high: 72, low: 73, volume: 74, close: 75, open: 76, lastTime: undefined },
};
const MARK_PRICE = 37;
const SHORTABLE = 46;
const RT_VOLUME = 48;
const HALTED = 49;
const RT_TRADE_VOLUME = 77;
const SHORTABLE_SHARES = 89;
/** Above 2.5: at least a thousand shares can be borrowed. */
const EASY_TO_BORROW = 3;
const SHARES_TO_BORROW = 10_000_000;
const AUTO_EXECUTE = 1;

/** The ticks of live (1, 2) and of delayed data (3, 4). */
export function ticksOf(marketDataType: number): TickTypes {
  return marketDataType > 2 ? DELAYED_TICKS : LIVE_TICKS;
}

/** How a line tells a quote. */
export interface Telling {
  readonly reqId: number;
  readonly types: TickTypes;
  /** False for what has no exchange that reports trades: pairs of currencies. */
  readonly trades: boolean;
  /** ms since 1970. */
  readonly now: number;
}

/** Everything about `quote` that is new since `told`; all of it when nothing was told. */
export function tickNews(
  { reqId, types, trades, now }: Telling,
  quote: Quote,
  told: Quote | undefined,
): ServerMessage[] {
  const news: ServerMessage[] = [];
  if (quote.bid !== told?.bid) news.push(tickPrice(reqId, types.bid, quote.bid, quote.bidSize, AUTO_EXECUTE));
  if (quote.bidSize !== told?.bidSize) news.push(tickSize(reqId, types.bidSize, quote.bidSize));
  if (quote.ask !== told?.ask) news.push(tickPrice(reqId, types.ask, quote.ask, quote.askSize, AUTO_EXECUTE));
  if (quote.askSize !== told?.askSize) news.push(tickSize(reqId, types.askSize, quote.askSize));
  if (trades) {
    if (quote.last !== told?.last) news.push(tickPrice(reqId, types.last, quote.last, quote.lastSize, 0));
    if (quote.lastSize !== told?.lastSize) news.push(tickSize(reqId, types.lastSize, quote.lastSize));
  }
  if (quote.high !== told?.high) news.push(tickPrice(reqId, types.high, quote.high, 0, 0));
  if (quote.low !== told?.low) news.push(tickPrice(reqId, types.low, quote.low, 0, 0));
  if (trades && quote.volume !== told?.volume) {
    news.push(tickSize(reqId, types.volume, quote.volume));
    if (types.lastTime !== undefined) news.push(tickString(reqId, types.lastTime, String(Math.floor(now / 1_000))));
  }
  if (quote.close !== told?.close) news.push(tickPrice(reqId, types.close, quote.close, 0, 0));
  if (quote.open !== told?.open) news.push(tickPrice(reqId, types.open, quote.open, 0, 0));
  return news;
}

/** Whether an instrument is halted: 1 and 0 in TWS's words. */
export function haltTick(reqId: number, halted: boolean): ServerMessage {
  return tickGeneric(reqId, HALTED, halted ? 1 : 0);
}

/** What a client asked for besides the quote: the simulator has mark price, trade volume and what can be borrowed. */
export function genericNews(
  { reqId, now }: Telling,
  generic: readonly string[],
  quote: Quote,
  told: Quote | undefined,
): readonly ServerMessage[] {
  const traded = quote.volume !== told?.volume;
  const trade = [formatUnits(quote.last), quote.lastSize, now, quote.volume, formatUnits(quote.last), 'true'].join(';');
  return generic.flatMap((tick) => {
    if (tick === '221' && quote.last !== told?.last) return [tickPrice(reqId, MARK_PRICE, quote.last, 0, 0)];
    if (tick === '233' && traded) return [tickString(reqId, RT_VOLUME, trade)];
    if (tick === '375' && traded) return [tickString(reqId, RT_TRADE_VOLUME, trade)];
    if (tick !== '236' || told !== undefined) return [];
    return [tickGeneric(reqId, SHORTABLE, EASY_TO_BORROW), tickSize(reqId, SHORTABLE_SHARES, SHARES_TO_BORROW)];
  });
}
