import * as z from 'zod';
import type { Brand } from '#domain/brand';

/** Our own identity of an order: minted and journaled before IBKR hears of it, carried in `orderRef`. */
export type ClientOrderId = Brand<string, 'ClientOrderId'>;
/** The short number a person types (`C 12 Enter`). Durable, ascending, never reused within a journal. */
export type OrderNumber = Brand<number, 'OrderNumber'>;
/** IBKR's per-client order id. Reissued after a Gateway restart: never identity by itself. */
export type IbOrderId = Brand<number, 'IbOrderId'>;
/** IBKR's account-unique permanent order id. 0 is never valid. */
export type PermId = Brand<number, 'PermId'>;
/** IBKR's API client id of the session that owns an order. */
export type ClientId = Brand<number, 'ClientId'>;
/** IBKR's execution id, the key that deduplicates fills. */
export type ExecId = Brand<string, 'ExecId'>;
/** IBKR's instrument number. */
export type ConId = Brand<number, 'ConId'>;
/** IBKR account, e.g. DU1234567 (paper accounts start with D). */
export type AccountId = Brand<string, 'AccountId'>;
/** One bracket or OCO group of ours; single use, also IBKR's ocaGroup name. */
export type GroupId = Brand<string, 'GroupId'>;
/** Idempotency key of a command: the same key is the same command. */
export type CommandKey = Brand<string, 'CommandKey'>;
/** One stored risk decision. */
export type DecisionId = Brand<string, 'DecisionId'>;
/** One effect asked of the outside; it returns exactly one outcome. */
export type EffectId = Brand<string, 'EffectId'>;
/** One process life. Ids are run id + durable counter, so a crash can not make two alike. */
export type RunId = Brand<string, 'RunId'>;
/** One alarm on screen. */
export type AlarmId = Brand<string, 'AlarmId'>;
/** Position in the journal: 1, 2, 3 … without gaps. */
export type Sequence = Brand<number, 'Sequence'>;
/** Milliseconds since 1970-01-01T00:00:00Z, as stamped by the inbox. */
export type EpochMs = Brand<number, 'EpochMs'>;

const asciiPattern = (max: number): RegExp => new RegExp(`^[\\x21-\\x7e]{1,${String(max)}}$`);
const asciiToken = (max: number) => z.string().regex(asciiPattern(max), 'expected printable ASCII without spaces');
const counting = z.int().positive();
const EFFECT_ID_LENGTH_MAX = 40;
const ALARM_ID_LENGTH_MAX = 80;

/** zod schemas of every id: the one place where ids are minted. */
export const clientOrderIdSchema = asciiToken(40) as unknown as z.ZodType<ClientOrderId>;
export const orderNumberSchema = counting as unknown as z.ZodType<OrderNumber>;
export const ibOrderIdSchema = z.int() as unknown as z.ZodType<IbOrderId>;
export const permIdSchema = z.int().positive() as unknown as z.ZodType<PermId>;
export const clientIdSchema = z.int() as unknown as z.ZodType<ClientId>;
export const execIdSchema = asciiToken(80) as unknown as z.ZodType<ExecId>;
export const conIdSchema = counting as unknown as z.ZodType<ConId>;
export const accountIdSchema = z
  .string()
  .regex(/^[A-Z0-9]{2,16}$/, 'expected an account id such as DU1234567') as unknown as z.ZodType<AccountId>;
export const groupIdSchema = asciiToken(40) as unknown as z.ZodType<GroupId>;
export const commandKeySchema = asciiToken(80) as unknown as z.ZodType<CommandKey>;
export const decisionIdSchema = asciiToken(40) as unknown as z.ZodType<DecisionId>;
export const effectIdSchema = asciiToken(EFFECT_ID_LENGTH_MAX) as unknown as z.ZodType<EffectId>;
export const runIdSchema = asciiToken(24) as unknown as z.ZodType<RunId>;
export const alarmIdSchema = asciiToken(ALARM_ID_LENGTH_MAX) as unknown as z.ZodType<AlarmId>;
export const sequenceSchema = z.int().nonnegative() as unknown as z.ZodType<Sequence>;
export const epochMsSchema = z.int().nonnegative() as unknown as z.ZodType<EpochMs>;

/** Mints by the pattern of `schema` alone, which is asked only for the words of a refusal: for the ids of the hot path. */
const minter =
  <Id>(schema: z.ZodType<Id>, pattern: RegExp) =>
  (text: string): Id =>
    pattern.test(text) ? (text as Id) : schema.parse(text);

/** Mints a checked id. @throws ZodError naming what was expected. */
export const clientOrderId = (text: string): ClientOrderId => clientOrderIdSchema.parse(text);
export const orderNumber = (n: number): OrderNumber => orderNumberSchema.parse(n);
export const ibOrderId = (n: number): IbOrderId => ibOrderIdSchema.parse(n);
export const permId = (n: number): PermId => permIdSchema.parse(n);
export const clientId = (n: number): ClientId => clientIdSchema.parse(n);
export const execId = (text: string): ExecId => execIdSchema.parse(text);
export const conId = (n: number): ConId => conIdSchema.parse(n);
export const accountId = (text: string): AccountId => accountIdSchema.parse(text);
export const groupId = (text: string): GroupId => groupIdSchema.parse(text);
export const commandKey = (text: string): CommandKey => commandKeySchema.parse(text);
export const decisionId = (text: string): DecisionId => decisionIdSchema.parse(text);
export const effectId = minter(effectIdSchema, asciiPattern(EFFECT_ID_LENGTH_MAX));
export const runId = (text: string): RunId => runIdSchema.parse(text);
export const alarmId = minter(alarmIdSchema, asciiPattern(ALARM_ID_LENGTH_MAX));

/** The moment `ms` as an EpochMs. The unchecked mint of the hot path: callers hold a clock reading. */
export const epochMs = (ms: number): EpochMs => ms as EpochMs;
/** The journal position `n`. Unchecked for the hot path: callers count from a checked start. */
export const sequence = (n: number): Sequence => n as Sequence;
/** `at` moved by `ms` milliseconds. */
export const laterBy = (at: EpochMs, ms: number): EpochMs => (at + ms) as EpochMs;
