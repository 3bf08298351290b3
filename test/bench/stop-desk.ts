import { setTimeout as pause } from 'node:timers/promises';
import { commandKey, type ConId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { stopOf } from '#domain/order-spec';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { OPEN_AT, startStopMarket, TRAIL, type HeldStock, type StopMarket } from './stop-market';
import { startWired, type WiredWorkstation } from './wired-workstation';

/** Below the pacer's 40 messages a second: placing is not what is measured. */
const PLACE_EVERY_MS = 30;
const QUOTE_AGE_MAX_MS = 60_000;

/** A workstation, stocks held, and managed trailing stops on the first `symbols` of them. */
export interface StopDesk {
  readonly wired: WiredWorkstation;
  readonly market: StopMarket;
  /** What came in on the tape since this was cleared: how many ticks, and how long its marks were on their way. */
  readonly heard: { ticks: number; lagsMs: number[] };
  /** How many stops rest below `dollars`. */
  readonly stopsBelow: (dollars: number) => number;
  readonly stop: () => Promise<void>;
}

/** Connects, and places `stopsEach` stops on each of the first `symbols` stocks. */
export async function startStopDesk(symbols: number, stopsEach: number): Promise<StopDesk> {
  const market = await startStopMarket();
  const startedAt = performance.now();
  const heard: StopDesk['heard'] = { ticks: 0, lagsMs: [] };
  const traded = new Set<ConId>();
  const { risk } = DEFAULT_SETTINGS;
  const wired = await startWired({
    port: market.port,
    name: 'stops',
    settings: { ...DEFAULT_SETTINGS, risk: { ...risk, quoteAgeMaxMs: QUOTE_AGE_MAX_MS, duplicateWindowMs: 0 } },
    wall: () => OPEN_AT + (performance.now() - startedAt),
    onFact: (fact) => {
      if (fact.kind !== 'quote') return;
      heard.ticks += 1;
      if (fact.patch.last !== undefined) traded.add(fact.conId);
      const mark = fact.patch.bidSize ?? null;
      if (mark !== null) heard.lagsMs.push(Number(process.hrtime.bigint()) / 1e6 - Number(mark));
    },
  });
  await wired.ready();
  while (traded.size < market.stocks.length) await pause(PLACE_EVERY_MS);
  for (let n = 0; n < stopsEach; n += 1) {
    for (const stock of market.stocks.slice(0, symbols)) await placeStop(wired, stock, n);
  }
  return {
    wired,
    market,
    heard,
    stopsBelow: (dollars) =>
      [...wired.durable.orders.values()].filter(({ spec: { terms } }) => Number(stopOf(terms) ?? dollars) < dollars)
        .length,
    stop: async () => {
      await wired.stop();
      await market.stop();
    },
  };
}

async function placeStop({ workstation }: WiredWorkstation, { symbol }: HeldStock, n: number): Promise<void> {
  await pause(PLACE_EVERY_MS);
  const answer = await workstation.execute(commandKey(`${symbol}-${n}`), 'window', {
    kind: 'place-trailing-stop',
    request: {
      symbol,
      side: 'SELL',
      quantity: quantity('1'),
      trail: { by: 'amount', amount: price(String(TRAIL)) },
      activationPrice: null,
      initialStopPrice: null,
      triggerOn: 'last',
      mode: 'managed',
      outsideRth: false,
    },
  });
  if (!answer.ok || answer.value.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
}
