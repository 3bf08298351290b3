import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractProcedure, ContractRouterClient, ErrorMap, InferSchemaOutput, Meta } from '@orpc/contract';
import * as z from 'zod';
import { portOver, type Channel } from '#api/channel';
import type { Contract } from '#api/contract';
import { CALL_DEADLINE_MS } from '#api/schemas';
import { err, ok, type Result } from '#domain/result';

/** What a pull may take beyond the time that the host was asked to wait. */
export const CHANGES_MARGIN_MS = 5_000;
/** Walking a journal of millions of events takes its time. */
export const JOURNAL_DEADLINE_MS = 120_000;

const contractCodeSchema = z.enum(['BUSY', 'LIVE_NOT_CONFIRMED', 'BROKER_UNAVAILABLE', 'NOT_FOUND']);

/** Why a call has no answer. After `DEADLINE` and `CLOSED` a command may have been carried out: ask again by its key. */
export interface CallFailure {
  readonly code:
    | z.infer<typeof contractCodeSchema>
    /** No answer in time. */
    | 'DEADLINE'
    /** The connection is gone. */
    | 'CLOSED'
    /** The host found the input wrong; the reason names field and expectation. */
    | 'BAD_INPUT'
    /** The host has a bug; its log says which. */
    | 'HOST_FAULT';
  readonly reason: string;
}

type Call<Input, Output> = unknown extends Input
  ? () => Promise<Result<Output, CallFailure>>
  : (input: Input) => Promise<Result<Output, CallFailure>>;
type Calls<T> =
  T extends ContractProcedure<infer Input, infer Output, ErrorMap, Meta>
    ? Call<InferSchemaOutput<Input>, InferSchemaOutput<Output>>
    : { readonly [Name in keyof T]: Calls<T[Name]> };

/** Every call of the contract. None rejects, and each settles by its deadline. */
export type WorkstationClient = Calls<Contract>;

const failureDataSchema = z.object({ reason: z.string() });
const issuesSchema = z.object({
  issues: z.array(z.object({ path: z.array(z.union([z.string(), z.number()])).default([]), message: z.string() })),
});

const CLOSED: CallFailure = { code: 'CLOSED', reason: 'the connection to the workstation is closed' };

function failureOf(error: unknown): CallFailure {
  if (!(error instanceof ORPCError)) return { code: 'HOST_FAULT', reason: String(error) };
  const code = contractCodeSchema.safeParse(error.code);
  const data = failureDataSchema.safeParse(error.data);
  if (code.success && data.success) return { code: code.data, reason: data.data.reason };
  const input = issuesSchema.safeParse(error.data);
  if (!input.success) return { code: 'HOST_FAULT', reason: error.message };
  const told = input.data.issues.map(({ path, message }) => `at ${path.join('.')}: ${message}`);
  return { code: 'BAD_INPUT', reason: told.join('\n') };
}

/** The typed client over a channel that has passed its door. */
export function createClient(channel: Channel): WorkstationClient {
  const rpc: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ port: portOver(channel) }));

  const call = <T>(
    ask: (options: { signal: AbortSignal }) => Promise<T>,
    deadlineMs = CALL_DEADLINE_MS,
  ): Promise<Result<T, CallFailure>> => {
    if (channel.closed) return Promise.resolve(err(CLOSED));
    return new Promise((resolve) => {
      const aborter = new AbortController();
      const finish = (result: Result<T, CallFailure>): void => {
        clearTimeout(timer);
        stopListening();
        resolve(result);
      };
      const timer = setTimeout(() => {
        finish(err({ code: 'DEADLINE', reason: `no answer within ${deadlineMs / 1000} s` }));
        aborter.abort();
      }, deadlineMs);
      const stopListening = channel.onClose(() => finish(err(CLOSED)));
      ask({ signal: aborter.signal }).then(
        (value) => finish(ok(value)),
        (error: unknown) => finish(err(failureOf(error))),
      );
    });
  };

  return {
    system: {
      status: () => call((options) => rpc.system.status(undefined, options)),
    },
    feed: {
      start: () => call((options) => rpc.feed.start(undefined, options)),
      changes: (input) => call((options) => rpc.feed.changes(input, options), input.waitMs + CHANGES_MARGIN_MS),
      history: (input) => call((options) => rpc.feed.history(input, options)),
    },
    commands: {
      execute: (input) => call((options) => rpc.commands.execute(input, options)),
      preview: (input) => call((options) => rpc.commands.preview(input, options)),
    },
    market: {
      quote: (input) => call((options) => rpc.market.quote(input, options), input.waitMs + CALL_DEADLINE_MS),
      bars: (input) => call((options) => rpc.market.bars(input, options), input.waitMs + CALL_DEADLINE_MS),
      search: (input) => call((options) => rpc.market.search(input, options)),
    },
    risk: {
      correlations: () => call((options) => rpc.risk.correlations(undefined, options)),
      updateCorrelations: (input) =>
        call((options) => rpc.risk.updateCorrelations(input, options), input.waitMs + CALL_DEADLINE_MS),
      picture: () => call((options) => rpc.risk.picture(undefined, options)),
      explain: (input) => call((options) => rpc.risk.explain(input, options)),
    },
    journal: {
      verify: () => call((options) => rpc.journal.verify(undefined, options), JOURNAL_DEADLINE_MS),
      export: (input) => call((options) => rpc.journal.export(input, options), JOURNAL_DEADLINE_MS),
    },
  };
}
