import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MarketNews, MarketOrder } from './market-process';

/** Symbols of the simulated market. */
export const SYMBOLS: readonly string[] =
  'AAPL MSFT NVDA AVGO ORCL CRM ADBE AMD INTC CSCO QCOM TXN IBM NOW MU AMAT PANW SNOW GOOGL META'.split(' ');

/** A simulated TWS in a process of its own, so that it does not share the event loop with what is measured. */
export interface Market {
  readonly port: number;
  /** When the bytes of the next order arrive: nanoseconds of the machine's monotonic clock. */
  nextOrder(): Promise<bigint>;
  /** Lets the market live for `steps`; settles when its side is done. */
  live(steps: number): Promise<void>;
  /** Holds `symbol` at these prices. */
  pin(symbol: string, bid: string, ask: string): void;
  stop(): Promise<void>;
}

type NewsOf<Kind extends MarketNews['kind']> = Extract<MarketNews, { kind: Kind }>;

export async function startMarket(): Promise<Market> {
  const program = fileURLToPath(new URL('./market-process.ts', import.meta.url));
  const child = fork(program, { serialization: 'advanced' });
  const next = <Kind extends MarketNews['kind']>(kind: Kind): Promise<NewsOf<Kind>> =>
    new Promise((resolve, reject) => {
      const hear = (news: MarketNews): void => {
        if (!isKind(news, kind)) return;
        child.off('message', hear);
        child.off('error', reject);
        resolve(news);
      };
      child.on('message', hear);
      child.once('error', reject);
    });
  const tell = (order: MarketOrder): void => void child.send(order);
  const { port } = await next('listening');
  return {
    port,
    nextOrder: async () => (await next('order')).at,
    live: async (steps) => {
      const done = next('ticked');
      tell({ kind: 'live', steps });
      await done;
    },
    pin: (symbol, bid, ask) => tell({ kind: 'pin', symbol, bid, ask }),
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

function isKind<Kind extends MarketNews['kind']>(news: MarketNews, kind: Kind): news is NewsOf<Kind> {
  return news.kind === kind;
}
