import { DATA_REQUEST_ID_MIN } from './ib-messages';

/** Numbers of data requests: ascending, never used twice in one process, never in the range of order ids. */
export class IbRequestIds {
  #last = DATA_REQUEST_ID_MIN - 1;

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}
