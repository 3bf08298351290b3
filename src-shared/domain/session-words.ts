import { assertNever } from '#domain/assert';
import type { ConnectionState } from '#domain/connection-state';
import { formatSignedQuantity } from '#domain/format';
import { inBrackets } from '#domain/order-words';
import type { PositionCause } from '#domain/position-difference';
import type { ProofFinding, ReconciliationProof } from '#domain/reconciliation-proof';
import type { TradingState } from '#domain/trading-state';

/** The session with IBKR in a sentence, without a full stop. */
export function describeConnection(connection: ConnectionState): string {
  switch (connection.phase) {
    case 'disconnected':
      return `disconnected: ${connection.reason}${inBrackets(connection.code)}`;
    case 'connecting':
      return `connecting to ${connection.endpoint}`;
    case 'handshaking':
      return `connected to ${connection.endpoint}, waits for the handshake`;
    case 'reconciling':
      return 'connected, comparing orders and positions with IBKR';
    case 'ready':
      return 'ready';
    case 'degraded':
      return `degraded: ${connection.reason}${inBrackets(connection.code)}. Orders and cancels are refused until it is back`;
    default:
      return assertNever(connection);
  }
}

/** Whether new orders pass, and why not. */
export function describeTradingState(trading: TradingState): string {
  return trading.reason === '' ? trading.state : `${trading.state}: ${trading.reason}`;
}

/** One difference between journal and IBKR, and what was done about it. */
export function describeFinding(finding: ProofFinding): string {
  switch (finding.kind) {
    case 'adopted-order':
      return `${finding.number} was placed elsewhere; shown and counted from now on`;
    case 'settled-order':
      return `${finding.number} had been out of sight; IBKR says ${finding.phase}`;
    case 'vanished-order':
      return `${finding.number} is gone at IBKR although it had been acknowledged`;
    case 'never-arrived':
      return `${finding.number} never reached IBKR. Not resent`;
    case 'found-execution':
      return `execution ${finding.execId} happened while we were not looking`;
    case 'adopted-position':
      return `${finding.symbol}: our position was ${formatSignedQuantity(finding.ours)}, IBKR's is ${formatSignedQuantity(finding.brokers)}, adopted`;
    case 'adjusted-position':
      return `${finding.symbol}: our position was ${formatSignedQuantity(finding.ours)}, IBKR's is ${formatSignedQuantity(finding.brokers)}: ${describeCause(finding.cause)}`;
    default:
      return assertNever(finding);
  }
}

/** Why IBKR's position differed from ours, in words. */
export function describeCause(cause: PositionCause): string {
  switch (cause) {
    case 'other-client':
      return 'another client traded';
    case 'corporate-action':
      return 'a corporate action';
    case 'transfer':
      return 'a transfer';
    case 'before-report':
      return 'older than the executions that IBKR still reports';
    case 'unexplained':
      return 'unexplained';
    default:
      return assertNever(cause);
  }
}

/** What a reconciliation compared, and how much of it differed. */
export function describeProof(proof: ReconciliationProof): string {
  const compared = `${counted(proof.ordersExpected, 'order')} expected, ${proof.ordersAtBroker} at IBKR, ${counted(proof.executionsAtBroker, 'execution')}, ${counted(proof.positionsAtBroker, 'position')}`;
  const { length } = proof.findings;
  return `${compared}: ${length === 0 ? 'no difference' : counted(length, 'difference')}`;
}

/** `1 order`, `2 orders`. */
export function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
