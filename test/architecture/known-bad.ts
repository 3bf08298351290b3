/** A file of the known-bad tree, and the rules that must refuse it: all of them and no other. */
export interface KnownBad {
  readonly content: string;
  readonly breaks: readonly string[];
}

const clean = (content = 'export const fine = 1;\n'): KnownBad => ({ content, breaks: [] });
const breaking = (rule: string, ...imports: readonly string[]): KnownBad => ({
  content: imports.map((from, index) => `import * as bad${index} from '${from}';\nexport { bad${index} };\n`).join(''),
  breaks: [rule],
});
const fine = (...imports: readonly string[]): KnownBad => ({ ...breaking('', ...imports), breaks: [] });

/**
 * A small tree with the folders of the program in which every layer rule is broken, each file beside its rule; and
 * files that come as close as is allowed.
 */
export const KNOWN_BAD: Readonly<Record<string, KnownBad>> = {
  'package.json': clean(
    JSON.stringify({
      type: 'module',
      imports: {
        '#domain/*': './src-shared/domain/*.ts',
        '#api/*': './src-shared/api/*.ts',
        '#engine/*': './src-main/engine/*.ts',
        '#ports/*': './src-main/ports/*.ts',
        '#runtime/*': './src-main/runtime/*.ts',
        '#adapters/*': './src-main/adapters/*.ts',
        '#simulator/*': './src-main/simulator/*.ts',
        '#hosts/*': './src-main/hosts/*.ts',
        '#cli/*': './src-main/cli/*.ts',
        '#launch/*': './src-main/launch/*.mjs',
        '#renderer/*.tsx': './src-renderer/*.tsx',
        '#renderer/*': './src-renderer/*.ts',
        '#test/*': './test/*.ts',
      },
    }),
  ),

  'src-shared/domain/money.ts': fine('decimal.js', 'zod'),
  'src-shared/domain/settings.ts': fine('zod'),
  'src-shared/domain/reads-a-file.ts': breaking('domain-imports', 'node:fs'),
  'src-shared/domain/knows-the-wire.ts': breaking('domain-imports', '#api/contract'),
  'src-shared/domain/folds-with-rxjs.ts': breaking('domain-imports', 'rxjs'),

  'src-shared/api/contract.ts': fine('#domain/money', 'zod', '@orpc/contract'),
  'src-shared/api/opens-a-socket.ts': breaking('api-imports', 'ws'),
  'src-shared/api/knows-the-engine.ts': breaking('api-imports', '#engine/engine'),

  'src-main/ports/broker-port.ts': fine('#domain/money'),
  'src-main/ports/knows-the-engine.ts': breaking('ports-imports', '#engine/engine'),
  'src-main/ports/parses.ts': breaking('ports-imports', 'zod'),

  'src-main/engine/engine.ts': {
    content: `import type * as port from '#ports/broker-port';\nexport type Port = typeof port;\n`,
    breaks: [],
  },
  'src-main/engine/reads-a-file.ts': breaking('engine-imports', 'node:fs'),
  'src-main/engine/asks-the-adapter.ts': breaking('engine-imports', '#adapters/ibkr/ib-session'),
  'src-main/engine/computes-with-decimal.ts': breaking('engine-imports', 'decimal.js'),
  'src-main/engine/runs-a-port.ts': breaking('engine-imports-types-of-ports', '#ports/broker-port'),

  'src-main/runtime/inbox.ts': fine('#engine/engine', '#ports/broker-port', '#domain/money'),
  'src-main/runtime/reads-a-file.ts': breaking('runtime-imports', 'node:fs'),
  'src-main/runtime/knows-the-socket.ts': breaking('runtime-imports', '#adapters/ibkr/ib-session'),

  'src-main/adapters/ibkr/ib-session.ts': fine('@stoqey/ib', '#ports/broker-port', '#domain/money', 'node:net', 'zod'),
  'src-main/adapters/ibkr/asks-the-engine.ts': breaking('adapter-imports', '#engine/engine'),
  'src-main/adapters/ibkr/asks-another-adapter.ts': breaking('adapter-imports', '#adapters/lowdb/stores'),
  'src-main/adapters/ibkr/keeps-a-file.ts': breaking('adapter-packages-ibkr', 'lowdb'),
  'src-main/adapters/ibkr/knows-the-simulator.ts': breaking('adapter-simulator', '#simulator/exchange'),
  'src-main/adapters/lowdb/stores.ts': fine('lowdb', 'node:fs'),
  'src-main/adapters/lowdb/opens-a-socket.ts': breaking('adapter-packages-lowdb', 'ws'),
  'src-main/adapters/journal/keeps-a-file.ts': breaking('adapter-packages', 'lowdb'),
  'src-main/adapters/simulated/simulated-broker.ts': fine('#simulator/exchange', '#ports/broker-port'),
  'src-main/adapters/simulated/over-the-socket.ts': breaking(
    'simulated-adapter-without-tws',
    '#simulator/tws/tws-server',
  ),

  'src-main/simulator/exchange.ts': fine('#domain/money', 'node:net'),
  'src-main/simulator/fault-plan.ts': fine('zod', '#domain/money'),
  'src-main/simulator/tws/tws-server.ts': fine('#simulator/exchange'),
  'src-main/simulator/shares-our-opinions.ts': breaking('simulator-imports', '#engine/engine'),
  'src-main/simulator/shares-our-settings.ts': breaking('simulator-imports', '#domain/settings'),
  'src-main/simulator/shares-our-decimals.ts': breaking('simulator-imports', 'decimal.js'),

  'src-main/hosts/compose.ts': fine('#engine/engine', '#api/contract', '#cli/format', 'ws', 'node:fs'),
  'src-main/hosts/headless/main.ts': fine('#hosts/compose'),
  'src-main/hosts/electron/main.ts': fine('electron', '#hosts/compose'),
  'src-main/hosts/draws.ts': breaking('hosts-imports', '#renderer/format/price'),
  'src-main/hosts/headless/opens-a-window.ts': breaking('electron-only-in-its-host', 'electron'),
  'src-main/hosts/wires-a-window.ts': breaking('electron-only-in-its-host', '#hosts/electron/main'),

  'src-main/cli/main.ts': {
    content: `import 'commander';\nimport 'ws';\nimport 'node:fs';\nimport '#api/contract';\n
      export const serve = () => import('#hosts/headless/main');\n
      export const simulate = () => import('#simulator/tws/tws-server');\n`,
    breaks: [],
  },
  'src-main/cli/format.ts': fine('#domain/money'),
  'src-main/cli/asks-the-engine.ts': breaking('cli-imports', '#engine/engine'),
  'src-main/cli/keeps-a-file.ts': breaking('cli-imports', 'lowdb'),
  'src-main/cli/loads-the-host-early.ts': breaking('cli-loads-hosts-late', '#hosts/headless/main'),
  'src-main/cli/loads-the-simulator-early.ts': breaking('cli-loads-hosts-late', '#simulator/exchange'),

  'src-main/launch/start.mjs': { content: `import 'node:fs';\nimport './parts/plan.mjs';\n`, breaks: [] },
  'src-main/launch/parts/plan.mjs': clean(),
  'src-main/launch/needs-a-package.mjs': { content: `import 'zod';\n`, breaks: ['launch-imports'] },

  'src-renderer/main.tsx': fine('#renderer/panels/orders/orders.tsx', 'react', '#api/contract', '#domain/money'),
  'src-renderer/format/price.ts': fine('#domain/money'),
  'src-renderer/reads-a-file.ts': breaking('renderer-imports', 'node:fs'),
  'src-renderer/asks-the-engine.ts': breaking('renderer-imports', '#engine/engine'),
  'src-renderer/panels/orders/orders.tsx': fine('#renderer/format/price'),
  'src-renderer/panels/chart/shows-orders.tsx': breaking('panels-stand-alone', '#renderer/panels/orders/orders.tsx'),

  'test/builders/an-order.ts': fine('#engine/engine'),
  'src-main/runtime/built-by-a-test.ts': {
    ...breaking('', '#test/builders/an-order'),
    breaks: ['nothing-imports-test', 'runtime-imports'],
  },

  // A cycle is told once, at its first file.
  'src-main/engine/egg.ts': breaking('no-cycles', '#engine/hen'),
  'src-main/engine/hen.ts': fine('#engine/egg'),
  'src-main/engine/forgotten.ts': { ...clean(), breaks: ['no-orphans'] },
  'src-main/hosts/lost.ts': { ...breaking('', './nowhere'), breaks: ['hosts-imports', 'resolvable'] },
};
