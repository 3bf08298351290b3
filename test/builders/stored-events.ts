import type { EngineEvent } from '#domain/engine-event';
import { accountId, clientOrderId, conId, epochMs, execId, runId } from '#domain/ids';
import { price, quantity } from '#domain/money';

/** A fill as the journal sees them by the thousand. */
export function aStoredFill(n: number): EngineEvent {
  return {
    type: 'fill-recorded',
    fill: {
      execId: execId(`0000e0d5.6600${String(n).padStart(6, '0')}.01.01`),
      orderId: clientOrderId(`0mbx8yk7a1b2-${n}`),
      account: accountId('DU1234567'),
      conId: conId(265_598),
      symbol: 'AAPL',
      side: 'BUY',
      quantity: quantity('10'),
      price: price('150.25'),
      exchange: 'NASDAQ',
      at: epochMs(1_750_000_000_000 + n),
      commission: null,
    },
  };
}

/** The beginning of a first run, as event version 1 knew it. */
export const FIRST_EVENTS: readonly EngineEvent[] = [
  { type: 'run-started', runId: runId('0mbx8yk7a1b2'), mode: 'paper', version: '0.1.0' },
  { type: 'account-bound', account: accountId('DU1234567') },
  { type: 'notice-received', code: 2104, text: 'Market data farm connection is OK:usfarm' },
  aStoredFill(1),
];
