import * as z from 'zod';
import { correlationSummarySchema, MATRIX_SYMBOLS_MAX } from '#domain/correlation';
import { CorrelationMatrix } from '#domain/correlation-matrix';
import type { StorePort } from '#ports/store-port';
import { openStore } from './stores';

/** The version in which correlations.json is written now. It is a cache: what can not be read is computed again. */
const CORRELATIONS_VERSION = 1;
const NUMBER_BYTES = 8;

const storedSchema = z.strictObject({
  matrix: z
    .strictObject({
      summary: correlationSummarySchema,
      symbols: z.array(z.string().min(1).max(40)).max(MATRIX_SYMBOLS_MAX),
      /**
       * The upper triangle as little-endian doubles in base64; NaN is unknown. Half a million numbers are written a
       * hundred times faster so than as decimals, and none is rounded.
       */
      values: z.string(),
    })
    .refine(({ symbols, values }) => areCorrelationsOf(symbols, valuesOf(values)), {
      path: ['values'],
      message: 'expected a number from −1 to 1 for each pair of symbols',
    })
    .nullable(),
});
type Stored = z.infer<typeof storedSchema>;
const NOTHING: Stored = { matrix: null };

/** The matrix that was computed last; null: none was. @param file where it is kept. */
export async function openCorrelations(file: string): Promise<StorePort<CorrelationMatrix | null>> {
  const store = await openStore({
    file,
    schema: storedSchema,
    version: CORRELATIONS_VERSION,
    upgrades: [],
    defaults: NOTHING,
    layout: 'compact',
  });
  return {
    read: async () => {
      const { matrix } = await store.read();
      return matrix === null ? null : new CorrelationMatrix(matrix.summary, matrix.symbols, valuesOf(matrix.values));
    },
    write: (matrix) => store.write(matrix === null ? NOTHING : { matrix: storedOf(matrix) }),
  };
}

function storedOf({ summary, symbols, values }: CorrelationMatrix): NonNullable<Stored['matrix']> {
  const bytes = Buffer.alloc(values.length * NUMBER_BYTES);
  for (const [index, value] of values.entries()) bytes.writeDoubleLE(value, index * NUMBER_BYTES);
  return { summary, symbols: [...symbols], values: bytes.toString('base64') };
}

function valuesOf(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  const values = new Float64Array(Math.floor(bytes.length / NUMBER_BYTES));
  for (const index of values.keys()) values[index] = bytes.readDoubleLE(index * NUMBER_BYTES);
  return values;
}

function areCorrelationsOf(symbols: readonly string[], values: Float64Array): boolean {
  const isOnePerPair = values.length === (symbols.length * (symbols.length - 1)) / 2;
  return isOnePerPair && values.every((value) => !(Math.abs(value) > 1));
}
