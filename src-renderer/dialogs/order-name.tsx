import type { ReactElement, ReactNode } from 'react';
import type { OrderRecord } from '#domain/order-record';
import { describeTerms } from '#domain/order-words';
import { formatQuantity } from '#domain/format';
import { StatusChip } from '#renderer/components/icon.tsx';
import { useNow } from '#renderer/components/session-context.tsx';
import { statusWord } from '#renderer/components/status-words';
import { statusLookOf } from '#renderer/stores/selectors';

/** The order a dialog is about: side, symbol, terms, how far it has filled, and its status. */
export function OrderSubject({
  order,
  more,
}: {
  readonly order: OrderRecord;
  readonly more?: ReactNode;
}): ReactElement {
  const now = useNow();
  const look = statusLookOf(order, now);
  const { side, symbol, terms, quantity } = order.spec;
  return (
    <div className="subject">
      <b className={side.toLowerCase()}>{side}</b>
      <b>{symbol}</b>
      <span className="t2">
        {describeTerms(terms)} · {formatQuantity(order.filled)} of {formatQuantity(quantity)} filled{more}
      </span>
      <span className="spring" />
      <StatusChip look={look} word={statusWord(order, look)} />
    </div>
  );
}
