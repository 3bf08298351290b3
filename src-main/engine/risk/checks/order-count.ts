import type { Side } from '#domain/order-spec';
import { deny, isReducing, legsOf, pass, warn, type RiskCheck } from '#engine/risk/risk-check';

/** IBKR refuses more working orders of one contract, side and account. */
const IBKR_ORDERS_PER_SIDE_MAX = 20;
/** From so many below the limit the check warns. */
const WARN_BELOW = 2;
const SIDES = ['BUY', 'SELL'] as const satisfies readonly Side[];

/**
 * Working orders of one symbol and side, with the new ones. What reduces has IBKR's own limit, and a manager's order is sent
 * whatever the count: only IBKR can know that it is refused.
 */
export const orderCount: RiskCheck = {
  name: 'order-count',
  check: (context) => {
    const { origin, settings, subject, working } = context;
    if (subject.action === 'modify' || working === null || origin === 'manager') return pass('order-count');
    const limit = isReducing(context) ? IBKR_ORDERS_PER_SIDE_MAX : settings.ordersPerSideMax;
    const counts = SIDES.map((side) => {
      const before = side === 'BUY' ? working.buy : working.sell;
      return { side, before, added: legsOf(context).filter((leg) => leg.side === side).length };
    }).filter(({ added }) => added > 0);
    const beyond = counts.find(({ before, added }) => before + added > limit);
    if (beyond !== undefined) {
      return deny('order-count', { code: 'ORDERS_PER_SIDE', side: beyond.side, working: beyond.before, limit });
    }
    const near = counts.find(({ before, added }) => before + added >= limit - WARN_BELOW);
    if (near === undefined) return pass('order-count');
    return warn('order-count', { code: 'ORDERS_PER_SIDE', side: near.side, working: near.before, limit });
  },
};
