import { formatUnits, meanText } from '#simulator/fixed';
import { easternText } from '#simulator/session-calendar';
import type { SimulatedExecution } from '#simulator/simulated-order';
import type { ServerMessage } from '#simulator/tws/encode';
import { contractFields, executionVenueOf } from '#simulator/tws/encode-contract';
import { reportedIdOf } from '#simulator/tws/reported-order';
import { UNSET_DOUBLE } from '#simulator/tws/wire';

/** EXECUTION_DATA; request id −1 is a fill as it happens. */
export function executionDetails(reqId: number, account: string, execution: SimulatedExecution): ServerMessage {
  const { order } = execution;
  const venue = executionVenueOf(order.instrument);
  return [
    11,
    reqId,
    reportedIdOf(order),
    ...contractFields(order.instrument, venue),
    execution.execId,
    easternText(execution.at),
    account,
    venue,
    order.action === 'BUY' ? 'BOT' : 'SLD',
    execution.shares,
    formatUnits(execution.price),
    order.permId,
    order.clientId,
    0, // liquidation
    execution.cumulativeShares,
    meanText(execution.cumulativeValue, execution.cumulativeShares),
    order.orderRef,
    '', // evRule
    '', // evMultiplier
    '', // modelCode
    execution.addedLiquidity ? 1 : 2,
    0, // pendingPriceRevision, from 178
  ];
}

/** COMMISSION_REPORT, in the currency of the instrument. */
export const commissionReport = ({ execId, order, commission, realizedPnl }: SimulatedExecution): ServerMessage => [
  59,
  1,
  execId,
  formatUnits(commission),
  order.instrument.currency,
  realizedPnl === undefined ? UNSET_DOUBLE : formatUnits(realizedPnl),
  UNSET_DOUBLE, // yield
  '', // yieldRedemptionDate
];
