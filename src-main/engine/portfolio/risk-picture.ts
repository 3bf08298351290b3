import type { EpochMs } from '#domain/ids';
import { ZERO_MONEY } from '#domain/money';
import type { RiskPicture } from '#domain/pnl';
import type { EngineState } from '#engine/engine-state';

/** The risk of the portfolio as it stands. */
export function riskPictureOf({ durable }: EngineState, at: EpochMs): RiskPicture {
  const { maxDailyLoss, maxGrossExposure } = durable.settings.risk;
  return {
    at,
    pnl: [],
    total: { daily: null, unrealised: null, realised: null, broker: null, differs: false, why: '' },
    symbols: [],
    account: {
      dailyLoss: { used: null, limit: maxDailyLoss, source: 'global', state: 'unknown' },
      grossExposure: { used: ZERO_MONEY, limit: maxGrossExposure, source: 'global', state: 'ok' },
      latch: durable.lossLatches.get(0) ?? null,
    },
    sectors: [],
    warnings: [],
    efficiency: { messages: 0, executions: 0, warnAt: 15 },
  };
}
