import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Monday 5 January 2026, 10:00 in New York. */
export const OPEN_AT = Date.UTC(2026, 0, 5, 15, 0);
/** As many quotes as an ordinary account of IBKR may watch; so many stocks are held. */
export const SYMBOLS_HELD = 100;
export const SHARES_HELD = 100;
/** Dollars: where every price begins, how far stops trail, and by how much a price rises: 5 % of the trail and more. */
export const FIRST_PRICE = 100;
export const TRAIL = 1;
export const RISE = 0.06;

/** What prices do for a while. */
export interface Tape {
  /** Of the stocks that are held, the first so many move. */
  readonly symbols: number;
  /** Ticks in all; those that are no rise move no stop. */
  readonly ticksPerSecond: number;
  /** How often each symbol rises: bid, ask and last in one packet. */
  readonly riseEveryMs: number;
  readonly seconds: number;
  /** How long after its end a stop may still follow the last rise. */
  readonly settleMs: number;
}

/** What came of a tape. */
export interface Played {
  /** From writing a rise to reading the bytes of the stop that follows it. */
  readonly latenciesUs: readonly number[];
  /** Rises that no stop followed before the next one, or at all. */
  readonly missed: number;
  readonly rises: number;
  readonly ticks: number;
  /** Where the tape has taken every price to at least, in dollars. */
  readonly risenTo: number;
  /** Orders and modifications that arrived. */
  readonly modifications: number;
}

export interface HeldStock {
  readonly conId: number;
  readonly symbol: string;
}

export type StopNews =
  | { readonly kind: 'listening'; readonly port: number; readonly stocks: readonly HeldStock[] }
  | { readonly kind: 'played'; readonly played: Played };
export type StopOrder = Tape;

/** A simulated TWS with stocks held and a tape to play, in a process of its own. */
export interface StopMarket {
  readonly port: number;
  readonly stocks: readonly HeldStock[];
  /** Plays to the client that connected last. */
  readonly play: (tape: Tape) => Promise<Played>;
  readonly stop: () => Promise<void>;
}

export async function startStopMarket(): Promise<StopMarket> {
  const child = fork(fileURLToPath(new URL('./stop-market-process.ts', import.meta.url)));
  const next = (): Promise<StopNews> =>
    new Promise((resolve, reject) => {
      child.once('message', (news: StopNews) => resolve(news));
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the market's process ended with ${String(code)}`)));
    });
  const listening = await next();
  if (listening.kind !== 'listening') throw new Error('the market listens first');
  const { port, stocks } = listening;
  return {
    port,
    stocks,
    play: async (tape) => {
      const done = next();
      child.send(tape satisfies StopOrder);
      const news = await done;
      if (news.kind !== 'played') throw new Error('a tape was played');
      return news.played;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
