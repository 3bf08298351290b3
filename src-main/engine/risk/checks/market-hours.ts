import { deny, pass, type RiskCheck } from '#engine/risk/risk-check';

/**
 * New orders and changes by people wait for the market to open, unless risk.orderManagementWhenClosed allows them (domain.md
 * §6). Managers are exempt: what protects must work at every hour.
 */
export const marketHours: RiskCheck = {
  name: 'market-hours',
  check: ({ hours, origin, settings, subject: { symbol } }) => {
    if (hours === null || origin === 'manager' || settings.orderManagementWhenClosed === 'enabled') {
      return pass('market-hours');
    }
    if (hours.state === 'open') return pass('market-hours');
    if (hours.state === 'unknown') return deny('market-hours', { code: 'HOURS_UNKNOWN', symbol });
    return deny('market-hours', { code: 'MARKET_CLOSED', symbol, opensAt: hours.opensAt });
  },
};
