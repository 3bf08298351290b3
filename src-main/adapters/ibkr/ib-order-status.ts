import type { Hold } from '#domain/order-record';
import type { BrokerOrderStatus } from '#ports/broker-port';

/** How many orders' holds are remembered; the oldest are forgotten first. */
const REMEMBERED_MAX = 10_000;
const WHY_LENGTH_MAX = 500;

/** What the status word alone does not say. */
export interface HoldEvidence {
  /** IBKR's `whyHeld`, e.g. `child`, `child,trigger`, `locate`; null when no status has told it yet. */
  readonly whyHeld: string | null;
  /** True for orders that wait for a trigger price. */
  readonly waitsForTrigger: boolean;
  /** True when the order is attached to a parent. */
  readonly isChild: boolean;
}

function holdOf({ whyHeld, waitsForTrigger, isChild }: HoldEvidence): Hold {
  // Until told otherwise a child is taken to wait for its parent: a stop is not protection before IBKR says so.
  if (whyHeld === null && isChild) return 'parent';
  const words = whyHeld ?? '';
  if (words.includes('child')) return 'parent';
  if (words.includes('trigger') || (words === '' && waitsForTrigger)) return 'trigger';
  return words === '' ? 'none' : 'other';
}

function whyInactive(why: string): string {
  if (why === '') return 'IBKR does not say why';
  return why === 'locate' ? 'held until shares to borrow are found (locate)' : why.slice(0, WHY_LENGTH_MAX);
}

/**
 * Translates IBKR's status word.
 * @returns null for a word that is not one of IBKR's.
 */
export function brokerStatusOf(word: string, evidence: HoldEvidence, why: string): BrokerOrderStatus | null {
  switch (word) {
    case 'ApiPending':
    case 'PendingSubmit':
      return { kind: 'acknowledged', hold: 'none' };
    case 'PreSubmitted':
      return { kind: 'acknowledged', hold: holdOf(evidence) };
    case 'Submitted':
      return { kind: 'working' };
    case 'PendingCancel':
      return { kind: 'cancel-pending' };
    case 'Cancelled':
    case 'ApiCancelled':
      return { kind: 'cancelled' };
    case 'Filled':
      return { kind: 'filled' };
    case 'Inactive':
      // Rejected, or held for shares to borrow: not safely over.
      return { kind: 'inactive', why: whyInactive(why) };
    default:
      return null;
  }
}

/**
 * Joins the two halves of a hold: openOrder tells the order's type and parent, orderStatus tells `whyHeld`, and neither
 * tells the other's.
 */
export class HoldMemory {
  readonly #evidence = new Map<string, HoldEvidence>();

  /** What openOrder says of an order. */
  learnShape(key: string, waitsForTrigger: boolean, isChild: boolean): HoldEvidence {
    return this.#store(key, { whyHeld: this.#evidence.get(key)?.whyHeld ?? null, waitsForTrigger, isChild });
  }

  /** What orderStatus says of it. */
  learnWhyHeld(key: string, whyHeld: string, isChild: boolean): HoldEvidence {
    return this.#store(key, { whyHeld, waitsForTrigger: this.#evidence.get(key)?.waitsForTrigger ?? false, isChild });
  }

  #store(key: string, evidence: HoldEvidence): HoldEvidence {
    this.#evidence.delete(key);
    this.#evidence.set(key, evidence);
    if (this.#evidence.size > REMEMBERED_MAX) {
      for (const oldest of this.#evidence.keys()) {
        this.#evidence.delete(oldest);
        break;
      }
    }
    return evidence;
  }
}
