import type { ReactElement } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatAge, formatAveragePrice, formatQuantity, formatSignedQuantity, NOT_KNOWN } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import { isZero, subtract, type Price, type Quantity } from '#domain/money';
import { Icon } from '#renderer/components/icon.tsx';
import { useNow, useQuotes, useWorkstation } from '#renderer/components/session-context.tsx';
import { formatKnownPrice } from '#renderer/format/display';
import type { SymbolLookup } from '#renderer/panels/order-ticket/use-instrument';
import { conditionOf, describeMark, markOfCondition, type QuoteCondition } from '#renderer/stores/quotes-store';
import { coverageOf } from '#domain/protection';

/** Bid and ask, how old they are, and what is held: above everything else on the ticket. */
export function MarketHead({
  lookup,
  symbol,
  onTake,
}: {
  readonly lookup: SymbolLookup;
  readonly symbol: string;
  /** The bid or the ask was clicked. */
  readonly onTake: (price: Price) => void;
}): ReactElement | null {
  if (lookup.kind === 'none') return null;
  if (lookup.kind === 'asking') return <div className="t2">Looking up {symbol} …</div>;
  if (lookup.kind === 'unknown') {
    return (
      <div className="msg deny" role="alert">
        <Icon name="warn" />
        <span>
          <b>{symbol}</b> can not be traded here: {lookup.reason}
        </span>
      </div>
    );
  }
  return <KnownMarket instrument={lookup.instrument} onTake={onTake} />;
}

function KnownMarket({
  instrument,
  onTake,
}: {
  readonly instrument: Instrument;
  readonly onTake: (price: Price) => void;
}): ReactElement {
  const now = useNow();
  const quote = useQuotes(({ quotes }) => quotes.get(instrument.conId));
  const heartbeatAt = useQuotes(({ meters }) => meters?.heartbeatAt ?? null);
  const ageMaxMs = useWorkstation(({ state }) => state?.settings.risk.quoteAgeMaxMs ?? 0);
  const condition = conditionOf(quote, heartbeatAt, now, ageMaxMs);
  const old = condition.kind !== 'fresh';
  const touch = (name: 'bid' | 'ask', price: Price | null, size: Quantity | null): ReactElement => (
    <button
      type="button"
      className={`touch ${name}`}
      disabled={price === null}
      title={`Use the ${name} as entry price`}
      onClick={() => {
        if (price !== null) onTake(price);
      }}
    >
      <b className={old ? 'stale' : ''}>{formatKnownPrice(price, instrument)}</b>
      <span>
        {name}
        {size === null ? '' : ` · ${formatQuantity(size)}`}
      </span>
    </button>
  );
  const bid = quote?.bid ?? null;
  const ask = quote?.ask ?? null;
  return (
    <>
      <div className="nbbo">
        {touch('bid', bid, quote?.bidSize ?? null)}
        <div className="spread">
          {bid === null || ask === null ? NOT_KNOWN : formatKnownPrice(subtract(ask, bid), instrument)}
          <br />
          spread
        </div>
        {touch('ask', ask, quote?.askSize ?? null)}
      </div>
      <QuoteNote condition={condition} symbol={instrument.symbol} ageMaxMs={ageMaxMs} />
      <PositionLine instrument={instrument} />
    </>
  );
}

/** What is wrong with a quote; nothing while it is fresh. */
function QuoteNote({
  condition,
  symbol,
  ageMaxMs,
}: {
  readonly condition: QuoteCondition;
  readonly symbol: string;
  readonly ageMaxMs: number;
}): ReactElement | null {
  const mark = markOfCondition(condition, ageMaxMs);
  const words = ((): string | null => {
    if (mark === null) return null;
    switch (condition.kind) {
      case 'none':
        return `No quote for ${symbol} yet. Orders that add risk need one.`;
      case 'stale':
        return `This quote is ${formatAge(condition.ageMs)} old; orders that add risk need one under ${formatAge(ageMaxMs)}.`;
      case 'halted':
        return `${symbol} is halted.`;
      default:
        return `This quote is ${describeMark(mark)}. Orders that add risk need live, real-time data.`;
    }
  })();
  if (words === null) return null;
  return (
    <div className="msg stale-note" role="status">
      <Icon name="clock" />
      <span>{words}</span>
    </div>
  );
}

function PositionLine({ instrument }: { readonly instrument: Instrument }): ReactElement {
  const held = useWorkstation(
    useShallow(({ state }) => {
      const position = state?.positions.get(instrument.conId);
      if (state === null || position === undefined || isZero(position.quantity)) return null;
      return { quantity: position.quantity, averageCost: position.averageCost, ...coverageOf(state, position) };
    }),
  );
  if (held === null) return <div className="position-line t3">No position</div>;
  return (
    <div className="position-line">
      <span>
        <b className="t1">{formatSignedQuantity(held.quantity)}</b> @{' '}
        {held.averageCost === null ? NOT_KNOWN : formatAveragePrice(held.averageCost)}
      </span>
      <span>
        <Icon name="shield" size={12} /> {formatQuantity(held.protectedQuantity)} protected
      </span>
      <span className={isZero(held.naked) ? '' : 'naked'}>{formatQuantity(held.naked)} naked</span>
    </div>
  );
}
