import { implement, onError, ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { portOver, type Channel } from '#api/channel';
import { contract } from '#api/contract';
import type { ClientIntroduction } from '#api/handshake';
import type { Status } from '#api/schemas';
import { isLive } from '#domain/order-record';
import type { Result } from '#domain/result';
import type { About, JournalDoor } from '#hosts/composition';
import type { WorkstationFailure, WorkstationPort } from '#ports/workstation-port';

/** Calls of one client that may be under way at the same time. */
export const CALLS_IN_FLIGHT_MAX = 256;

/** What a call knows of its caller. One object for the life of a connection. */
export interface CallContext {
  readonly origin: 'window' | 'cli';
  /** The person said `--live`. */
  readonly live: boolean;
  callsInFlight: number;
}

/** The context of a connection, from what its client said. */
export function contextOf({ client, live }: ClientIntroduction): CallContext {
  return { origin: client, live, callsInFlight: 0 };
}

type Failing = Readonly<
  Record<WorkstationFailure['code'], (options: { readonly data: { readonly reason: string } }) => Error>
>;

/** The value, or the failure as the typed error that the contract has for it. */
function valueOf<T>(result: Result<T, WorkstationFailure>, errors: Failing): T {
  if (result.ok) return result.value;
  throw errors[result.error.code]({ data: { reason: result.error.reason } });
}

function statusOf(workstation: WorkstationPort, about: About): Status {
  const { state } = workstation;
  const meters = workstation.meters();
  return {
    ...about,
    mode: state.mode,
    account: state.account,
    connection: state.connection,
    trading: state.trading,
    proof: state.proof,
    liveOrders: [...state.orders.values()].filter(isLive).length,
    sequence: state.sequence,
    durableSequence: meters.durableSequence,
    roundTripMs: meters.roundTripMs,
    messagesPerSecond: meters.messagesPerSecond,
    startedAt: workstation.startedAt,
    now: workstation.now(),
  };
}

/** Answers the whole contract from the running workstation. */
export function createRouter(workstation: WorkstationPort, journalDoor: JournalDoor, about: About) {
  const os = implement(contract)
    .$context<CallContext>()
    .use(async ({ context, next }) => {
      if (context.callsInFlight >= CALLS_IN_FLIGHT_MAX) {
        const reason = `more than ${CALLS_IN_FLIGHT_MAX} calls at once from one client`;
        throw new ORPCError('BUSY', { data: { reason } });
      }
      context.callsInFlight += 1;
      try {
        return await next();
      } finally {
        context.callsInFlight -= 1;
      }
    });

  return os.router({
    system: {
      status: os.system.status.handler(() => statusOf(workstation, about)),
    },
    feed: {
      start: os.feed.start.handler(() => workstation.feedStart()),
      changes: os.feed.changes.handler(({ input }) =>
        workstation.changes(input.after, input.conflatedAfter, input.waitMs),
      ),
      history: os.feed.history.handler(({ input }) => workstation.history(input.before, input.limit)),
    },
    commands: {
      execute: os.commands.execute.handler(async ({ input, context, errors }) => {
        // The window shows in which mode it is and confirms there; a command line has only its words.
        if (workstation.state.mode === 'live' && context.origin === 'cli' && !context.live) {
          const reason = 'this workstation trades live, with real money; say --live to mean it';
          throw errors.LIVE_NOT_CONFIRMED({ data: { reason } });
        }
        return valueOf(
          await workstation.execute(input.key, context.origin, input.command, input.override ?? null),
          errors,
        );
      }),
      preview: os.commands.preview.handler(async ({ input, context, errors }) =>
        valueOf(
          await workstation.preview(context.origin, input.command, {
            override: input.override ?? null,
            margin: input.margin ?? false,
          }),
          errors,
        ),
      ),
    },
    market: {
      quote: os.market.quote.handler(async ({ input, errors }) =>
        valueOf(await workstation.quote(input.symbol, input.waitMs), errors),
      ),
      bars: os.market.bars.handler(async ({ input, errors }) =>
        valueOf(await workstation.fetchBars(input.symbol, input.wish, input.waitMs), errors),
      ),
      search: os.market.search.handler(async ({ input, errors }) => [
        ...valueOf(await workstation.search(input.query), errors),
      ]),
    },
    risk: {
      correlations: os.risk.correlations.handler(() => workstation.correlations()),
      updateCorrelations: os.risk.updateCorrelations.handler(async ({ input, errors }) =>
        valueOf(await workstation.updateCorrelations(input.symbols, input.lookback, input.waitMs), errors),
      ),
      picture: os.risk.picture.handler(() => workstation.riskPicture()),
      explain: os.risk.explain.handler(({ input, errors }) => valueOf(workstation.explain(input.reference), errors)),
    },
    journal: {
      verify: os.journal.verify.handler(() => journalDoor.verify()),
      export: os.journal.export.handler(({ input }) => journalDoor.export(input.after, input.limit)),
    },
  });
}

export type ApiRouter = ReturnType<typeof createRouter>;

/** Answers the calls that arrive on a channel. */
export type ServeChannel = (channel: Channel, context: CallContext) => void;

/** @param onFault hears of every call that failed by a bug of ours; its caller is only told that it failed. */
export function serveChannels(router: ApiRouter, onFault: (error: unknown) => void): ServeChannel {
  const handler = new RPCHandler(router, {
    interceptors: [
      onError((error) => {
        if (!(error instanceof ORPCError) || error.code === 'INTERNAL_SERVER_ERROR') onFault(error);
      }),
    ],
  });
  return (channel, context) => handler.upgrade(portOver(channel), { context });
}
