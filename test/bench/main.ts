import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchLine } from './bench-line';
import { coldStartBench } from './cold-start';
import { commandBench } from './command';
import { correlationBench } from './correlation';
import { decodeBench } from './decode';
import { historyBench } from './history';
import { journalBench } from './journal';
import { reconcileBench } from './reconcile';
import { riskBench } from './risk';
import { stopCrowdBench, stopsBench } from './stops';
import { ticksBench } from './ticks';

const BENCHES: ReadonlyMap<string, () => Promise<BenchLine[]>> = new Map([
  ['risk', riskBench],
  ['correlation', correlationBench],
  ['journal', journalBench],
  ['command', commandBench],
  ['ticks', ticksBench],
  ['decode', decodeBench],
  ['stops', stopsBench],
  ['stop-crowd', stopCrowdBench],
  ['history', historyBench],
  ['reconcile', reconcileBench],
  ['cold-start', coldStartBench],
]);
const EXIT_USAGE = 2;

function figure(value: number | undefined): string {
  if (value === undefined) return '';
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
}

function tableOf(lines: readonly BenchLine[]): string {
  const rows = [
    ['name', 'median', 'p99', 'unit', 'target'],
    ...lines.map(({ name, median, p99, unit, target }) => [name, figure(median), figure(p99), unit, target ?? '']),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const aligned = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column === 1 || column === 2 ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(aligned).join('  ').trimEnd()).join('\n');
}

/** What else the machine does: a figure without it says little. */
function load(): string {
  return loadavg().map(figure).join(' ');
}

async function run(names: readonly string[], asJson: boolean): Promise<void> {
  const before = load();
  const lines: BenchLine[] = [];
  for (const [name, bench] of BENCHES) if (names.length === 0 || names.includes(name)) lines.push(...(await bench()));
  const machine = {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    loadBefore: before,
    loadAfter: load(),
  };
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ machine, lines }, undefined, 2)}\n`);
    return;
  }
  const { cores, model, node, loadBefore, loadAfter } = machine;
  process.stdout.write(`${tableOf(lines)}\n\n${cores} cores (${model}), Node ${node}; `);
  process.stdout.write(`load average before ${loadBefore}, after ${loadAfter}\n`);
}

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const unknown = positionals.filter((name) => !BENCHES.has(name));
if (unknown.length === 0) await run(positionals, values.json === true);
else {
  process.stderr.write(`${unknown.join(', ')}: expected ${[...BENCHES.keys()].join(', ')}\n`);
  process.exitCode = EXIT_USAGE;
}
