import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { accountIdSchema, epochMsSchema, sequenceSchema } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import { tradingModeSchema } from '#domain/settings';
import type { JournalHeader } from '#ports/journal-port';

/**
 * A line is one JSON object that begins with its checksum: `{"checksum":"9a8b7c6d",` and the rest. The checksum is the
 * CRC-32 of the rest's bytes, started from the checksum of the event before, so that a changed, missing, repeated or
 * moved event is noticed. A header starts from that checksum too and states it, but is itself no link of the chain: how
 * events are spread over segments does not change their checksums.
 */

/** The longest line, without its newline; also the most that one group commit writes. */
export const LINE_BYTES_MAX = 1_048_576;
/** What the first event of a journal follows. */
export const FIRST_CHECKSUM = '00000000';
export const NEWLINE = 0x0a;

const PREFIX = '{"checksum":"';
const CHECKSUM_LENGTH = 8;
const CHECKSUM_END = PREFIX.length + CHECKSUM_LENGTH;
/** The rest begins after `",`. */
const REST_START = CHECKSUM_END + 2;

const checksumSchema = z.string().regex(/^[0-9a-f]{8}$/, 'expected 8 hex digits');

const headerLineSchema = z.strictObject({
  checksum: checksumSchema,
  format: z.literal(1, 'this program reads journal format 1'),
  journalId: z.string().min(1).max(64),
  mode: tradingModeSchema,
  account: accountIdSchema.nullable(),
  previousChecksum: checksumSchema,
  firstSequence: sequenceSchema,
  createdAt: epochMsSchema,
}) satisfies z.ZodType<JournalHeader>;

const entryLineSchema = z.strictObject({
  checksum: checksumSchema,
  sequence: sequenceSchema,
  at: epochMsSchema,
  version: z.int().positive(),
  event: z.unknown(),
});

/** An event line, with the event still as it was stored. */
export type StoredEntry = z.infer<typeof entryLineSchema>;
/** A header line. */
export type StoredHeader = z.infer<typeof headerLineSchema>;

/** Why a line can not be trusted. */
export interface LineFault {
  readonly found: string;
  readonly expected: string;
}

/** A line ready to be written. */
interface SealedLine {
  /** With its newline. */
  readonly text: string;
  readonly bytes: number;
  readonly checksum: string;
}

function checksumOf(rest: string | Uint8Array, previousChecksum: string): string {
  return crc32(rest, Number.parseInt(previousChecksum, 16)).toString(16).padStart(CHECKSUM_LENGTH, '0');
}

function sealed(content: object, previousChecksum: string): SealedLine {
  const rest = JSON.stringify(content).slice(1);
  const checksum = checksumOf(rest, previousChecksum);
  const text = `${PREFIX}${checksum}",${rest}\n`;
  return { text, bytes: Buffer.byteLength(text), checksum };
}

/** The first line of a segment. */
export function headerLine(header: JournalHeader): SealedLine {
  return sealed(header, header.previousChecksum);
}

/** The line of one event, after an event with `previousChecksum`. */
export function entryLine(entry: Omit<StoredEntry, 'checksum'>, previousChecksum: string): SealedLine {
  const { sequence, at, version, event } = entry;
  return sealed({ sequence, at, version, event }, previousChecksum);
}

function parsed<T>(bytes: Buffer, schema: z.ZodType<T>): Result<T, LineFault> {
  let raw: unknown;
  try {
    raw = JSON.parse(bytes.toString('utf8'));
  } catch {
    return err({ found: 'text that is not JSON', expected: 'one JSON object' });
  }
  const line = schema.safeParse(raw);
  if (line.success) return ok(line.data);
  const issue = line.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; ');
  return err({ found: 'a line of another shape', expected: issue });
}

/** The stated and the true checksum of a line, or undefined when it has no checksum where one must be. */
function checksumsOf(bytes: Buffer, previousChecksum: string): { stated: string; actual: string } | undefined {
  const opens = bytes.toString('latin1', 0, PREFIX.length) === PREFIX;
  if (!opens || bytes.toString('latin1', CHECKSUM_END, REST_START) !== '",') return undefined;
  return {
    stated: bytes.toString('latin1', PREFIX.length, CHECKSUM_END),
    actual: checksumOf(bytes.subarray(REST_START), previousChecksum),
  };
}

function checkedSum(bytes: Buffer, previousChecksum: string): LineFault | undefined {
  const sums = checksumsOf(bytes, previousChecksum);
  if (sums === undefined) return { found: 'a line without a checksum', expected: `a line that begins with ${PREFIX}` };
  if (sums.stated === sums.actual) return undefined;
  return {
    found: `checksum ${sums.stated}`,
    expected: `checksum ${sums.actual} for this line after an event with checksum ${previousChecksum}`,
  };
}

/** Whether `bytes` are a whole, unharmed event line after an event with `previousChecksum`. */
export function isWholeLine(bytes: Buffer, previousChecksum: string): boolean {
  return checkedSum(bytes, previousChecksum) === undefined;
}

/** Reads a header line, without its newline. */
export function readHeaderLine(bytes: Buffer): Result<StoredHeader, LineFault> {
  const header = parsed(bytes, headerLineSchema);
  if (!header.ok) return header;
  const fault = checkedSum(bytes, header.value.previousChecksum);
  return fault === undefined ? header : err(fault);
}

/** Reads an event line, without its newline, after an event with `previousChecksum`. */
export function readEntryLine(bytes: Buffer, previousChecksum: string): Result<StoredEntry, LineFault> {
  const fault = checkedSum(bytes, previousChecksum);
  return fault === undefined ? parsed(bytes, entryLineSchema) : err(fault);
}
