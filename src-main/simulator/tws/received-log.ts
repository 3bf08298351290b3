import type { ClientMessage } from '#simulator/tws/decode';

/** A message a client sent, as it was understood. */
export interface Received {
  readonly clientId: number;
  readonly message: ClientMessage;
}

interface Wait {
  readonly predicate: (received: Received) => boolean;
  readonly resolve: (received: Received) => void;
  readonly reject: (cause: Error) => void;
}

const RECEIVED_KEPT_MAX = 10_000;

/** What clients sent, oldest first (the last 10,000), for tests that wait for it. */
export class ReceivedLog {
  readonly all: Received[] = [];
  #waits: Wait[] = [];

  note(received: Received): void {
    this.all.push(received);
    if (this.all.length > RECEIVED_KEPT_MAX) this.all.shift();
    const satisfied = this.#waits.filter(({ predicate }) => predicate(received));
    this.#waits = this.#waits.filter((wait) => !satisfied.includes(wait));
    for (const { resolve } of satisfied) resolve(received);
  }

  /** The first that satisfies `predicate`, out of those from `all[from]` on and those to come. */
  waitFor(predicate: (received: Received) => boolean, from: number): Promise<Received> {
    const known = this.all.slice(from).find(predicate);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.#waits.push({ predicate, resolve, reject });
    });
  }

  /** Nothing more will come. */
  end(): void {
    const waits = this.#waits;
    this.#waits = [];
    for (const { reject } of waits) reject(new Error('the simulator has stopped'));
  }
}
