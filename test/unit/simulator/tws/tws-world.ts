import { afterEach } from 'vitest';
import { startTwsServer, type TwsServer, type TwsServerOptions } from '#simulator/tws/tws-server';
import { manualClock } from '#test/wire/manual-clock';
import { RawClient } from '#test/wire/raw-client';

const running: { stop: () => Promise<void> | void }[] = [];

afterEach(async () => {
  for (const { stop } of running.splice(0).reverse()) await stop();
});

/** A simulator whose time stands still, with AAPL pinned at 99.99 / 100.01; stopped after the test. */
export async function startWorld(options: Partial<TwsServerOptions> = {}): Promise<TwsServer> {
  const server = await startTwsServer({ port: 0, seed: 4, clock: manualClock(), autoTick: false, ...options });
  running.push({ stop: () => server.stop() });
  server.exchange.setPrice('AAPL', { bid: '99.99', ask: '100.01', last: '100' });
  return server;
}

/** A client past the handshake; closed after the test. */
export async function join(server: TwsServer, clientId = 1): Promise<RawClient> {
  const client = await RawClient.start(server.port, clientId);
  running.push({ stop: () => client.close() });
  return client;
}

/** What a client was told about orders, in words: `1 Submitted 0+100`, `1 fills 60`, `1 error 202`. */
export function orderNews(client: RawClient, from = 0): readonly string[] {
  return client.messages.slice(from).flatMap(({ name, values }) => {
    if (name === 'ORDER_STATUS') {
      return [`${values['orderId']} ${values['status']} ${values['filled']}+${values['remaining']}`];
    }
    if (name === 'EXECUTION_DATA') return [`${values['orderId']} fills ${values['shares']}`];
    if (name === 'ERR_MSG' && values['id'] !== '-1') return [`${values['id']} error ${values['code']}`];
    return name === 'OPEN_ORDER' ? [`${values['orderId']} open`] : [];
  });
}
