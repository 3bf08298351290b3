import { join } from 'node:path';
import {
  limitsFileSchema,
  NO_LIMITS_FILE,
  sectorsFileSchema,
  symbolIdsSchema,
  type LimitsFile,
  type SectorsFile,
  type SymbolIds,
} from '#domain/symbol-limits-file';
import type { StorePort } from '#ports/store-port';
import { openPlainStore } from './stores';

/** symbol_limits.json of a data directory. Not there: `NO_LIMITS_FILE`. */
export function openLimits(dataDirectory: string): Promise<StorePort<LimitsFile>> {
  const file = join(dataDirectory, 'symbol_limits.json');
  return openPlainStore({ file, schema: limitsFileSchema, defaults: NO_LIMITS_FILE, layout: 'readable' });
}

/** symbol_ids.json of a data directory. */
export function openSymbolIds(dataDirectory: string): Promise<StorePort<SymbolIds>> {
  const file = join(dataDirectory, 'symbol_ids.json');
  return openPlainStore({ file, schema: symbolIdsSchema, defaults: {}, layout: 'readable' });
}

/** sectors.json of a data directory. */
export function openSectors(dataDirectory: string): Promise<StorePort<SectorsFile>> {
  const file = join(dataDirectory, 'sectors.json');
  return openPlainStore({ file, schema: sectorsFileSchema, defaults: {}, layout: 'readable' });
}
