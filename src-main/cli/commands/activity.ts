import type { WorkstationClient } from '#api/client';
import { followFeed } from '#api/replica';
import { describeEvent } from '#domain/activity-words';
import { present } from '#domain/assert';
import type { JournaledEvent } from '#domain/engine-event';
import { formatDateTime } from '#domain/format';
import { err } from '#domain/result';
import type { WorkstationState } from '#domain/workstation-state';
import type { CliIo } from '#cli/cli-io';
import type { Define } from '#cli/define';
import { EXIT, type ExitCode } from '#cli/exit-code';
import { json } from '#cli/format';
import { addCommonOptions, addExample, integerOption, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

const EVENTS_SHOWN_DEFAULT = 50;
const EVENTS_SHOWN_MAX = 1_000;

interface ActivityOptions extends CommonOptions {
  readonly follow?: true;
  readonly limit: number;
}

/** `activity`: the latest events in words, and with `--follow` those to come. */
export const defineActivity: Define = (command, io, end) => {
  command
    .description('Shows the latest events in words, oldest first. With --json one document a line.')
    .option('--follow', 'go on with what happens, until interrupted')
    .addOption(
      integerOption('--limit <count>', 'how many past events', 0, EVENTS_SHOWN_MAX).default(EVENTS_SHOWN_DEFAULT),
    );
  addExample(addCommonOptions(command), 'activity --limit 20', 'activity --follow');
  command.action(async (options: ActivityOptions) => {
    end(await withWorkstation(io, options, (client) => show(io, options, client)));
  });
};

/**
 * Prints the past up to the replica's start, then what comes, each event once and in order. After a new start (the
 * host had to drop our position) the past fills what was missed.
 */
function show(io: CliIo, options: ActivityOptions, client: WorkstationClient): Promise<ExitCode> {
  let shown = 0;
  let limit = options.limit;
  let printing = Promise.resolve();
  let lostBecause = '';
  let replica: WorkstationState | null = null;

  return new Promise((resolve, reject) => {
    const finish = (code: ExitCode): void => {
      feed.stop();
      resolve(code);
    };
    const then = (work: () => Promise<void> | void): void => {
      printing = printing.then(work);
      printing.catch(reject);
    };
    const printAll = (entries: readonly JournaledEvent[], state: WorkstationState): void => {
      for (const entry of entries) {
        print(io, options, entry, state);
        shown = entry.sequence;
      }
    };
    const printPast = async (state: WorkstationState, upTo: number): Promise<void> => {
      if (limit > 0) {
        const history = await client.feed.history({ before: null, limit });
        if (!history.ok) {
          finish(reportFailure(io, history.error));
          return;
        }
        const past = history.value.filter(({ sequence }) => sequence > shown && sequence <= upTo);
        printAll(past.toReversed(), state);
      }
      limit = EVENTS_SHOWN_MAX;
      if (options.follow !== true) finish(EXIT.done);
    };

    const feed = followFeed({
      client,
      // Not tried: like tail, it ends with what it follows.
      reconnect: () => {
        then(() => {
          io.err(`${lostBecause}\n`);
          finish(EXIT.noWorkstation);
        });
        return Promise.resolve(err({ reason: lostBecause }));
      },
      onStart: (state) => {
        const upTo = state.sequence;
        replica = state;
        then(() => printPast(state, upTo));
      },
      onEntries: (entries) => then(() => printAll(entries, present(replica, 'the replica'))),
      onConflated: () => undefined,
      onLink: (_, reason) => {
        lostBecause = reason;
      },
    });
    feed.done.catch(reject);
    if (options.follow === true) void io.interrupted().then(() => finish(EXIT.done));
  });
}

function print(io: CliIo, options: ActivityOptions, entry: JournaledEvent, state: WorkstationState): void {
  const { sequence, at, event } = entry;
  const line = describeEvent(event, state);
  if (options.json === true) io.out(json({ sequence, at, type: event.type, ...line }));
  else io.out(`${formatDateTime(at, io.timeZone)}  ${line.text}\n`);
}
