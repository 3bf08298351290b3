/** Faults are armed for one message or hold from now on until `clear`. */
export type FaultTrigger = 'now' | 'next-order' | 'next-cancel';

/**
 * What can go wrong between a client and TWS, and inside TWS.
 * - `drop`: the connection breaks; `requestReaches` tells whether the message that set it off was still taken in.
 * - `freeze`: TWS neither reads nor writes.
 * - `delay`: everything TWS sends comes `milliseconds` later, in its order.
 * - `duplicate`: everything TWS sends comes `copies` times.
 * - `reject`: the next new order is rejected when it is transmitted.
 * - `withhold`: `after-exchange`: the request is done, but nothing about its order is said (a cancel stays pending);
 *   `before-exchange`: the request is lost.
 */
export type Fault =
  | { readonly kind: 'drop'; readonly when: FaultTrigger; readonly requestReaches?: boolean | undefined }
  | { readonly kind: 'freeze'; readonly when: FaultTrigger }
  | { readonly kind: 'delay'; readonly when: FaultTrigger; readonly milliseconds: number }
  | { readonly kind: 'duplicate'; readonly when: FaultTrigger; readonly copies: number }
  | { readonly kind: 'reject'; readonly when: 'next-order'; readonly code: number; readonly text: string }
  | { readonly kind: 'withhold'; readonly when: FaultTrigger; readonly at: 'after-exchange' | 'before-exchange' };

/** What a request that a fault may hit does to the exchange's order book. */
export type FaultyRequest = 'order' | 'cancel';

/** What happens to one order or cancel request. */
export interface RequestFate {
  readonly drop: boolean;
  /** False: the exchange never sees the request. */
  readonly reaches: boolean;
  readonly withheld: boolean;
  readonly rejection: { readonly code: number; readonly text: string } | undefined;
}

/** The faults in force. The server asks it at each request and each message sent. */
export class FaultBoard {
  #armed: Fault[] = [];
  #frozen = false;
  #delayMs = 0;
  #copies = 1;
  #withholding: 'after-exchange' | 'before-exchange' | undefined;
  readonly #onInject: (fault: Fault) => void;
  readonly #onClear: () => void;

  /** @param onInject hears every fault that takes hold; `onClear` that all are gone. */
  constructor(onInject: (fault: Fault) => void, onClear: () => void) {
    this.#onInject = onInject;
    this.#onClear = onClear;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  get delayMs(): number {
    return this.#delayMs;
  }

  /** How often each message goes out; 1 is health. */
  get copies(): number {
    return this.#copies;
  }

  /**
   * Lets a fault hold from now on, or arms it for the next order or cancel. Armed twice, it hits the next two.
   */
  inject(fault: Fault): void {
    if (fault.when === 'now') this.#hold(fault);
    else this.#armed.push(fault);
  }

  /** Ends every fault and forgets the armed ones: what was frozen, delayed or withheld goes out. */
  clear(): void {
    this.#armed = [];
    this.#frozen = false;
    this.#delayMs = 0;
    this.#copies = 1;
    this.#withholding = undefined;
    this.#onClear();
  }

  /** What the armed and the standing faults do to one request; armed ones are used up. */
  fateOf(request: FaultyRequest): RequestFate {
    const trigger = request === 'order' ? 'next-order' : 'next-cancel';
    const due = this.#armed.filter(({ when }) => when === trigger);
    // Two faults of one kind hit two requests, faults of different kinds the same one.
    const hits = due.filter((fault, place) => due.findIndex(({ kind }) => kind === fault.kind) === place);
    this.#armed = this.#armed.filter((fault) => !hits.includes(fault));
    let fate: RequestFate = {
      drop: false,
      reaches: this.#withholding !== 'before-exchange',
      withheld: this.#withholding === 'after-exchange',
      rejection: undefined,
    };
    for (const fault of hits) fate = this.#hit(fault, fate);
    return fate;
  }

  #hit(fault: Fault, fate: RequestFate): RequestFate {
    switch (fault.kind) {
      case 'drop':
        return { ...fate, drop: true, reaches: fault.requestReaches ?? false };
      case 'reject':
        return { ...fate, rejection: { code: fault.code, text: fault.text } };
      case 'withhold':
        return fault.at === 'after-exchange' ? { ...fate, withheld: true } : { ...fate, reaches: false };
      case 'freeze':
      case 'delay':
      case 'duplicate':
        this.#hold(fault);
        return fate;
    }
  }

  #hold(fault: Fault): void {
    if (fault.kind === 'freeze') this.#frozen = true;
    if (fault.kind === 'delay') this.#delayMs = fault.milliseconds;
    if (fault.kind === 'duplicate') this.#copies = fault.copies;
    if (fault.kind === 'withhold') this.#withholding = fault.at;
    this.#onInject(fault);
  }
}
