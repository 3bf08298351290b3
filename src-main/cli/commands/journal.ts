import { Option } from 'commander';
import type { WorkstationClient } from '#api/client';
import { epochMs, sequence, type EpochMs } from '#domain/ids';
import type { CliIo } from '#cli/cli-io';
import type { Define } from '#cli/define';
import { EXIT, type ExitCode } from '#cli/exit-code';
import { facts, json } from '#cli/format';
import { addCommonOptions, addExample, wrongValue, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

/** Date, or date and time with its zone: a time without zone would mean another moment on another machine. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;
const ENTRIES_PER_PAGE = 5_000;

interface ExportOptions extends CommonOptions {
  readonly since?: EpochMs;
}

/** `journal`: the record of everything, checked or copied out. */
export const defineJournal: Define = (command, io, end) => {
  command.description('Checks the journal, or copies it out.');

  const verify = command.command('verify').description('read every line and check it against its checksum');
  addExample(addCommonOptions(verify), 'journal verify');
  verify.action(async (options: CommonOptions) => {
    end(await withWorkstation(io, options, (client) => verifyJournal(io, options, client)));
  });

  const exportEvents = command
    .command('export')
    .description('every event as JSON, one a line, oldest first')
    .addOption(
      new Option('--since <moment>', 'only events from then on').argParser((text) => {
        const at = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
        if (Number.isNaN(at)) throw wrongValue('--since', text, 'expected a moment such as 2026-11-20T09:30:00Z');
        return epochMs(at);
      }),
    );
  addExample(addCommonOptions(exportEvents), 'journal export --since 2026-11-20T09:30:00Z > day.jsonl');
  exportEvents.action(async (options: ExportOptions) => {
    end(await withWorkstation(io, options, (client) => exportJournal(io, options, client)));
  });
};

async function verifyJournal(io: CliIo, options: CommonOptions, client: WorkstationClient): Promise<ExitCode> {
  const answer = await client.journal.verify();
  if (!answer.ok) return reportFailure(io, answer.error);
  const { segments, events, lastSequence, fault } = answer.value;
  if (options.json === true) io.out(json(answer.value));
  else {
    const pairs = [
      ['Journal', fault === null ? 'sound' : 'DAMAGED'],
      ['Segments', String(segments)],
      ['Events', String(events)],
      ['Last', String(lastSequence)],
    ] as const;
    io.out(facts(pairs, io.colour));
  }
  if (fault === null) return EXIT.done;
  io.err(`${fault}\n`);
  return EXIT.denied;
}

async function exportJournal(io: CliIo, options: ExportOptions, client: WorkstationClient): Promise<ExitCode> {
  const since = options.since ?? epochMs(0);
  let after = sequence(0);
  for (;;) {
    const answer = await client.journal.export({ after, limit: ENTRIES_PER_PAGE });
    if (!answer.ok) return reportFailure(io, answer.error);
    const { entries, more } = answer.value;
    io.out(
      entries
        .filter(({ at }) => at >= since)
        .map(json)
        .join(''),
    );
    const last = entries.at(-1);
    if (!more || last === undefined) return EXIT.done;
    after = last.sequence;
  }
}
