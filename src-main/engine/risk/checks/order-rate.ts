import { deny, isReducing, pass, warn, type RiskCheck } from '#engine/risk/risk-check';

/**
 * Messages about orders for each execution from which people are warned; IBKR asks for fewer than 20 (its order efficiency
 * ratio: submissions, changes and cancels over executions and one).
 */
export const EFFICIENCY_WARN_AT = 15;

/** How fast people and scripts send: a script that runs away is stopped here. Managers and what reduces are exempt. */
export const orderRate: RiskCheck = {
  name: 'order-rate',
  check: (context) => {
    const { messages, origin, settings } = context;
    if (messages === null || origin === 'manager') return pass('order-rate');
    const { executionsToday: executions, inLastSecond, today } = messages;
    const limit = settings.ordersPerSecondMax;
    if (inLastSecond >= limit && !isReducing(context)) {
      return deny('order-rate', { code: 'ORDER_RATE', inLastSecond, limit });
    }
    if (today < EFFICIENCY_WARN_AT * (executions + 1)) return pass('order-rate');
    const warnAt = EFFICIENCY_WARN_AT;
    return warn('order-rate', { code: 'ORDER_EFFICIENCY', messages: today, executions, warnAt });
  },
};
