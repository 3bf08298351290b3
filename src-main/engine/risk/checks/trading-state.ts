import { deny, isReducing, pass, type RiskCheck } from '#engine/risk/risk-check';

/** HALTED denies every order but a reducing one by a person; REDUCING lets only reducing orders pass. */
export const tradingState: RiskCheck = {
  name: 'trading-state',
  check: (context) => {
    const { state, reason } = context.trading;
    if (state === 'ACTIVE' || isReducing(context)) return pass('trading-state');
    return deny('trading-state', { code: 'TRADING_STATE', state, reason });
  },
};
