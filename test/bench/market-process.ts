import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { startTwsServer } from '#simulator/tws/tws-server';

/** What the market's process tells. */
export type MarketNews =
  | { readonly kind: 'listening'; readonly port: number }
  /** Bytes of a new order arrived; nanoseconds of the machine's monotonic clock. */
  | { readonly kind: 'order'; readonly at: bigint }
  | { readonly kind: 'ticked' };

/** What it is told. */
export type MarketOrder =
  /** Let the market live for so many steps; every symbol moves in each. */
  | { readonly kind: 'live'; readonly steps: number }
  /** Hold `symbol` at these prices. */
  | { readonly kind: 'pin'; readonly symbol: string; readonly bid: string; readonly ask: string };

const START = Date.UTC(2026, 0, 5, 15, 0);
const STEP_MS = 250;
/** Steps in one turn of the event loop: the socket is written in between. */
const STEPS_PER_TURN = 4;
const PLACE_ORDER = Buffer.from('3\0');
const LENGTH_BYTES = 4;
const GREETING_PREFIX = Buffer.from('API\0');

const tell = (news: MarketNews): void => {
  process.send?.(news);
};

const tws = await startTwsServer({
  port: 0,
  seed: 4,
  autoTick: false,
  tickIntervalMs: STEP_MS,
  clock: { now: () => START, every: () => () => undefined },
});

/** Looks at what a client sends, frame by frame, and lets it through; bare bytes that greet nobody end here. */
function watch(client: Socket): void {
  client.setNoDelay(true);
  let rest: Buffer = Buffer.alloc(0);
  let upstream: Socket | null = null;
  client.on('data', (chunk: Buffer) => {
    const at = process.hrtime.bigint();
    rest = Buffer.concat([rest, chunk]);
    if (upstream === null && rest.subarray(0, GREETING_PREFIX.length).equals(GREETING_PREFIX)) {
      rest = rest.subarray(GREETING_PREFIX.length);
      upstream = upstreamOf(client);
    }
    upstream?.write(chunk);
    while (rest.length >= LENGTH_BYTES && rest.length >= LENGTH_BYTES + rest.readUInt32BE(0)) {
      const end = LENGTH_BYTES + rest.readUInt32BE(0);
      if (rest.subarray(LENGTH_BYTES, LENGTH_BYTES + PLACE_ORDER.length).equals(PLACE_ORDER))
        tell({ kind: 'order', at });
      rest = rest.subarray(end);
    }
  });
  client.on('error', () => client.destroy());
}

/** A connection to the simulated TWS that lives as long as the client's. */
function upstreamOf(client: Socket): Socket {
  const upstream = connect(tws.port, '127.0.0.1');
  upstream.setNoDelay(true);
  upstream.on('data', (chunk) => client.write(chunk));
  upstream.on('close', () => client.destroy());
  upstream.on('error', () => client.destroy());
  client.on('close', () => upstream.destroy());
  return upstream;
}

let now = START;
function live(steps: number): void {
  const turn = Math.min(steps, STEPS_PER_TURN);
  for (let step = 0; step < turn; step += 1) {
    now += STEP_MS;
    tws.advanceTo(now);
  }
  if (steps > turn) setImmediate(() => live(steps - turn));
  else tell({ kind: 'ticked' });
}
process.on('message', (order: MarketOrder) => {
  if (order.kind === 'live') live(order.steps);
  else tws.exchange.setPrice(order.symbol, { bid: order.bid, ask: order.ask, last: order.ask });
});
process.on('disconnect', () => process.exit());

const door = createServer(watch);
door.listen(0, '127.0.0.1', () => {
  const address: AddressInfo | string | null = door.address();
  if (address === null || typeof address === 'string') throw new Error('the door listens on a port');
  tell({ kind: 'listening', port: address.port });
});
