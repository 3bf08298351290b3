import { mayOverride, type RiskDecision } from '#domain/risk-decision';
import { describeCheck, describeDecision, describeReason } from '#domain/risk-words';
import type { CliIo } from './cli-io';
import { EXIT, type ExitCode } from './exit-code';
import { json, plain, table, type Cell, type Column } from './format';
import type { CommonOptions } from './options';
import { limitTable } from './show-limits';

const COLUMNS: readonly Column[] = [
  { title: 'Check', align: 'left' },
  { title: 'Says', align: 'left' },
  { title: 'Why', align: 'left' },
];

/** What stands behind a denial that a person may let pass. */
export const OVERRIDE_HINT = 'To send it all the same, add --override --reason "…"; both are written down.\n';

/** A decision with every check's verdict and numbers; a denial's reasons go to stderr as well. */
export function showDecision(io: CliIo, options: CommonOptions, decision: RiskDecision): ExitCode {
  io.out(options.json === true ? json(decision) : verdictTable(decision, io.colour) + limitTable(decision, io.colour));
  const denied = decision.outcome === 'denied';
  const said = `${describeDecision(decision)}\n${mayOverride(decision) ? OVERRIDE_HINT : ''}`;
  if (denied) io.err(said);
  else if (options.json !== true) io.out(said);
  return denied ? EXIT.denied : EXIT.done;
}

/** Every check of a decision: what it says and why. */
export function verdictTable({ verdicts }: RiskDecision, colour: boolean): string {
  const rows = verdicts.map((verdict): readonly Cell[] => {
    const why = verdict.verdict === 'pass' ? '' : describeReason(verdict.reason);
    const denies = verdict.verdict === 'deny' || verdict.verdict === 'cannot-know';
    const says = { text: verdict.verdict, style: denies ? 'bad' : 'plain' } as const;
    return [plain(describeCheck(verdict.check)), says, plain(why)];
  });
  return table(COLUMNS, rows, colour);
}
