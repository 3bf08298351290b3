import { EventName, type IBApi } from '@stoqey/ib';
import { describe, expect, test } from 'vitest';
import { DecoderQueue, replaceQueue } from '#adapters/ibkr/ib-decoder-queue';
import { createIbApi, keepDecoding } from '#adapters/ibkr/ib-library';

/** The library's client with our queue, and the way to let a message arrive as from TWS at version 193. */
function decodingApi(): { api: IBApi; receive: (...fields: readonly (string | number)[]) => void; faults: unknown[] } {
  const api = createIbApi({ host: '127.0.0.1', port: 1, clientId: 1, maxReqPerSec: 1 });
  const faults: unknown[] = [];
  keepDecoding(api, (fault) => faults.push(fault));
  const controller = Reflect.get(api, 'controller') as {
    socket: { onMessage: (text: string) => void; neverReceived: boolean; _serverVersion: number };
  };
  controller.socket.neverReceived = false;
  controller.socket._serverVersion = 193;
  const receive = (...fields: readonly (string | number)[]): void =>
    controller.socket.onMessage(fields.map((field) => `${field}\0`).join(''));
  return { api, receive, faults };
}

describe('the queue of the decoder', () => {
  test('gives the fields of its messages one by one, between marks', () => {
    const queue = new DecoderQueue();
    expect([queue.length, queue[0], queue.shift()]).toEqual([0, undefined, undefined]);
    queue.enqueue(['49', '1']);
    expect(queue.length).toBe(4);
    expect([queue.shift(), queue[0], queue.shift(), queue.length]).toEqual([undefined, '49', '49', 2]);
  });

  test('takes a message behind what is not read yet', () => {
    const queue = new DecoderQueue();
    queue.enqueue(['a', 'b']);
    queue.shift();
    queue.shift();
    queue.enqueue(['c']);
    expect(JSON.stringify(queue)).toBe(JSON.stringify(['b', undefined, undefined, 'c', undefined]));
  });

  test('is only put where the library has what we know', () => {
    expect(() => replaceQueue({ dataQueue: null, enqueueMessage: () => undefined })).toThrow('an empty array');
    expect(() => replaceQueue({ dataQueue: ['x'], enqueueMessage: () => undefined })).toThrow('an empty array');
  });
});

describe('the library decodes from it', () => {
  test('a message of many bars, whole and in order', () => {
    const { api, receive, faults } = decodingApi();
    const times: string[] = [];
    api.on(EventName.historicalData, (_id: number, time: string) => times.push(time));
    const bars = Array.from({ length: 2_000 }, (_, n) => [String(n), 1, 2, 0.5, 1.5, 100, 1.2, 7]);
    receive(17, 1_000_000_000, 'from', 'to', bars.length, ...bars.flat());
    expect(times).toEqual([...bars.map(([time]) => time), 'finished-from-to']);
    expect(faults).toEqual([]);
  });

  test('a message that is too short, one that is too long, and the next one as it should be', () => {
    const { api, receive } = decodingApi();
    const errors: string[] = [];
    const times: number[] = [];
    api.on(EventName.error, (error: Error) => errors.push(error.message));
    api.on(EventName.currentTime, (time: number) => times.push(time));
    receive(49, 1);
    receive(49, 1, 1_767_623_400, 'too much');
    receive(49, 1, 1_767_623_401);
    expect(errors[0]).toContain('Underrun error on CURRENT_TIME');
    expect(errors[1]).toContain('unprocessed data left on queue (["too much",null])');
    expect(times.at(-1)).toBe(1_767_623_401);
  });

  test('after a message broke the decoder, the next one as it should be', () => {
    const { api, receive, faults } = decodingApi();
    const times: number[] = [];
    api.on(EventName.currentTime, (time: number) => times.push(time));
    api.once(EventName.currentTime, () => {
      throw new Error('a listener of ours is broken');
    });
    receive(49, 1, 1_767_623_400);
    receive(49, 1, 1_767_623_401);
    expect(faults).toHaveLength(1);
    expect(times.at(-1)).toBe(1_767_623_401);
  });
});
