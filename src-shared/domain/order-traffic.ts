import * as z from 'zod';
import { assert } from '#domain/assert';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import { epochMs, epochMsSchema, type EpochMs } from '#domain/ids';
import { zoneClockOf } from '#domain/zone-clock';

/** IBKR's day of orders and executions begins at midnight in New York (TWS API, reqExecutions). */
const DAY_ZONE = 'America/New_York';
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Messages to IBKR about orders, and executions of ours, of one day. IBKR asks for fewer than 20 (submissions + changes +
 * cancels) for each execution and one more, the order efficiency ratio. Half-open: began ≤ t < until.
 */
export const orderTrafficSchema = z.strictObject({
  began: epochMsSchema,
  until: epochMsSchema,
  messages: z.int().nonnegative(),
  executions: z.int().nonnegative(),
});
export type OrderTraffic = Readonly<z.infer<typeof orderTrafficSchema>>;

/** Before the first order. */
export const NO_TRAFFIC: OrderTraffic = { began: epochMs(0), until: epochMs(0), messages: 0, executions: 0 };

/** The traffic of the day of `at`. */
export function trafficOn(traffic: OrderTraffic, at: EpochMs): OrderTraffic {
  if (traffic.began <= at && at < traffic.until) return traffic;
  const clock = zoneClockOf(DAY_ZONE);
  assert(clock !== null, 'every runtime knows New York');
  const midnight = Math.floor(clock.wallAt(at) / DAY_MS) * DAY_MS;
  return { began: clock.momentOf(midnight), until: clock.momentOf(midnight + DAY_MS), messages: 0, executions: 0 };
}

/** The traffic once `entry` has happened. */
export function trafficAfter(traffic: OrderTraffic, { at, event }: JournaledEvent): OrderTraffic {
  const messages = messagesIn(event);
  const isExecution = event.type === 'fill-recorded' && event.fill.orderId !== null;
  if (messages === 0 && !isExecution) return traffic;
  const today = trafficOn(traffic, at);
  // Executions of earlier days are told again after a reconnect.
  const executions = isExecution && event.fill.at >= today.began ? 1 : 0;
  return { ...today, messages: today.messages + messages, executions: today.executions + executions };
}

function messagesIn(event: EngineEvent): number {
  switch (event.type) {
    case 'orders-intended':
      return event.orders.length;
    case 'modification-requested':
    case 'stop-ratcheted':
    case 'cancel-requested':
      return 1;
    default:
      return 0;
  }
}
