import { IBApi } from '@stoqey/ib';
import { assert } from '#domain/assert';
import { replaceQueue, type QueueingDecoder } from './ib-decoder-queue';
import { rejectDetailsOf } from './ib-reject-details';

/**
 * All four are given at every creation: without a host or port `connect` throws, without a client id or rate the
 * library reads `.env` into `process.env`.
 */
export interface IbApiOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  readonly maxReqPerSec: number;
}

/**
 * Far above what we ever send (the message pacer stands before this adapter), so that the library writes each message
 * at once and its own first-in-first-out queue, which loses orders at a disconnect, stays empty.
 */
export const LIBRARY_MESSAGES_PER_SECOND = 1_000_000;

/** Makes the library's client for one TCP session. */
export function createIbApi(options: IbApiOptions): IBApi {
  return new IBApi({ ...options });
}

const ERROR_MESSAGE = '4';
const TEXT_FIELD = 4;
const REJECT_DETAILS_FIELD = 5;

/** The library's undeclared seams that we hold on to; checked when a client is made and by the tests. */
interface LibraryDecoder extends QueueingDecoder {
  process: () => void;
  readonly drainQueue: () => void;
}
interface LibraryController {
  readonly decoder: LibraryDecoder;
  readonly resume: () => void;
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((n) => typeof Reflect.get(value, n) === 'function');
}

function isController(value: unknown): value is LibraryController {
  if (typeof value !== 'object' || value === null || !('decoder' in value)) return false;
  return hasMethods(value, 'resume') && hasMethods(value.decoder, 'enqueueMessage', 'process', 'drainQueue');
}

function controllerOf(api: IBApi): LibraryController {
  const controller: unknown = Reflect.get(api, 'controller');
  assert(isController(controller), '@stoqey/ib has the controller and decoder that this adapter was written for');
  return controller;
}

/**
 * Keeps the library decoding whatever arrives. Two of its faults would escape to `uncaughtException` and leave the rest
 * of the packet unread until more bytes come: details of an order reject that are not JSON, and any throw while a
 * message is decoded.
 * @param onFault - told of each message that could not be decoded; must not throw.
 */
export function keepDecoding(api: IBApi, onFault: (error: unknown) => void): void {
  const { decoder } = controllerOf(api);
  replaceQueue(decoder);
  const enqueueMessage = decoder.enqueueMessage.bind(decoder);
  decoder.enqueueMessage = (tokens) => {
    // Details of a reject become part of its text: the library would read them as JSON, which they need not be.
    const [type, , , , text, details] = tokens;
    if (type === ERROR_MESSAGE && text !== undefined && details !== undefined && details !== '') {
      const words = rejectDetailsOf(details);
      if (words !== '' && words !== text) tokens[TEXT_FIELD] = `${text} (${words})`;
      tokens[REJECT_DETAILS_FIELD] = '';
    }
    enqueueMessage(tokens);
  };
  const process = decoder.process.bind(decoder);
  decoder.process = () => {
    try {
      process();
    } catch (error) {
      decoder.drainQueue();
      onFault(error);
    }
  };
}

/**
 * Opens the library's command queue. The library does so itself right after it has told its listeners of nextValidId;
 * we announce the session from within that listener, and a command sent from there must be written and not queued.
 */
export function openCommands(api: IBApi): void {
  controllerOf(api).resume();
}

/**
 * Lets every message go out at once: the library leaves Nagle's algorithm on, by which the second of two small messages
 * waits for the peer to confirm the first, up to 40 ms. To be called once the socket was made.
 */
export function sendAtOnce(api: IBApi): void {
  const socket: unknown = Reflect.get(controllerOf(api), 'socket');
  const client: unknown = typeof socket === 'object' && socket !== null ? Reflect.get(socket, 'client') : undefined;
  assert(isTcpSocket(client), '@stoqey/ib has the socket that this adapter was written for');
  client.setNoDelay(true);
}

function isTcpSocket(value: unknown): value is { readonly setNoDelay: (noDelay: boolean) => unknown } {
  return hasMethods(value, 'setNoDelay');
}
