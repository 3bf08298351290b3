import { SecType, type CommissionReport, type Contract, type Execution } from '@stoqey/ib';
import { commissionSchema, type Commission } from '#domain/fill';
import { accountIdSchema, conIdSchema, execIdSchema, type EpochMs, type ExecId } from '#domain/ids';
import {
  isPositive,
  isZero,
  moneyFromNumber,
  priceFromNumber,
  quantityFromNumber,
  signedQuantityFromNumber,
} from '#domain/money';
import { err, ok, type Result } from '#domain/result';
import type { BrokerExecution, BrokerFact } from '#ports/broker-port';
import { clientIdOf, orderIdOf, permIdOf, symbolOf } from './ib-order-codec';

const EXCHANGE_LENGTH_MAX = 40;

function sideOf(word: string | undefined): 'BUY' | 'SELL' | null {
  if (word === 'BOT') return 'BUY';
  return word === 'SLD' ? 'SELL' : null;
}

/**
 * Reads execDetails, live or in answer to a query.
 * @param at - when it happened, as read from its time.
 * @returns why not, when a field that the ledger hangs on is missing or senseless.
 */
export function decodeExecution(
  contract: Contract,
  execution: Execution,
  at: EpochMs,
): Result<BrokerExecution, string> {
  const id = execIdSchema.safeParse(execution.execId);
  const account = accountIdSchema.safeParse(execution.acctNumber);
  const conId = conIdSchema.safeParse(contract.conId);
  const side = sideOf(execution.side);
  const quantity = quantityFromNumber(execution.shares);
  const price = priceFromNumber(execution.price);
  if (
    !id.success ||
    !account.success ||
    !conId.success ||
    side === null ||
    quantity === undefined ||
    !isPositive(quantity) ||
    price === undefined
  ) {
    return err(`an execution can not be read: ${JSON.stringify({ ...execution, conId: contract.conId })}`);
  }
  return ok({
    execId: id.data,
    account: account.data,
    conId: conId.data,
    symbol: symbolOf(contract),
    side,
    quantity,
    price,
    exchange: (execution.exchange ?? '').slice(0, EXCHANGE_LENGTH_MAX),
    at,
    clientId: clientIdOf(execution.clientId),
    orderId: orderIdOf(execution.orderId),
    permId: permIdOf(execution.permId),
    orderRef: execution.orderRef === undefined || execution.orderRef === '' ? null : execution.orderRef,
  });
}

/**
 * Reads a commission.
 * @returns null when IBKR has not set it: unknown is not zero.
 */
export function decodeCommission(
  report: CommissionReport,
): Result<{ readonly execId: ExecId; readonly commission: Commission } | null, string> {
  const amount = moneyFromNumber(report.commission);
  if (amount === undefined) return ok(null);
  const execId = execIdSchema.safeParse(report.execId);
  const commission = commissionSchema.safeParse({ amount, currency: report.currency });
  if (!execId.success || !commission.success) return err(`a commission can not be read: ${JSON.stringify(report)}`);
  return ok({ execId: execId.data, commission: commission.data });
}

/** Reads one line of the position stream. */
export function decodePosition(
  accountText: string,
  contract: Contract,
  held: number | undefined,
  averageCost: number | undefined,
): Result<Extract<BrokerFact, { kind: 'position' }>, string> {
  const account = accountIdSchema.safeParse(accountText);
  const conId = conIdSchema.safeParse(contract.conId);
  const quantity = signedQuantityFromNumber(held);
  if (!account.success || !conId.success || quantity === undefined) {
    const shown = JSON.stringify({ account: accountText, conId: contract.conId, symbol: contract.symbol, held });
    return err(`a position can not be read: ${shown}`);
  }
  // IBKR multiplies the average cost of derivatives by their multiplier; per unit it is known for stocks only.
  const perUnit = contract.secType === SecType.STK && !isZero(quantity) ? priceFromNumber(averageCost) : undefined;
  return ok({
    kind: 'position',
    account: account.data,
    conId: conId.data,
    symbol: symbolOf(contract),
    quantity,
    averageCost: perUnit ?? null,
  });
}
