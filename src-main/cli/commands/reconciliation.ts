import { formatAge, formatDateTime } from '#domain/format';
import type { EpochMs } from '#domain/ids';
import {
  acknowledgementSchema,
  positionCauseSchema,
  REASON_LENGTH_MAX,
  REASON_LENGTH_MIN,
  seenOf,
  type Acknowledgement,
  type PositionCause,
} from '#domain/position-difference';
import type { ReconciliationProof } from '#domain/reconciliation-proof';
import {
  counted,
  describeCause,
  describeConnection,
  describeFinding,
  describeTradingState,
} from '#domain/session-words';
import type { StateSnapshot } from '#domain/state-snapshot';
import { Option, type Command as CommandWord } from 'commander';
import type { Judge } from '#cli/carry-out';
import type { CliIo } from '#cli/cli-io';
import type { Define } from '#cli/define';
import { describeDifference } from '#cli/documents';
import { EXIT, UsageError } from '#cli/exit-code';
import { facts, json } from '#cli/format';
import { giveCommand } from '#cli/give-command';
import { addChangeOptions, addExample, wordOption, wrongValue, type ChangeOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

interface ReconciliationOptions extends ChangeOptions {
  readonly acknowledge?: true;
  readonly reason?: string;
  readonly cause?: PositionCause;
}

/** It names no order: the reply is all there is to wait for. */
const answeredAtOnce: Judge = () => EXIT.done;

/** `reconciliation`: the proof that ledger and IBKR agree, and the acknowledgement of what does not. */
export const defineReconciliation: Define = (command, io, end) => {
  addOptions(
    command.description(
      'Shows what the last reconciliation compared, what differed and why. A position that differs without an explanation\n' +
        'blocks everything that adds risk, until a person acknowledges it.',
    ),
  );
  command.action(async (options: ReconciliationOptions) => {
    const { acknowledge, reason, cause } = options;
    if (acknowledge === undefined && reason !== undefined) throw onlyWithAcknowledge('--reason', reason);
    if (acknowledge === undefined && cause !== undefined) throw onlyWithAcknowledge('--cause', cause);
    if (acknowledge === true && reason === undefined) {
      throw new UsageError('--reason: missing; say what happened, e.g. --reason "moved to another account"');
    }
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const { snapshot, conflated } = start.value;
      if (reason !== undefined) {
        const given = cause ?? 'unexplained';
        const seen = seenOf(snapshot.unexplained);
        // What is acknowledged is said first: these lines are what the person saw.
        if (options.json !== true) {
          for (const it of snapshot.unexplained) io.out(`${describeDifference(it, conflated.now)}\n`);
        }
        const acknowledgement = { kind: 'acknowledge-differences', seen, cause: given, reason } as const;
        const ended = await giveCommand(io, client, options, acknowledgement, answeredAtOnce);
        if (ended === EXIT.done && options.json !== true) io.out(`Acknowledged as ${describeCause(given)}.\n`);
        return ended;
      }
      if (options.json === true) io.out(json(documentOf(snapshot)));
      else show(io, snapshot, conflated.now);
      return EXIT.done;
    });
    end(code);
  });
};

function addOptions(command: CommandWord): void {
  const reason = new Option('--reason <text>', 'what happened, in your words; kept in the journal').argParser(
    (text) => {
      const read = acknowledgementSchema.shape.reason.safeParse(text);
      if (read.success) return read.data;
      throw wrongValue('--reason', text, `expected ${REASON_LENGTH_MIN} to ${REASON_LENGTH_MAX} characters`);
    },
  );
  command
    .option('--acknowledge', 'take note of every unexplained difference; wants --reason')
    .addOption(reason)
    .addOption(wordOption('--cause <cause>', 'what it was, unexplained if nobody knows', positionCauseSchema.options));
  addExample(
    addChangeOptions(command),
    'reconciliation',
    'reconciliation --acknowledge --cause transfer --reason "moved to the savings account"',
  );
}

function onlyWithAcknowledge(option: string, value: string): UsageError {
  return wrongValue(option, value, 'goes with --acknowledge, which is missing');
}

function documentOf({ proof, unexplained, acknowledgement, connection, trading }: StateSnapshot): object {
  return { proof, unexplained, acknowledgement, connection, trading };
}

function show(io: CliIo, snapshot: StateSnapshot, now: EpochMs): void {
  const { proof, unexplained, acknowledgement, trading, connection } = snapshot;
  if (proof === null) io.out(`Not reconciled yet: ${describeConnection(connection)}.\n`);
  else {
    io.out(facts(proofFacts(proof, now, io.timeZone), io.colour));
    for (const finding of proof.findings) io.out(`  ${describeFinding(finding)}\n`);
  }
  if (unexplained.length > 0) {
    io.out(`\nUnexplained: ${counted(unexplained.length, 'position')}\n`);
    for (const difference of unexplained) io.out(`  ${describeDifference(difference, now)}\n`);
    const held = trading.state === 'ACTIVE' ? '' : ' Nothing that adds risk is sent until a person says what it was.';
    io.out(
      `Trading is ${describeTradingState(trading)}.${held}\n` +
        'Look in TWS for trades, transfers and corporate actions, then:\n' +
        '  ibkr-trader reconciliation --acknowledge --reason "…"\n',
    );
  }
  if (acknowledgement !== null) io.out(`\n${describeAcknowledgement(acknowledgement, now)}\n`);
}

function proofFacts(
  proof: ReconciliationProof,
  now: EpochMs,
  timeZone: string,
): readonly (readonly [string, string])[] {
  const { at, startedAt, findings } = proof;
  const took = formatAge(at - startedAt);
  return [
    ['Reconciled', `${formatDateTime(at, timeZone)} (${timeZone}), ${formatAge(now - at)} ago, took ${took}`],
    [
      'Orders',
      `${proof.ordersExpected} expected, ${proof.ordersAtBroker} at IBKR, ${proof.completedAtBroker} completed`,
    ],
    ['Executions', `${proof.executionsAtBroker} at IBKR`],
    ['Positions', `${proof.positionsAtBroker} at IBKR`],
    ['Differences', findings.length === 0 ? 'none' : String(findings.length)],
  ];
}

function describeAcknowledgement({ at, cause, reason, origin, differences }: Acknowledgement, now: EpochMs): string {
  const what = differences.map((difference) => `  ${describeDifference(difference, now)}`).join('\n');
  return `Last acknowledged ${formatAge(now - at)} ago (${origin}) as ${describeCause(cause)}: ${reason}\n${what}`;
}
