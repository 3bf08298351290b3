import { EventName, type IBApi } from '@stoqey/ib';
import { createIbBroker, type IbBroker } from '#adapters/ibkr/ib-broker';
import { createIbApi, LIBRARY_MESSAGES_PER_SECOND } from '#adapters/ibkr/ib-library';
import { present } from '#domain/assert';
import { clientId } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import { fakeTws, type FakeSession } from '#test/unit/adapters/ibkr/fake-tws';

export type Message = readonly (string | number)[];

/** Somebody who decodes what TWS sends, in a session that is up. */
export interface Decoding {
  readonly session: FakeSession;
  /** Lets bytes arrive as from the socket; everything is decoded and told when this returns. */
  readonly receive: (bytes: Buffer) => void;
  readonly stop: () => Promise<void>;
}

/** Messages as they stand on the wire. */
export function framed(messages: readonly Message[]): Buffer {
  return Buffer.concat(
    messages.map((fields) => {
      const body = Buffer.from(fields.map((field) => `${field}\0`).join(''));
      const head = Buffer.alloc(4);
      head.writeUInt32BE(body.length);
      return Buffer.concat([head, body]);
    }),
  );
}

/** The library's socket as `net` would call it: a benchmark of decoding leaves out the kernel. */
function receiverOf(api: IBApi): (bytes: Buffer) => void {
  const socket: unknown = Reflect.get(Object(Reflect.get(api, 'controller')), 'socket');
  return (bytes) => void Reflect.apply(Reflect.get(Object(socket), 'onData') as () => unknown, socket, [bytes]);
}

/** Our adapter. */
export async function ourDecoding(
  clock: Clock,
  onFact: (fact: BrokerFact) => void,
): Promise<Decoding & { broker: IbBroker }> {
  const tws = await fakeTws();
  const made: IBApi[] = [];
  const broker = createIbBroker({
    host: '127.0.0.1',
    port: tws.port,
    clientId: clientId(7),
    clock,
    random: Math.random,
    onFault: (error) => {
      throw error;
    },
    createApi: (options) => {
      const api = createIbApi(options);
      made.push(api);
      return api;
    },
  });
  await new Promise<void>((resolve) => {
    broker.start((fact) => {
      if (fact.kind === 'link-up') resolve();
      onFact(fact);
    });
  });
  const stop = async (): Promise<void> => {
    await broker.stop();
    await tws.stop();
  };
  return {
    broker,
    session: await tws.session(),
    receive: receiverOf(present(made[0], 'the client of the library')),
    stop,
  };
}

/** The bare library, with the listeners that `listen` gives it. */
export async function bareDecoding(listen: (api: IBApi) => void): Promise<Decoding> {
  const tws = await fakeTws();
  const api = createIbApi({
    host: '127.0.0.1',
    port: tws.port,
    clientId: 7,
    maxReqPerSec: LIBRARY_MESSAGES_PER_SECOND,
  });
  listen(api);
  await new Promise<void>((resolve) => {
    api.once(EventName.nextValidId, () => resolve());
    api.connect();
  });
  const stop = async (): Promise<void> => {
    api.disconnect();
    await tws.stop();
  };
  return { session: await tws.session(), receive: receiverOf(api), stop };
}
