import { conId, laterBy, type ConId } from '#domain/ids';
import { price, signedQuantity } from '#domain/money';
import { differenceAlarmOf } from '#domain/position-difference';
import type { TradingDay } from './trading-day';

/** IBKR turns out to hold `brokers` of it instead of `ours`, and nothing explains that: what the engine then tells. */
export function differ(day: TradingDay, symbol: string, ours: string, brokers: string): ConId {
  const { workstation } = day;
  const id = conId(day.conIdOf(symbol));
  const account = workstation.state.account;
  if (account === null) throw new Error('the day has an account');
  const what = `${symbol}: the ledger had ${ours}, IBKR has ${brokers}, and no execution or order explains it`;
  day.event({
    type: 'position-adjusted',
    position: {
      conId: id,
      symbol,
      account,
      quantity: signedQuantity(brokers),
      averageCost: price('224.10'),
      changed: workstation.now,
    },
    before: signedQuantity(ours),
    cause: 'unexplained',
    why: 'IBKR reports it',
  });
  day.event({
    type: 'alarm-raised',
    alarm: { id: differenceAlarmOf(id), at: workstation.now, severity: 'danger', text: `${what}.`, orderId: null },
  });
  day.event({
    type: 'trading-state-changed',
    trading: { state: 'REDUCING', since: workstation.now, reason: what, cause: 'differences' },
    origin: 'manager',
  });
  day.event({
    type: 'reconciliation-proved',
    proof: {
      startedAt: laterBy(workstation.now, -400),
      at: workstation.now,
      ordersExpected: 12,
      ordersAtBroker: 12,
      completedAtBroker: 3,
      executionsAtBroker: 6,
      positionsAtBroker: 4,
      findings: [
        {
          kind: 'adjusted-position',
          conId: id,
          symbol,
          ours: signedQuantity(ours),
          brokers: signedQuantity(brokers),
          cause: 'unexplained',
        },
      ],
    },
  });
  return id;
}
