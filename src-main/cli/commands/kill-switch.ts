import * as z from 'zod';
import type { Command } from '#domain/command';
import { isLive } from '#domain/order-record';
import { REASON_LENGTH_MAX } from '#domain/position-difference';
import { counted, describeTradingState } from '#domain/session-words';
import type { StateSnapshot } from '#domain/state-snapshot';
import type { Define } from '#cli/define';
import { EXIT, UsageError } from '#cli/exit-code';
import { giveCommand } from '#cli/give-command';
import { judgeCancellation } from '#cli/judges';
import { addChangeOptions, addExample, isYes, parsedAs, valueOption, type ChangeOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

interface KillSwitchOptions extends ChangeOptions {
  readonly global?: true;
  readonly includingStops?: true;
  readonly reason?: string;
  readonly yes?: true;
}

/** What each word sets. */
const STATES = { on: 'HALTED', reduce: 'REDUCING', off: 'ACTIVE' } as const;

const wordSchema = z.enum(['on', 'reduce', 'off'], 'expected on, reduce or off');
const reasonSchema = z.string().trim().max(REASON_LENGTH_MAX, `expected at most ${REASON_LENGTH_MAX} characters`);

/** `kill-switch`: HALTED, REDUCING or ACTIVE, until a person says otherwise. */
export const defineKillSwitch: Define = (command, io, end) => {
  command
    .description(
      'on: cancels our working orders apart from what protects a position, and denies whatever adds risk.\n' +
        'reduce: cancels only what adds. off: trades again. Kept over a restart; works without a connection, and then\n' +
        'cancels as soon as there is one. It asks first; without a terminal it wants --yes.',
    )
    .argument('<word>', 'on, reduce or off')
    .option('--including-stops', 'with on: cancels stops and targets too, so that positions stand unprotected')
    .option('--global', "with on and --including-stops: every client's orders, by IBKR's global cancel")
    .addOption(valueOption('--reason <text>', 'why, in your words; kept in the journal', reasonSchema))
    .option('--yes', 'do not ask');
  addExample(
    addChangeOptions(command),
    'kill-switch on --reason "the feed is wrong"',
    'kill-switch on --including-stops --global --yes',
    'kill-switch off',
  );
  command.action(async (text: string, options: KillSwitchOptions) => {
    const word = parsedAs('WORD', wordSchema, text);
    const given = commandOf(word, options);
    const asks = word === 'on' && options.yes !== true;
    if (asks && !io.interactive) throw new UsageError('--yes: missing; there is no terminal to ask on');
    const code = await withWorkstation(io, options, async (client) => {
      if (asks) {
        const start = await client.feed.start();
        if (!start.ok) return reportFailure(io, start.error);
        if (!isYes(await io.ask(questionOf(start.value.snapshot, options)))) {
          io.err('Nothing was done.\n');
          return EXIT.denied;
        }
      }
      const ended = await giveCommand(io, client, options, given, judgeCancellation);
      const status = await client.system.status();
      if (!status.ok) return reportFailure(io, status.error);
      if (options.json !== true) io.out(`Trading is ${describeTradingState(status.value.trading)}.\n`);
      return ended;
    });
    end(code);
  });
};

function commandOf(word: keyof typeof STATES, options: KillSwitchOptions): Command {
  const includingStops = options.includingStops === true;
  const everywhere = options.global === true;
  const { reason = '' } = options;
  if (word !== 'on' && includingStops) throw new UsageError(`--including-stops: only with on, not with ${word}`);
  if (word !== 'on' && everywhere) throw new UsageError(`--global: only with on, not with ${word}`);
  if (everywhere && !includingStops) {
    throw new UsageError(
      "--global: wants --including-stops too, for IBKR's global cancel takes the stops that protect positions",
    );
  }
  return { kind: 'set-trading-state', state: STATES[word], includingStops, everywhere, reason };
}

function questionOf({ orders }: StateSnapshot, { global: everywhere, includingStops }: KillSwitchOptions): string {
  const live = orders.filter((order) => isLive(order) && (everywhere === true || order.origin !== 'external'));
  const whose = everywhere === true ? ' of every client' : '';
  const spared = includingStops === true ? 'stops and targets too' : 'what protects a position stays';
  return `${counted(live.length, 'live order')}${whose}, ${spared}. Cancel and halt trading? [y/N] `;
}
