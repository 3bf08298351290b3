import { err, ok, type Result } from '#domain/result';
import type { LaunchOptions, LaunchRefusal } from '#hosts/launch-options';
import { readMarketFiles } from '#simulator/market-files';

/**
 * Checks the files of a demo market before anything starts: the simulator reads them again in its own thread, where a
 * refusal would come late.
 */
export async function checkDemoFiles(options: LaunchOptions): Promise<Result<LaunchOptions, LaunchRefusal>> {
  const { prices, faults } = options.demo;
  const read = await readMarketFiles({ prices: prices ?? undefined, faults: faults ?? undefined });
  return read.ok ? ok(options) : err({ reason: read.error });
}
