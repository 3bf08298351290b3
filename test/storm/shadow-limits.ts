import type { JournaledEvent } from '#domain/engine-event';
import type { LimitField, SymbolLimits } from '#domain/symbol-limits';

/** Scope of a latch: the instrument's number, or 0 for the account. */
const ACCOUNT = 0;
const NONE: Readonly<Partial<SymbolLimits>> = {};

/** The limits in force and what a loss has latched, folded from the journal's events alone. */
export class ShadowLimits {
  #global: Readonly<Record<LimitField, number>> = {
    maxPositionSize: Infinity,
    maxOrderExposure: Infinity,
    maxDailyLoss: Infinity,
    maxCorrelationExposure: Infinity,
  };
  #defaults: Readonly<Partial<SymbolLimits>> = NONE;
  readonly #symbols = new Map<string, SymbolLimits>();
  readonly #latched = new Set<number>();

  static of(entries: readonly JournaledEvent[]): ShadowLimits {
    const limits = new ShadowLimits();
    for (const entry of entries) limits.take(entry);
    return limits;
  }

  /** symbol > default > global, and never looser than the global one. */
  limitOf(symbol: string, field: LimitField): number {
    const set = this.#symbols.get(symbol)?.[field] ?? this.#defaults[field] ?? null;
    return Math.min(set === null ? Infinity : Number(set), this.#global[field]);
  }

  isLatched(conId: number): boolean {
    return this.#latched.has(conId) || this.#latched.has(ACCOUNT);
  }

  take({ event }: JournaledEvent): void {
    switch (event.type) {
      case 'settings-changed': {
        const { maxPositionSize, maxOrderNotional, maxDailyLoss, maxCorrelatedExposure } = event.settings.risk;
        this.#global = {
          maxPositionSize: Number(maxPositionSize),
          maxOrderExposure: Number(maxOrderNotional),
          maxDailyLoss: Number(maxDailyLoss),
          maxCorrelationExposure: Number(maxCorrelatedExposure),
        };
        return;
      }
      case 'limits-changed':
        if (event.defaults !== undefined) this.#defaults = event.defaults ?? NONE;
        for (const { symbol, after } of event.symbols) {
          if (after === null) this.#symbols.delete(symbol);
          else this.#symbols.set(symbol, after);
        }
        return;
      case 'loss-latched':
        this.#latched.add(event.latch.scope.over === 'account' ? ACCOUNT : event.latch.scope.conId);
        return;
      case 'loss-latch-opened':
        this.#latched.delete(event.scope.over === 'account' ? ACCOUNT : event.scope.conId);
        return;
      default: // says nothing about limits
    }
  }
}
