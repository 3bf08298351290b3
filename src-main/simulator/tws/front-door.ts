import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const LOOPBACK = '127.0.0.1';
/** Somebody took the port while it was closed: tried again after this. */
const RETRY_MS = 1_000;

/** The port that clients come in by, on 127.0.0.1 only: open, closed for a while, or moved. */
export class FrontDoor {
  readonly #onConnection: (socket: Socket) => void;
  readonly #now: () => number;
  #server: Server | undefined;
  /** Where clients find it when nothing has moved it; 0 until it was open once. */
  #home = 0;
  #opensAt = Infinity;
  #opened: (() => void)[] = [];
  /** The latest attempt to open. */
  #opening: Promise<void> = Promise.resolve();

  constructor(onConnection: (socket: Socket) => void, now: () => number) {
    this.#onConnection = onConnection;
    this.#now = now;
  }

  /** Where it is open, or opens next. */
  get port(): number {
    const address = this.#server?.address();
    return isTcpAddress(address) ? address.port : this.#home;
  }

  /** Opens at `port`; 0 takes any free one. Until then it stays as it is. @throws the system's error when it is taken. */
  async open(port: number): Promise<void> {
    const opening = this.#listen(port);
    this.#opening = opening.catch(() => undefined);
    await opening;
  }

  /** Refuses new clients until it is opened, or until `opensAt`. */
  close(opensAt = Infinity): void {
    this.#server?.close();
    this.#server = undefined;
    this.#opensAt = opensAt;
  }

  /** Opens where it was before it was closed or moved. */
  async reopen(): Promise<void> {
    this.close();
    await this.open(this.#home);
  }

  /** Opens when it was to open. */
  passTo(now: number): void {
    if (now < this.#opensAt) return;
    this.reopen().catch(() => {
      this.#opensAt = this.#now() + RETRY_MS;
    });
  }

  /** Settles when it is open. */
  whenOpen(): Promise<void> {
    if (this.#server !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#opened.push(resolve));
  }

  /** Closes for good. Settles when the last connection is gone too. */
  async end(): Promise<void> {
    await this.#opening;
    const server = this.#server;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.once('close', resolve);
      this.close();
    });
  }

  async #listen(port: number): Promise<void> {
    const server = createServer(this.#onConnection);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, LOOPBACK, resolve);
    });
    this.close();
    this.#server = server;
    if (this.#home === 0) this.#home = this.port;
    for (const tell of this.#opened.splice(0)) tell();
  }
}

function isTcpAddress(address: AddressInfo | string | null | undefined): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
