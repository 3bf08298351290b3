import type { WorkstationClient } from '#api/client';
import type { Command, CommandReply } from '#domain/command';
import { orderCustodyOf } from '#domain/custody';
import type { CommandKey } from '#domain/ids';
import type { OrderRecord } from '#domain/order-record';
import { describeOrder, describeState } from '#domain/order-words';
import { mayOverride, overriddenOf, warningsOf } from '#domain/risk-decision';
import type { RiskOverride } from '#domain/risk-override';
import { describeReason } from '#domain/risk-words';
import type { WorkstationState } from '#domain/workstation-state';
import { carryOut, type CarriedOut, type Judge, type JudgedOrder } from './carry-out';
import type { CliIo } from './cli-io';
import { orderDocument, type CommandDocument } from './documents';
import { EXIT, type ExitCode } from './exit-code';
import { json } from './format';
import type { ChangeOptions } from './options';
import { OVERRIDE_HINT } from './show-decision';
import { reportFailure, reportUnknown } from './workstation';

/** Sends a command, waits for the broker's first answer, and says how it ended. */
export async function giveCommand(
  io: CliIo,
  client: WorkstationClient,
  options: ChangeOptions,
  command: Command,
  judge: Judge,
  override: RiskOverride | null = null,
): Promise<ExitCode> {
  const key = options.key ?? io.newKey();
  const ending = await carryOut(io, client, { key, command, override, timeoutMs: options.timeout, judge });
  if (options.json === true) io.out(json(documentOf(ending, key)));
  switch (ending.kind) {
    case 'not-sent':
      io.err(`${ending.reason}\nNothing was sent.\n`);
      return EXIT.noWorkstation;
    case 'failed':
      return reportFailure(io, ending.failure);
    case 'unknown':
      return reportUnknown(io, ending.reason, key);
    case 'replied':
      return reportReply(io, options, command, ending, key);
  }
}

function documentOf(ending: CarriedOut, key: CommandKey): CommandDocument {
  const nothing = { key, answered: false, repeated: false, decisionId: null, warnings: [], orders: [] };
  switch (ending.kind) {
    case 'not-sent':
      return { ...nothing, outcome: 'refused', message: ending.reason };
    case 'failed':
      return { ...nothing, outcome: 'refused', message: ending.failure.reason };
    case 'unknown':
      return { ...nothing, outcome: 'unknown', message: ending.reason };
    case 'replied': {
      const { reply, orders, unanswered, state } = ending;
      return {
        key,
        outcome: reply.outcome,
        answered: unanswered === null,
        repeated: reply.repeated,
        message: reply.message,
        decisionId: reply.decision?.id ?? null,
        warnings: warningsIn(reply),
        orders: orders.map(({ order }) => orderDocument(order, state)),
      };
    }
  }
}

function warningsIn({ decision }: CommandReply): readonly string[] {
  return decision === null ? [] : [...overriddenOf(decision), ...warningsOf(decision)].map(describeReason);
}

function reportReply(
  io: CliIo,
  options: ChangeOptions,
  { kind }: Command,
  { reply, orders, unanswered, state }: Extract<CarriedOut, { kind: 'replied' }>,
  key: CommandKey,
): ExitCode {
  if (reply.outcome !== 'accepted') {
    const hint = reply.decision !== null && mayOverride(reply.decision) ? OVERRIDE_HINT : '';
    io.err(`${reply.outcome === 'denied' ? 'Denied' : 'Refused'}. ${reply.message}\n${hint}`);
    return EXIT.denied;
  }
  for (const warning of warningsIn(reply)) io.err(`Warning: ${warning}\n`);
  for (const judged of orders) {
    const text = `${sentenceOf(judged, state)}\n`;
    if (judged.code !== EXIT.done) io.err(text);
    else if (options.json !== true) io.out(text);
  }
  if (reply.repeated) io.err(`Key ${key} was carried out before; nothing new was done.\n`);
  if (reply.message !== '') io.err(`${isPartial(kind) ? '' : 'Warning: '}${reply.message}\n`);
  if (unanswered !== null || orders.some(({ code }) => code === EXIT.unknown)) {
    return reportUnknown(io, unanswered ?? 'The broker did not confirm it.', key);
  }
  const refused = (isPartial(kind) && reply.message !== '') || orders.some(({ code }) => code === EXIT.denied);
  return refused ? EXIT.denied : EXIT.done;
}

/** True for commands of many parts: what an accepted one says is what could not even be tried of it. */
function isPartial(kind: Command['kind']): boolean {
  return kind === 'cancel-orders' || kind === 'cancel-all' || kind === 'flatten';
}

function sentenceOf({ order, refusal }: JudgedOrder, state: WorkstationState): string {
  const asked = refusal === null ? '' : `IBKR refused: ${refusal}. It is `;
  const standsByItself = order.group?.role === 'protective-stop' || order.group?.role === 'oco';
  const custody = standsByItself ? orderCustodyOf(state, order) : null;
  return `${lineOf(order)}: ${asked}${describeState(order)}${custody === null ? '' : ` (${custody.label})`}`;
}

/** An order on a line: `1051 BUY 50 AMD LMT 164.10 DAY`. */
export function lineOf(order: OrderRecord): string {
  return `${order.number} ${describeOrder(order.spec)} ${order.spec.timeInForce}`;
}
