import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Low } from 'lowdb';
import * as z from 'zod';
import { describeIssues } from '#domain/schema-issues';
import { assertOneStepPerVersion, upgraded, type UpgradeStep } from '#domain/upgrade-steps';
import type { StorePort } from '#ports/store-port';
import { DurableJsonFile, type DocumentForm, type StoreDisk } from './durable-json-file';

const DIRECTORY_MODE = 0o700;

interface CommonOptions<T> {
  readonly file: string;
  readonly schema: z.ZodType<T>;
  /** What is read as long as nothing was stored. */
  readonly defaults: T;
  /** Readable: indented, for people. Compact: for large documents. */
  readonly layout: 'readable' | 'compact';
  readonly disk?: StoreDisk;
}

/** A document of ours, stored as `{ "version": …, "data": … }`. */
interface StoreOptions<T> extends CommonOptions<T> {
  /** The schema's version: 1 at first, one more with every change that old documents do not satisfy. */
  readonly version: number;
  /** The step from version 1 to 2, then from 2 to 3 … */
  readonly upgrades: readonly UpgradeStep[];
}

const envelopeSchema = z.strictObject({ version: z.int().positive(), data: z.unknown() });

function checked<T>(schema: z.ZodType<T>, raw: unknown): T {
  const value = schema.safeParse(raw);
  if (!value.success) throw new Error(describeIssues(value.error, raw));
  return value.data;
}

function textOf(value: unknown, layout: CommonOptions<unknown>['layout']): string {
  return `${JSON.stringify(value, undefined, layout === 'readable' ? 2 : 0)}\n`;
}

async function opened<T extends object>(options: CommonOptions<T>, form: DocumentForm<T>): Promise<StorePort<T>> {
  await mkdir(dirname(options.file), { recursive: true, mode: DIRECTORY_MODE });
  const file = new DurableJsonFile(options.file, form, options.disk);
  await file.removeLeftovers();
  // A Low of its own for each call: none sees what another has not stored yet.
  return {
    read: async () => {
      const low = new Low<T>(file, options.defaults);
      await low.read();
      return low.data;
    },
    write: (value) => new Low<T>(file, value).write(),
  };
}

/**
 * Opens a versioned document. Reading brings an older version up to date; the file itself changes with the next write.
 * @throws InvariantError when an upgrade step is missing.
 */
export function openStore<T extends object>(options: StoreOptions<T>): Promise<StorePort<T>> {
  const { schema, version, upgrades, layout } = options;
  assertOneStepPerVersion(version, upgrades);
  return opened(options, {
    encode: (data) => textOf({ version, data }, layout),
    decode: (text) => {
      const envelope = checked(envelopeSchema, JSON.parse(text));
      return checked(schema, upgraded(envelope.data, envelope.version, upgrades));
    },
  });
}

/** Opens a document that people edit and whose format is fixed by others: stored just as it is. */
export function openPlainStore<T extends object>(options: CommonOptions<T>): Promise<StorePort<T>> {
  return opened(options, {
    encode: (value) => textOf(value, options.layout),
    decode: (text) => checked(options.schema, JSON.parse(text)),
  });
}
