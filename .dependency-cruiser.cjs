// "Who may import whom" of docs/ARCHITECTURE.md as rules over resolved paths. Each folder's rule is an allow-list:
// what it does not name is forbidden. test/architecture proves that every rule fires and that files were checked.

const NODE_MODULES = '(^|/)node_modules/';
/** The folders of npm packages, with their separate typings. */
const packages = (...names) =>
  `${NODE_MODULES}(@types/)?(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})/`;

const DOMAIN = '^src-shared/domain/';
const API = '^src-shared/api/';
const PORTS = '^src-main/ports/';
const ENGINE = '^src-main/engine/';
const RUNTIME = '^src-main/runtime/';
const ADAPTERS = '^src-main/adapters/';
const SIMULATOR = '^src-main/simulator/';
const HOSTS = '^src-main/hosts/';
const CLI = '^src-main/cli/';
const LAUNCH = '^src-main/launch/';
const RENDERER = '^src-renderer/';
const PANELS = '^src-renderer/panels/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-imports',
      comment: 'src-shared/domain: zod, decimal.js',
      severity: 'error',
      from: { path: DOMAIN },
      to: { pathNot: [DOMAIN, packages('zod', 'decimal.js')] },
    },
    {
      name: 'api-imports',
      comment: 'src-shared/api: domain, zod, the RPC library',
      severity: 'error',
      from: { path: API },
      to: { pathNot: [API, DOMAIN, packages('zod', '@orpc/[^/]+')] },
    },
    {
      name: 'ports-imports',
      comment: 'src-main/ports: domain',
      severity: 'error',
      from: { path: PORTS },
      to: { pathNot: [PORTS, DOMAIN] },
    },
    {
      name: 'engine-imports',
      comment: 'src-main/engine: domain, ports',
      severity: 'error',
      from: { path: ENGINE },
      to: { pathNot: [ENGINE, DOMAIN, PORTS] },
    },
    {
      name: 'engine-imports-types-of-ports',
      comment: 'src-main/engine takes only types from ports',
      severity: 'error',
      from: { path: ENGINE },
      to: { path: PORTS, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'runtime-imports',
      comment: 'src-main/runtime: engine, ports, domain',
      severity: 'error',
      from: { path: RUNTIME },
      to: { pathNot: [RUNTIME, ENGINE, PORTS, DOMAIN] },
    },
    {
      name: 'adapter-imports',
      comment: 'src-main/adapters/X: ports, domain, node, packages; no engine, no other adapter',
      severity: 'error',
      from: { path: `${ADAPTERS}([^/]+)/` },
      to: {
        pathNot: [`${ADAPTERS}$1/`, PORTS, DOMAIN, SIMULATOR, NODE_MODULES],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'adapter-packages',
      comment: 'an adapter parses with zod and has no other package unless it is named here',
      severity: 'error',
      from: { path: ADAPTERS, pathNot: [`${ADAPTERS}(ibkr|lowdb)/`] },
      to: { path: NODE_MODULES, pathNot: [packages('zod')] },
    },
    {
      name: 'adapter-packages-ibkr',
      comment: 'src-main/adapters/ibkr: @stoqey/ib',
      severity: 'error',
      from: { path: `${ADAPTERS}ibkr/` },
      to: { path: NODE_MODULES, pathNot: [packages('zod', '@stoqey/ib')] },
    },
    {
      name: 'adapter-packages-lowdb',
      comment: 'src-main/adapters/lowdb: lowdb',
      severity: 'error',
      from: { path: `${ADAPTERS}lowdb/` },
      to: { path: NODE_MODULES, pathNot: [packages('zod', 'lowdb')] },
    },
    {
      name: 'adapter-simulator',
      comment: 'only adapters/simulated may use the simulator, and never its TWS socket',
      severity: 'error',
      from: { path: ADAPTERS, pathNot: [`${ADAPTERS}simulated/`] },
      to: { path: SIMULATOR },
    },
    {
      name: 'simulated-adapter-without-tws',
      comment: 'adapters/simulated drives the exchange itself, not its TWS socket',
      severity: 'error',
      from: { path: `${ADAPTERS}simulated/` },
      to: { path: `${SIMULATOR}tws/` },
    },
    {
      name: 'simulator-imports',
      comment: 'src-main/simulator: of domain only money, ids, brand, assert, result, schema-issues; zod; node',
      severity: 'error',
      from: { path: SIMULATOR },
      to: {
        pathNot: [SIMULATOR, `${DOMAIN}(money|ids|brand|assert|result|schema-issues)\\.ts$`, packages('zod')],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'hosts-imports',
      comment: 'src-main/hosts: all of src-main, src-shared, node, packages',
      severity: 'error',
      from: { path: HOSTS },
      to: { pathNot: ['^src-main/', '^src-shared/', NODE_MODULES], dependencyTypesNot: ['core'] },
    },
    {
      name: 'electron-only-in-its-host',
      comment: 'electron only under src-main/hosts/electron',
      severity: 'error',
      from: { path: '^src-', pathNot: [`${HOSTS}electron/`] },
      to: { path: [packages('electron'), '^electron$', `${HOSTS}electron/`] },
    },
    {
      name: 'cli-imports',
      comment: 'src-main/cli: src-shared, node, commander, ws, zod, hosts/headless, simulator',
      severity: 'error',
      from: { path: CLI },
      to: {
        pathNot: [CLI, '^src-shared/', packages('commander', 'ws', 'zod'), `${HOSTS}headless/`, SIMULATOR],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'cli-loads-hosts-late',
      comment: 'src-main/cli loads hosts/headless and the simulator only by dynamic import',
      severity: 'error',
      from: { path: CLI },
      to: { path: [`${HOSTS}headless/`, SIMULATOR], dynamic: false },
    },
    {
      name: 'launch-imports',
      comment: 'src-main/launch: node only, it runs before anything is installed',
      severity: 'error',
      from: { path: LAUNCH },
      to: { pathNot: [LAUNCH], dependencyTypesNot: ['core'] },
    },
    {
      name: 'renderer-imports',
      comment: 'src-renderer: src-shared and packages; no node, nothing of src-main',
      severity: 'error',
      from: { path: RENDERER },
      to: { pathNot: [RENDERER, '^src-shared/', NODE_MODULES] },
    },
    {
      name: 'panels-stand-alone',
      comment: 'no panel imports another panel',
      severity: 'error',
      from: { path: `${PANELS}([^/]+)/` },
      to: { path: PANELS, pathNot: [`${PANELS}$1/`] },
    },
    {
      name: 'nothing-imports-test',
      comment: 'test may import anything; nothing imports test',
      severity: 'error',
      from: { pathNot: ['^test/'] },
      to: { path: '^test/' },
    },
    {
      name: 'no-cycles',
      comment: 'no import cycle, not even of types',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'every module of the program has a user',
      severity: 'error',
      from: { orphan: true, path: '^src-' },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'every import leads to a file',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: NODE_MODULES },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.d.ts', '.json', '.css'],
    },
  },
};
