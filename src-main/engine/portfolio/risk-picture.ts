import type { EpochMs } from '#domain/ids';
import { moneyOf } from '#domain/money';
import type { RiskPicture } from '#domain/pnl';
import type { EngineState } from '#engine/engine-state';
import { messagesOf } from '#engine/orders/message-budget';
import { lossOf } from '#engine/portfolio/day-losses';
import { exposureWarnings, sectorUses } from '#engine/portfolio/exposure-picture';
import { limitUse, lossUse, symbolLimitUses } from '#engine/portfolio/limit-use';
import { pnlRowsOf, totalPnlOf } from '#engine/portfolio/pnl-rows';
import { EFFICIENCY_WARN_AT } from '#engine/risk/checks/order-rate';

/** The risk of the portfolio as it stands. */
export function riskPictureOf(state: EngineState, at: EpochMs): RiskPicture {
  const { durable, observed } = state;
  const { maxDailyLoss, maxGrossExposure } = durable.settings.risk;
  const { today: messages, executionsToday: executions } = messagesOf(state, at);
  const { days, exposures, positionsKnown } = observed;
  const isValued = positionsKnown && exposures.unknown.size === 0;
  return {
    at,
    pnl: pnlRowsOf(state),
    total: totalPnlOf(state),
    symbols: symbolLimitUses(state),
    account: {
      dailyLoss: lossUse(lossOf(days.total('daily')), { value: maxDailyLoss, source: 'global' }),
      grossExposure: limitUse(isValued ? moneyOf(exposures.gross) : null, {
        value: maxGrossExposure,
        source: 'global',
      }),
      latch: durable.lossLatches.get(0) ?? null,
    },
    sectors: sectorUses(state),
    warnings: exposureWarnings(state, at),
    efficiency: { messages, executions, warnAt: EFFICIENCY_WARN_AT },
  };
}
