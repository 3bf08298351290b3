import type { CallFailure, WorkstationClient } from '#api/client';
import { followFeed } from '#api/replica';
import { present } from '#domain/assert';
import type { Command, CommandReply } from '#domain/command';
import type { JournaledEvent } from '#domain/engine-event';
import type { ClientOrderId, CommandKey } from '#domain/ids';
import type { OrderRecord } from '#domain/order-record';
import { inBrackets } from '#domain/order-words';
import { err } from '#domain/result';
import type { RiskOverride } from '#domain/risk-override';
import type { WorkstationState } from '#domain/workstation-state';
import type { CliIo } from './cli-io';
import { EXIT, type ExitCode } from './exit-code';

/** What was heard about orders since the command was sent. */
export interface Heard {
  readonly cancelAsked: ReadonlySet<ClientOrderId>;
  readonly modified: ReadonlySet<ClientOrderId>;
  /** IBKR's words where it would not cancel or modify. */
  readonly refused: ReadonlyMap<ClientOrderId, string>;
  /** The key was answered before: what was heard then is not in here. */
  readonly repeated: boolean;
}

/** How the command ended for one order; null while the broker owes its first answer. */
export type Judge = (order: OrderRecord, heard: Heard) => ExitCode | null;

/** One order of the reply and how the command ended for it. */
export interface JudgedOrder {
  readonly order: OrderRecord;
  readonly code: ExitCode;
  /** Why IBKR would not; null where it did not say so. */
  readonly refusal: string | null;
}

export type CarriedOut =
  /** The command never left. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: CallFailure }
  /** No reply: carried out or not, nobody here knows. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** `unanswered`: why the broker's answer was not waited for any longer; null when all is answered. */
  | {
      readonly kind: 'replied';
      readonly reply: CommandReply;
      readonly orders: readonly JudgedOrder[];
      readonly unanswered: string | null;
      /** What the workstation is like then. */
      readonly state: WorkstationState;
    };

/**
 * Sends a command and follows the feed until the broker has given its first answer about every order of the reply, at
 * most `timeoutMs`. The feed is begun before the command is sent, so that no answer can be missed.
 */
export function carryOut(
  io: Pick<CliIo, 'after'>,
  client: WorkstationClient,
  request: {
    readonly key: CommandKey;
    readonly command: Command;
    readonly override?: RiskOverride | null;
    readonly timeoutMs: number;
    readonly judge: Judge;
  },
): Promise<CarriedOut> {
  const { key, command, override = null, timeoutMs, judge } = request;
  const cancelAsked = new Set<ClientOrderId>();
  const modified = new Set<ClientOrderId>();
  const refused = new Map<ClientOrderId, string>();
  let replica: WorkstationState | null = null;
  let reply: CommandReply | null = null;
  let lostBecause = '';

  const hear = ({ event }: JournaledEvent): void => {
    if (event.type === 'cancel-requested') cancelAsked.add(event.id);
    if (event.type === 'modification-confirmed') modified.add(event.id);
    if (event.type === 'cancel-refused' || event.type === 'modification-refused') {
      refused.set(event.id, `${event.text}${inBrackets(event.code)}`);
    }
  };

  /** The orders of the reply as far as they are in the replica, with null for those that are not answered. */
  const judged = (state: WorkstationState, { orders, repeated }: CommandReply): (JudgedOrder | null)[] =>
    orders.map(({ id }) => {
      const order = state.orders.get(id);
      const code = order === undefined ? null : judge(order, { cancelAsked, modified, refused, repeated });
      return order === undefined || code === null ? null : { order, code, refusal: refused.get(id) ?? null };
    });

  /** What is known when the time is up: an order without an answer is unknown. */
  const soFar = (state: WorkstationState, { orders }: CommandReply, answered: (JudgedOrder | null)[]): JudgedOrder[] =>
    orders.flatMap(({ id }, index) => {
      const order = state.orders.get(id);
      const known = answered[index] ?? null;
      if (known !== null) return [known];
      return order === undefined ? [] : [{ order, code: EXIT.unknown, refusal: null }];
    });

  return new Promise((resolve, reject) => {
    const finish = (outcome: CarriedOut): void => {
      stopTimer();
      feed.stop();
      resolve(outcome);
    };
    /** Ends without the broker's answer. */
    const giveUp = (reason: string): void => {
      if (replica === null) finish({ kind: 'not-sent', reason });
      else if (reply === null) finish({ kind: 'unknown', reason });
      else {
        const orders = soFar(replica, reply, judged(replica, reply));
        finish({ kind: 'replied', reply, orders, unanswered: reason, state: replica });
      }
    };
    const check = (state: WorkstationState): void => {
      if (reply === null || !state.commands.has(key)) return;
      const orders = judged(state, reply).filter((order) => order !== null);
      if (orders.length === reply.orders.length) finish({ kind: 'replied', reply, orders, unanswered: null, state });
    };
    const send = async (): Promise<void> => {
      const replied = await client.commands.execute({ key, command, ...(override === null ? {} : { override }) });
      if (replied.ok) {
        reply = replied.value;
        const state = present(replica, 'the replica');
        if (reply.outcome === 'accepted') check(state);
        else finish({ kind: 'replied', reply, orders: [], unanswered: null, state });
      } else if (replied.error.code === 'DEADLINE' || replied.error.code === 'CLOSED') giveUp(replied.error.reason);
      else finish({ kind: 'failed', failure: replied.error });
    };

    const feed = followFeed({
      client,
      // Not tried: the person decides whether to ask again, with the key.
      reconnect: () => {
        giveUp(lostBecause);
        return Promise.resolve(err({ reason: lostBecause }));
      },
      onStart: (state) => {
        const first = replica === null;
        replica = state;
        if (first) send().catch(reject);
        else check(state);
      },
      onEntries: (entries) => {
        entries.forEach(hear);
        check(present(replica, 'the replica'));
      },
      onConflated: () => undefined,
      onLink: (_, reason) => {
        lostBecause = reason;
      },
    });
    const stopTimer = io.after(timeoutMs, () => giveUp(`No answer within ${timeoutMs / 1000} s.`));
    feed.done.catch(reject);
  });
}
