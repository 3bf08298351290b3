import { assertNever } from '#domain/assert';
import type { CorrelationSummary } from '#domain/correlation';
import type { EventOf } from '#domain/engine-event';
import type { ConId } from '#domain/ids';
import { lossKeyOf, type LossKey, type LossLatch, type LossReset } from '#domain/loss-latch';
import type { DayMark } from '#domain/pnl';
import type { SymbolLimits } from '#domain/symbol-limits';

/** The part of the durable state that is about limits, losses and correlations. */
export interface RiskTables {
  /** The limits of single symbols, and the defaults of the others; null: the global ones are the defaults. */
  readonly symbolLimits: Map<string, SymbolLimits>;
  defaultLimits: SymbolLimits | null;
  readonly lossLatches: Map<LossKey, LossLatch>;
  /** By scope, the loss at which a person let it add again. */
  readonly lossResets: Map<LossKey, LossReset>;
  /** The mark at which each instrument's day began, where we saw it. */
  readonly dayMarks: Map<ConId, DayMark>;
  /** The matrix in use; null: none was ever computed. */
  correlations: CorrelationSummary | null;
}

/** The tables before the first event. */
export function emptyRiskTables(): RiskTables {
  return {
    symbolLimits: new Map(),
    defaultLimits: null,
    lossLatches: new Map(),
    lossResets: new Map(),
    dayMarks: new Map(),
    correlations: null,
  };
}

export type RiskTablesEvent = EventOf<
  'limits-changed' | 'loss-latched' | 'loss-latch-opened' | 'day-marked' | 'correlations-updated'
>;

/** Folds one of their events into the tables. */
export function foldRiskTables(tables: RiskTables, event: RiskTablesEvent): void {
  switch (event.type) {
    case 'limits-changed':
      if (event.defaults !== undefined) tables.defaultLimits = event.defaults;
      for (const { symbol, after } of event.symbols) {
        if (after === null) tables.symbolLimits.delete(symbol);
        else tables.symbolLimits.set(symbol, after);
      }
      return;
    case 'loss-latched':
      tables.lossLatches.set(lossKeyOf(event.latch.scope), event.latch);
      tables.lossResets.delete(lossKeyOf(event.latch.scope));
      return;
    case 'loss-latch-opened':
      openLatch(tables, event);
      return;
    case 'day-marked':
      for (const mark of event.marks) tables.dayMarks.set(mark.conId, mark);
      return;
    case 'correlations-updated':
      tables.correlations = event.summary;
      return;
    default:
      assertNever(event);
  }
}

/** What a person opened stays open while the loss does not grow; a new session day begins with nothing of it. */
function openLatch({ lossLatches, lossResets }: RiskTables, event: EventOf<'loss-latch-opened'>): void {
  const { scope, by, loss } = event;
  const key = lossKeyOf(scope);
  const latch = lossLatches.get(key);
  lossLatches.delete(key);
  if (by === 'session' || latch === undefined) lossResets.delete(key);
  else lossResets.set(key, { scope, loss: loss ?? latch.loss, until: latch.until });
}
