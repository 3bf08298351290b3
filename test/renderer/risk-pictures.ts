import { conId, epochMs, laterBy } from '#domain/ids';
import type { LimitSource } from '#domain/limit-source';
import type { LossLatch } from '#domain/loss-latch';
import { money, quantity } from '#domain/money';
import type { LimitUse, PnlFigures, RiskPicture, SymbolLimitUse } from '#domain/pnl';
import type { Money, Quantity } from '#domain/money';
import { FAKE_START } from '#test/renderer/fake-workstation';

type State = LimitUse<Money>['state'];

const moneyUse = (
  used: string | null,
  limit: string,
  source: LimitSource = 'global',
  state: State = 'ok',
): LimitUse<Money> => ({ used: used === null ? null : money(used), limit: money(limit), source, state });

const unitsUse = (
  used: string,
  limit: string,
  source: LimitSource = 'global',
  state: State = 'ok',
): LimitUse<Quantity> => ({ used: quantity(used), limit: quantity(limit), source, state });

/** JPM lost more than its 50 a minute ago; it opens at 23:55 in New York. */
export const JPM_LATCH: LossLatch = {
  scope: { over: 'symbol', conId: conId(7), symbol: 'JPM' },
  at: laterBy(FAKE_START, -60_000),
  ...{ loss: money('56'), limit: money('50'), source: 'symbol', currency: 'USD' },
  until: epochMs(Date.UTC(2026, 10, 18, 4, 55)),
};

const QUIET: Omit<SymbolLimitUse, 'symbol' | 'conId'> = {
  positionSize: unitsUse('0', '10000'),
  orderExposure: moneyUse('0', '100000'),
  dailyLoss: moneyUse('0', '10000'),
  correlationExposure: moneyUse('0', '250000'),
  latch: null,
  notes: [],
};

const figures = (daily: string | null, unrealised: string | null, realised: string | null): PnlFigures => ({
  daily: daily === null ? null : money(daily),
  unrealised: unrealised === null ? null : money(unrealised),
  realised: realised === null ? null : money(realised),
});

/** A day with a position near its limit, one whose loss latched, one of which nothing is known, and one that was closed. */
export const A_PICTURE: RiskPicture = {
  at: FAKE_START,
  pnl: [
    {
      ...{ conId: conId(1), symbol: 'AAPL', why: '', differs: true, broker: figures('70', '366', '0') },
      ...figures('68.5', '366', '0'),
    },
    {
      ...{ conId: conId(50), symbol: 'ES', differs: false, broker: null },
      ...{ why: 'the close of the day before is not known', ...figures(null, '-1225', '0') },
    },
    {
      ...{ conId: conId(6), symbol: 'TSLA', why: '', differs: false, broker: figures('-40', '0', '-40') },
      ...figures('-40', '0', '-40'),
    },
  ],
  total: { ...figures(null, null, null), broker: null, differs: false, why: 'ES is not known' },
  symbols: [
    {
      ...{ ...QUIET, symbol: 'AAPL', conId: conId(1) },
      positionSize: unitsUse('90', '100', 'symbol', 'warn'),
      correlationExposure: moneyUse(null, '60000', 'default', 'unknown'),
      notes: ['max_position_size 20000 in the file is looser than the global one.'],
    },
    {
      ...{ ...QUIET, symbol: 'JPM', conId: conId(7), latch: JPM_LATCH },
      dailyLoss: moneyUse('56', '50', 'symbol', 'breach'),
    },
  ],
  account: {
    dailyLoss: moneyUse('420', '10000'),
    grossExposure: moneyUse('850000', '1000000', 'global', 'warn'),
    latch: null,
  },
  sectors: [{ name: 'Technology', exposure: moneyUse('46900', '500000', 'sector') }],
  warnings: ['The correlations are 2 days old.'],
  efficiency: { messages: 40, executions: 2, warnAt: 15 },
};
