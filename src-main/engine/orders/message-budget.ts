import { present } from '#domain/assert';
import type { EngineEvent } from '#domain/engine-event';
import type { EpochMs } from '#domain/ids';
import type { Origin } from '#domain/order-record';
import { trafficOn } from '#domain/order-traffic';
import type { RiskContext } from '#domain/risk-decision';
import type { EngineState, ObservedState } from '#engine/engine-state';

const WINDOW_MS = 1_000;

/** What people and scripts have sent in the last second, and the messages and executions of the day. */
export function messagesOf({ durable, observed }: EngineState, at: EpochMs): NonNullable<RiskContext['messages']> {
  const { messages, executions } = trafficOn(durable.orderTraffic, at);
  const inLastSecond = observed.requestTimes.filter((then) => at - then < WINDOW_MS).length;
  return { inLastSecond, today: messages, executionsToday: executions };
}

/** Remembers for a second that a person or a script sent a new order or a change; a bracket is one request. */
export function noteRequest({ requestTimes }: ObservedState, event: EngineEvent, at: EpochMs): void {
  const origin = originOf(event);
  if (origin !== 'window' && origin !== 'cli') return;
  const isOver = (then: EpochMs | undefined): boolean => then !== undefined && at - then >= WINDOW_MS;
  while (isOver(requestTimes[0])) requestTimes.shift();
  requestTimes.push(at);
}

/** Who asked for the order or the change; null of every other event. */
function originOf(event: EngineEvent): Origin | null {
  if (event.type === 'orders-intended') return present(event.orders[0], 'an intended order').origin;
  return event.type === 'modification-requested' ? event.origin : null;
}
