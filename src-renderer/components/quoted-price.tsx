import type { ReactElement } from 'react';
import type { ConId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import type { Price } from '#domain/money';
import { useNow, useQuotes, useWorkstation } from '#renderer/components/session-context.tsx';
import { formatKnownPrice } from '#renderer/format/display';
import { conditionOf, markOfCondition, type QuoteMark } from '#renderer/stores/quotes-store';

/** Why the quote of an instrument is not current; null: it is. */
export function useQuoteMark(conId: ConId): QuoteMark | null {
  const now = useNow();
  const quote = useQuotes(({ quotes }) => quotes.get(conId));
  const heartbeatAt = useQuotes(({ meters }) => meters?.heartbeatAt ?? null);
  const ageMaxMs = useWorkstation(({ state }) => state?.settings.risk.quoteAgeMaxMs ?? 0);
  return markOfCondition(conditionOf(quote, heartbeatAt, now, ageMaxMs), ageMaxMs);
}

/** A price; one that is not current carries a word, and the reason on hover and for screen readers. */
export function QuotedPrice({
  price,
  mark,
  instrument,
}: {
  readonly price: Price | null;
  readonly mark: QuoteMark | null;
  readonly instrument: Instrument | undefined;
}): ReactElement {
  const figure = formatKnownPrice(price, instrument);
  if (mark === null) return <>{figure}</>;
  return (
    <span className="quoted" title={mark.why}>
      <span className="mark">{mark.word}</span>
      <span className={price === null ? '' : 'stale'}>{figure}</span>
      <span className="visually-hidden">, {mark.why}</span>
    </span>
  );
}
