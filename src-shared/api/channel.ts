/** Texts kept for a listener that is not there yet; a peer that sends more meanwhile is cut off. */
const HELD_TEXTS_MAX = 16;
/** What may wait for a peer that does not read: several of the largest snapshots. More, and it is cut off. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;
/** WebSocket.OPEN. */
export const SOCKET_OPEN = 1;

/** The part of a WebSocket that is used: the browser's own and that of the package `ws` both have it. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
}

/** The part of a MessagePort that is used, as browsers and Node have it. */
export interface EventPort {
  postMessage(text: string): void;
  start(): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
}

/** The same of Electron's MessagePortMain. */
export interface EmitterPort {
  postMessage(text: string): void;
  start(): void;
  close(): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}

export type MessagePortLike = EventPort | EmitterPort;

/** Whole texts, in order, both ways: what a WebSocket and a MessagePort have in common. */
export interface Channel {
  readonly closed: boolean;
  /** Does nothing once the channel is closed. */
  readonly send: (text: string) => void;
  /** Hands every text to `listener` from now on, the held ones first; null: hold them again. */
  readonly listen: (listener: ((text: string) => void) | null) => void;
  /** Calls `listener` once when the channel closes, at once when it is closed. @returns the way to stop that. */
  readonly onClose: (listener: () => void) => () => void;
  readonly close: () => void;
}

interface Wire {
  readonly send: (text: string) => void;
  readonly close: () => void;
}

/** A channel over `wire`, and the two things that its events are fed to. */
function channelOver(wire: Wire): { channel: Channel; received: (data: unknown) => void; ended: () => void } {
  let closed = false;
  let listener: ((text: string) => void) | null = null;
  const held: string[] = [];
  const closeListeners = new Set<() => void>();

  const ended = (): void => {
    if (closed) return;
    closed = true;
    listener = null;
    held.length = 0;
    for (const tell of closeListeners) tell();
    closeListeners.clear();
  };
  const close = (): void => {
    if (!closed) wire.close();
    ended();
  };
  const received = (data: unknown): void => {
    if (closed) return;
    // Nothing we speak is binary.
    if (typeof data !== 'string') close();
    else if (listener !== null) listener(data);
    else if (held.push(data) > HELD_TEXTS_MAX) close();
  };
  const channel: Channel = {
    get closed() {
      return closed;
    },
    send: (text) => {
      if (!closed) wire.send(text);
    },
    listen: (next) => {
      listener = next;
      while (listener !== null) {
        const text = held.shift();
        if (text === undefined) break;
        listener(text);
      }
    },
    onClose: (tell) => {
      if (closed) {
        tell();
        return () => undefined;
      }
      closeListeners.add(tell);
      return () => void closeListeners.delete(tell);
    },
    close,
  };
  return { channel, received, ended };
}

/** A channel over a port, which starts with it. */
export function portChannel(port: MessagePortLike): Channel {
  const { channel, received, ended } = channelOver({
    send: (text) => port.postMessage(text),
    close: () => port.close(),
  });
  if ('addEventListener' in port) {
    port.addEventListener('message', (event) => received(event.data));
    port.addEventListener('close', ended);
  } else {
    port.on('message', (event) => received(event.data));
    port.on('close', ended);
  }
  port.start();
  return channel;
}

/** A channel over an open WebSocket. @param drop ends the connection; a host does not wait for a stalled client's bye. */
export function socketChannel(socket: WebSocketLike, drop: () => void = () => socket.close()): Channel {
  const { channel, received, ended } = channelOver({
    send: (text) => {
      // A closing socket throws away what it is given; `close` tells the listeners.
      if (socket.readyState !== SOCKET_OPEN) return;
      if (socket.bufferedAmount > UNREAD_BYTES_MAX) channel.close();
      else socket.send(text);
    },
    close: drop,
  });
  socket.addEventListener('message', (event) => received(event.data));
  socket.addEventListener('close', ended);
  socket.addEventListener('error', ended);
  return channel;
}

/** The port that the RPC library takes on both sides. A text it can not read ends the channel. */
export function portOver(channel: Channel): {
  on: (event: string, callback: (event?: { data: string }) => unknown) => void;
  postMessage: (data: unknown) => void;
} {
  const hear = async (callback: (event?: { data: string }) => unknown, data: string): Promise<void> => {
    try {
      await callback({ data });
    } catch {
      channel.close();
    }
  };
  return {
    on: (event, callback) => {
      if (event === 'message') channel.listen((text) => void hear(callback, text));
      else channel.onClose(() => void callback());
    },
    postMessage: (data) => {
      if (typeof data === 'string') channel.send(data);
      else channel.close();
    },
  };
}
