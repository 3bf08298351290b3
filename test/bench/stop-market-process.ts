import { createServer, connect, type Socket } from 'node:net';
import { startTwsServer } from '#simulator/tws/tws-server';
import { marketDataType, tickPrice, tickSize } from '#test/unit/adapters/ibkr/wire-messages';
import { aRequest } from '#test/unit/simulator/trading-floor';
import { fieldsOf, frameOf, Frames } from './frames';
import {
  FIRST_PRICE,
  OPEN_AT,
  RISE,
  SHARES_HELD,
  SYMBOLS_HELD,
  TRAIL,
  type StopNews,
  type StopOrder,
  type Tape,
} from './stop-market';

// A simulated TWS behind a door that puts a tape of our own in the place of its prices, knows to the nanosecond when a
// rise was written, and when the stop that follows it arrived.

/** Nothing trades at this price: no stop is ever triggered. */
const FAR_AWAY = { bid: '9999.99', ask: '10000.01', last: '10000' };
const HOLDER = 9;
const CASH_DOLLARS = 1_000_000_000;
const BID_SIZE = 0;
const BID = 1;
const ASK = 2;
const LAST = 4;
const PLACE_ORDER = '3';
const REQUEST_MARKET_DATA = '1';
/** tickPrice, tickSize, tickGeneric, tickString, and the kind of data: ours say that. */
const TICKS: readonly string[] = ['1', '2', '45', '46', '58'];
const REAL_TIME = 1;
/** Where openings of client messages stand: reqMktData's ticker and contract, placeOrder's contract and auxiliary price. */
const TICKER = 2;
const TICKER_CON_ID = 3;
const ORDER_CON_ID = 2;
const ORDER_STOP = 20;
const START_API = '71';
const GREETING_PREFIX = Buffer.from('API\0');
const TAPE_EVERY_MS = 1;
const MARK_EVERY_MS = 50;
const SECOND_MS = 1_000;

const startedAt = performance.now();
const tws = await startTwsServer({
  port: 0,
  seed: 4,
  startingCash: CASH_DOLLARS,
  autoTick: false,
  clock: { now: () => OPEN_AT + (performance.now() - startedAt), every: () => () => undefined },
});
const { exchange } = tws;
const stocks = exchange.instruments
  .filter(({ secType, currency }) => secType === 'STK' && currency === 'USD')
  .slice(0, SYMBOLS_HELD);
stocks.forEach(({ conId, symbol }, index) => {
  const key = { clientId: HOLDER, orderId: index + 1 };
  const quantity = String(SHARES_HELD);
  exchange.place(aRequest({ ...key, conId, symbol, quantity, orderType: 'LMT', limitPrice: '0.01' }));
  exchange.fill(key, { shares: SHARES_HELD, price: String(FIRST_PRICE) });
  exchange.setPrice(symbol, FAR_AWAY);
});

const tell = (news: StopNews): void => {
  process.send?.(news);
};

/** A price on the tape: a hundredth of a dollar is 1. */
const dollars = (cents: number): string => (cents / 100).toFixed(2);

interface Rise {
  readonly cents: number;
  readonly at: bigint;
}

/** What one client watches, and where its prices are. */
class Line {
  readonly #client: Socket;
  /** By contract: its ticker at this client. */
  readonly #tickers = new Map<string, string>();
  readonly #cents = new Map<string, number>();
  /** The rise that a stop has yet to follow. */
  readonly #awaited = new Map<string, Rise>();
  readonly #latenciesUs: number[] = [];
  #missed = 0;
  #modifications = 0;

  constructor(client: Socket) {
    this.#client = client;
  }

  watch(fields: readonly string[]): void {
    const ticker = fields[TICKER] ?? '';
    const conId = fields[TICKER_CON_ID] ?? '';
    this.#tickers.set(conId, ticker);
    const cents = this.#cents.get(conId) ?? FIRST_PRICE * 100;
    this.#cents.set(conId, cents);
    this.#client.write(Buffer.concat([frameOf(marketDataType(ticker, REAL_TIME)), pricesAt(ticker, cents)]));
  }

  /** An order arrived: the answer to the latest rise, or to an older one. */
  hear(fields: readonly string[], at: bigint): void {
    this.#modifications += 1;
    const conId = fields[ORDER_CON_ID] ?? '';
    const rise = this.#awaited.get(conId);
    if (rise === undefined || Math.round(Number(fields[ORDER_STOP]) * 100) !== rise.cents - TRAIL * 100) return;
    this.#latenciesUs.push(Number(at - rise.at) / 1_000);
    this.#awaited.delete(conId);
  }

  /** Plays `tape`, and tells what came of it. */
  play({ ticksPerSecond, symbols, riseEveryMs, seconds, settleMs }: Tape): void {
    this.#latenciesUs.length = 0;
    this.#awaited.clear();
    this.#missed = 0;
    this.#modifications = 0;
    const watched = stocks.slice(0, symbols).map(({ conId }) => String(conId));
    const begin = performance.now();
    let written = 0;
    let rises = 0;
    let marks = 0;
    const timer = setInterval(() => {
      const passedMs = performance.now() - begin;
      if (passedMs >= seconds * SECOND_MS) {
        clearInterval(timer);
        setTimeout(() => this.#tellPlayed(watched, written, rises), settleMs);
        return;
      }
      // Each symbol rises in its turn, so that the rises are spread evenly.
      while (rises < (passedMs * symbols) / riseEveryMs) {
        this.#rise(watched[rises % symbols] ?? '');
        rises += 1;
        written += 3;
      }
      const due = Math.floor((passedMs * ticksPerSecond) / SECOND_MS);
      const frames: Buffer[] = [];
      for (; written < due; written += 1) frames.push(this.#wiggle(watched[written % symbols] ?? '', written));
      if (passedMs >= marks * MARK_EVERY_MS) {
        marks += 1;
        frames.push(frameOf(tickSize(this.#tickers.get(watched[0] ?? '') ?? '', BID_SIZE, monotonicMs())));
      }
      if (frames.length > 0) this.#client.write(Buffer.concat(frames));
    }, TAPE_EVERY_MS);
  }

  #tellPlayed(watched: readonly string[], ticks: number, rises: number): void {
    const latenciesUs = [...this.#latenciesUs];
    const missed = this.#missed + this.#awaited.size;
    const risenTo = Math.min(...watched.map((conId) => this.#cents.get(conId) ?? 0)) / 100;
    const modifications = this.#modifications;
    tell({ kind: 'played', played: { latenciesUs, missed, rises, ticks, risenTo, modifications } });
  }

  /** A tick that moves nothing: the bid is a cent lower, or where it was. */
  #wiggle(conId: string, n: number): Buffer {
    const cents = (this.#cents.get(conId) ?? 0) - 1 - (Math.floor(n / stocks.length) % 2);
    return frameOf(tickPrice(this.#tickers.get(conId) ?? '', BID, dollars(cents)));
  }

  #rise(conId: string): void {
    const cents = (this.#cents.get(conId) ?? 0) + RISE * 100;
    this.#cents.set(conId, cents);
    if (this.#awaited.has(conId)) this.#missed += 1;
    const bytes = pricesAt(this.#tickers.get(conId) ?? '', cents);
    const at = process.hrtime.bigint();
    this.#awaited.set(conId, { cents, at });
    this.#client.write(bytes);
  }
}

/** A mark on the tape is a size that says when it was written, by the machine's monotonic clock. */
const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/** The last price comes last, so that it lies between bid and ask. */
function pricesAt(ticker: string, cents: number): Buffer {
  return Buffer.concat([
    frameOf(tickPrice(ticker, BID, dollars(cents - 1))),
    frameOf(tickPrice(ticker, ASK, dollars(cents + 1))),
    frameOf(tickPrice(ticker, LAST, dollars(cents))),
  ]);
}

let current: Line | null = null;

/** Lets everything through but the exchange's own ticks, and looks at what the client sends. */
function open(client: Socket): void {
  client.setNoDelay(true);
  const upstream = connect(tws.port, '127.0.0.1');
  upstream.setNoDelay(true);
  const line = new Line(client);
  const toUs = new Frames();
  let greeted = false;
  client.on('data', (chunk: Buffer) => {
    const at = process.hrtime.bigint();
    upstream.write(chunk);
    const bytes = greeted ? chunk : chunk.subarray(GREETING_PREFIX.length);
    greeted = true;
    for (const frame of toUs.push(bytes)) {
      const fields = fieldsOf(frame);
      if (fields[0] === START_API) current = line;
      if (fields[0] === REQUEST_MARKET_DATA) line.watch(fields);
      if (fields[0] === PLACE_ORDER) line.hear(fields, at);
    }
  });
  const fromTws = new Frames();
  upstream.on('data', (chunk: Buffer) => {
    const kept = fromTws.push(chunk).filter((frame) => !TICKS.includes(fieldsOf(frame)[0] ?? ''));
    if (kept.length > 0) client.write(Buffer.concat(kept));
  });
  upstream.on('close', () => client.destroy());
  upstream.on('error', () => client.destroy());
  client.on('close', () => upstream.destroy());
  client.on('error', () => client.destroy());
}

process.on('message', (tape: StopOrder) => current?.play(tape));
process.on('disconnect', () => process.exit());

const door = createServer(open);
door.listen(0, '127.0.0.1', () => {
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('the door listens on a port');
  tell({ kind: 'listening', port: address.port, stocks: stocks.map(({ conId, symbol }) => ({ conId, symbol })) });
});
