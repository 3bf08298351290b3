import { EventEmitter, once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import { portChannel, portOver, socketChannel, type WebSocketLike } from '#api/channel';

/** A WebSocket whose events are fired by hand. */
class FakeSocket implements WebSocketLike {
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  readonly events = new EventEmitter();
  readonly send = (text: string): void => void this.sent.push(text);
  readonly close = vi.fn();
  readonly addEventListener = (type: string, listener: (event: { data: unknown }) => void): void =>
    void this.events.on(type, listener);
  receive(data: unknown): void {
    this.events.emit('message', { data });
  }
}

describe('a channel', () => {
  test('keeps the first texts until somebody listens, in order', () => {
    const socket = new FakeSocket();
    const channel = socketChannel(socket);
    socket.receive('one');
    socket.receive('two');
    const heard: string[] = [];
    channel.listen((text) => {
      heard.push(text);
      channel.listen(null);
    });
    expect(heard).toEqual(['one']);
    channel.listen((text) => heard.push(text));
    socket.receive('three');
    expect(heard).toEqual(['one', 'two', 'three']);
  });

  test('cuts off a peer that talks on and on while nobody listens', () => {
    const socket = new FakeSocket();
    const channel = socketChannel(socket);
    for (let n = 0; n < 17; n += 1) socket.receive('more');
    expect(channel.closed).toBe(true);
    expect(socket.close).toHaveBeenCalledOnce();
  });

  test('tells once that it is closed, also to who asks late, and not to who stopped asking', () => {
    const socket = new FakeSocket();
    const channel = socketChannel(socket);
    const [told, stopped, late] = [vi.fn(), vi.fn(), vi.fn()];
    channel.onClose(told);
    channel.onClose(stopped)();
    channel.close();
    socket.events.emit('close');
    channel.close();
    channel.onClose(late)();
    expect(told).toHaveBeenCalledOnce();
    expect(stopped).not.toHaveBeenCalled();
    expect(late).toHaveBeenCalledOnce();
    expect(socket.close).toHaveBeenCalledOnce();
  });

  test('neither sends nor hears anything once it is closed', () => {
    const socket = new FakeSocket();
    const channel = socketChannel(socket);
    const heard = vi.fn();
    channel.listen(heard);
    channel.close();
    channel.send('late');
    socket.receive('late');
    expect(socket.sent).toEqual([]);
    expect(heard).not.toHaveBeenCalled();
  });

  test('throws nothing at a socket that is closing', () => {
    const socket = new FakeSocket();
    const channel = socketChannel(socket);
    socket.readyState = 2;
    channel.send('late');
    expect(socket.sent).toEqual([]);
    expect(channel.closed).toBe(false);
  });

  test('cuts off a peer that does not read what it is sent', () => {
    const socket = new FakeSocket();
    const drop = vi.fn();
    const channel = socketChannel(socket, drop);
    socket.bufferedAmount = 64 * 1024 * 1024;
    channel.send('fits');
    socket.bufferedAmount += 1;
    channel.send('too much');
    expect(socket.sent).toEqual(['fits']);
    expect(drop).toHaveBeenCalledOnce();
    expect(channel.closed).toBe(true);
  });

  test('ends with an error of its socket', () => {
    const socket = new FakeSocket();
    const channel = socketChannel(socket);
    socket.events.emit('error');
    expect(channel.closed).toBe(true);
  });
});

describe('a channel over a port', () => {
  test('carries texts both ways, and the other side hears of its end', async () => {
    const { port1, port2 } = new MessageChannel();
    const [one, other] = [portChannel(port1), portChannel(port2)];
    const text = new Promise((resolve) => other.listen(resolve));
    one.send('hello');
    expect(await text).toBe('hello');
    const ended = new Promise<void>((resolve) => other.onClose(resolve));
    one.close();
    await ended;
    expect(other.closed).toBe(true);
  });

  test('works over the port of an Electron main process', () => {
    const events = new EventEmitter();
    const port = { postMessage: vi.fn(), start: vi.fn(), close: vi.fn(), on: events.on.bind(events) };
    const channel = portChannel(port);
    const heard = vi.fn();
    channel.listen(heard);
    expect(port.start).toHaveBeenCalledOnce();
    events.emit('message', { data: 'hello' });
    channel.send('answer');
    expect(heard).toHaveBeenCalledWith('hello');
    expect(port.postMessage).toHaveBeenCalledWith('answer');
    events.emit('close');
    expect(channel.closed).toBe(true);
  });
});

describe('the port for the RPC library', () => {
  test('a text that the library can not read ends the channel', async () => {
    const { port1, port2 } = new MessageChannel();
    const channel = portChannel(port1);
    portOver(channel).on('message', () => Promise.reject(new Error('unreadable')));
    port2.postMessage('?');
    await once(port2, 'close');
    expect(channel.closed).toBe(true);
  });

  test('only texts are sent: anything else ends the channel', () => {
    const channel = socketChannel(new FakeSocket());
    portOver(channel).postMessage(new Uint8Array(1));
    expect(channel.closed).toBe(true);
  });
});
