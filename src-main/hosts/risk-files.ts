import { openLimits, openSectors, openSymbolIds } from '#adapters/lowdb/risk-stores';
import { watchDirectory } from '#adapters/system/directory-watch';
import type { Clock } from '#ports/clock';
import { SectorsDocument } from '#runtime/sectors-document';
import { SymbolLimitRegistry } from '#runtime/symbol-limit-registry';

/** The files about risk that people edit, read and watched. */
export interface RiskFiles {
  readonly limits: SymbolLimitRegistry;
  readonly sectors: SectorsDocument;
  close(): Promise<void>;
}

/** Opens symbol_limits.json, symbol_ids.json and sectors.json, which stand beside settings.json for every mode. */
export async function openRiskFiles(
  dataDirectory: string,
  clock: Clock,
  onFault: (error: unknown) => void,
): Promise<RiskFiles> {
  const files = watchDirectory(dataDirectory, onFault);
  const limits = new SymbolLimitRegistry({
    limits: await openLimits(dataDirectory),
    ids: await openSymbolIds(dataDirectory),
    files,
    clock,
  });
  const sectors = new SectorsDocument({ store: await openSectors(dataDirectory), files, clock });
  await limits.load();
  await sectors.load();
  return {
    limits,
    sectors,
    close: async () => {
      files.close();
      await limits.stop();
      await sectors.stop();
    },
  };
}
