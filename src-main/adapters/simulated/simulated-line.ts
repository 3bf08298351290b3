import { laterBy } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { OrderKey, OrderRequest, Rejection } from '#simulator/simulated-order';

/** What the workstation asks the simulated TWS for, in parts that are answered one after the other. */
export type SimulatedQuestion = 'own-orders' | 'all-orders' | 'executions' | 'completed-orders' | 'positions';

/** A message of ours on its way to the simulated TWS. */
export type LineRequest =
  | { readonly kind: 'handshake' | 'heartbeat' | 'definition' | 'quotes' | 'global-cancel' }
  | { readonly kind: 'question'; readonly of: SimulatedQuestion }
  | { readonly kind: 'place' | 'modify'; readonly request: OrderRequest }
  | { readonly kind: 'cancel'; readonly key: OrderKey };

/** A message of the simulated TWS on its way to us: a fact, or what only the session understands. */
export type LineReport =
  { readonly kind: 'fact'; readonly fact: BrokerFact } | { readonly kind: 'answer'; readonly to: LineRequest };

/** Lets a request be acted on. `rejection`: what a new order ends with, or why a change is refused. */
export type Arrival = (rejection?: Rejection) => void;

/**
 * The way between the workstation and the simulated TWS. It decides what arrives, and when; a test gives one that loses,
 * delays and repeats.
 */
export interface SimulatedLine {
  /** True while TWS takes a connection. */
  readonly isOpen: boolean;
  /** Takes a message of ours. @returns false when it could not be written, and will not arrive. */
  send(request: LineRequest, arrive: Arrival): boolean;
  /** Takes a message of TWS. */
  report(report: LineReport, arrive: () => void): void;
}

/** A line that loses nothing and keeps the order: every message takes `latencyMs`. */
export function soundLine(clock: Clock, latencyMs: number): SimulatedLine {
  const carry = (arrive: () => void): void => {
    clock.wakeAt(laterBy(clock.now(), latencyMs), arrive);
  };
  return {
    isOpen: true,
    send: (_request, arrive) => {
      carry(arrive);
      return true;
    },
    report: (_report, arrive) => carry(arrive),
  };
}
