import type { Define } from './define';

interface CatalogEntry {
  readonly name: string;
  readonly summary: string;
  /** Only the module of the command that is given is loaded: the others would cost each start their time. */
  readonly load: () => Promise<Define>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CatalogEntry[] = [
  {
    name: 'serve',
    summary: 'run the workstation without a window',
    load: async () => (await import('./commands/serve')).defineServe,
  },
  {
    name: 'simulate',
    summary: 'run a simulated TWS on this machine',
    load: async () => (await import('./commands/simulate')).defineSimulate,
  },
  {
    name: 'status',
    summary: 'connection, mode, account, trading state, reconciliation',
    load: async () => (await import('./commands/status')).defineStatus,
  },
  {
    name: 'reconciliation',
    summary: 'what IBKR has that we do not; acknowledge it',
    load: async () => (await import('./commands/reconciliation')).defineReconciliation,
  },
  {
    name: 'order',
    summary: 'place a single order',
    load: async () => (await import('./commands/order')).defineOrder,
  },
  {
    name: 'bracket-order',
    summary: 'place an entry with its stop-loss and target',
    load: async () => (await import('./commands/bracket-order')).defineBracketOrder,
  },
  {
    name: 'trailing-stop',
    summary: 'place a stop that follows the market',
    load: async () => (await import('./commands/trailing-stop')).defineTrailingStop,
  },
  {
    name: 'oco-order',
    summary: 'place orders of which one cancels the others',
    load: async () => (await import('./commands/oco-order')).defineOcoOrder,
  },
  {
    name: 'protect',
    summary: 'place a stop for what no stop protects',
    load: async () => (await import('./commands/protect')).defineProtect,
  },
  {
    name: 'close',
    summary: 'close a position at the market',
    load: async () => (await import('./commands/close')).defineClose,
  },
  {
    name: 'flatten',
    summary: 'close every position, cancel what would open new ones',
    load: async () => (await import('./commands/flatten')).defineFlatten,
  },
  {
    name: 'kill-switch',
    summary: 'halt trading, allow only reducing, or trade again',
    load: async () => (await import('./commands/kill-switch')).defineKillSwitch,
  },
  {
    name: 'rearm',
    summary: 'let a suspended trailing stop move again',
    load: async () => (await import('./commands/rearm')).defineRearm,
  },
  {
    name: 'orders',
    summary: 'list live orders, or all',
    load: async () => (await import('./commands/orders')).defineOrders,
  },
  {
    name: 'modify',
    summary: 'change price or quantity of a live order',
    load: async () => (await import('./commands/modify')).defineModify,
  },
  {
    name: 'cancel',
    summary: 'cancel orders by number',
    load: async () => (await import('./commands/cancel')).defineCancel,
  },
  {
    name: 'cancel-all',
    summary: 'cancel every live order',
    load: async () => (await import('./commands/cancel-all')).defineCancelAll,
  },
  {
    name: 'positions',
    summary: 'list positions',
    load: async () => (await import('./commands/positions')).definePositions,
  },
  {
    name: 'limits',
    summary: 'the use of every limit, and where it comes from',
    load: async () => (await import('./commands/limits')).defineLimits,
  },
  {
    name: 'set-symbol-limit',
    summary: 'set limits of one symbol, or take them away',
    load: async () => (await import('./commands/set-symbol-limit')).defineSetSymbolLimit,
  },
  {
    name: 'reset-loss-latch',
    summary: 'let a symbol, or all, add again after the loss of its day',
    load: async () => (await import('./commands/reset-loss-latch')).defineResetLossLatch,
  },
  { name: 'fills', summary: 'list executions', load: async () => (await import('./commands/fills')).defineFills },
  {
    name: 'activity',
    summary: 'what happened, in words',
    load: async () => (await import('./commands/activity')).defineActivity,
  },
  {
    name: 'quote',
    summary: 'bid, ask and last of a symbol',
    load: async () => (await import('./commands/quote')).defineQuote,
  },
  {
    name: 'bars',
    summary: 'the history of a symbol: open, high, low, close',
    load: async () => (await import('./commands/bars')).defineBars,
  },
  {
    name: 'instruments',
    summary: 'search instruments',
    load: async () => (await import('./commands/instruments')).defineInstruments,
  },
  {
    name: 'explain',
    summary: 'the numbers of a risk decision',
    load: async () => (await import('./commands/explain')).defineExplain,
  },
  {
    name: 'correlations',
    summary: 'who moves with whom, by the risk checks',
    load: async () => (await import('./commands/correlations')).defineCorrelations,
  },
  {
    name: 'update-correlations',
    summary: 'compute the correlations anew',
    load: async () => (await import('./commands/update-correlations')).defineUpdateCorrelations,
  },
  {
    name: 'alarms',
    summary: 'list alarms, or clear one',
    load: async () => (await import('./commands/alarms')).defineAlarms,
  },
  {
    name: 'journal',
    summary: 'verify or export the journal',
    load: async () => (await import('./commands/journal')).defineJournal,
  },
];
