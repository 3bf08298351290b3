import type { ReactElement } from 'react';
import { formatAveragePrice, formatQuantity, formatSignedQuantity } from '#domain/format';
import type { ConId } from '#domain/ids';
import { isPositive, isZero } from '#domain/money';
import type { PositionRecord } from '#domain/position';
import { Icon } from '#renderer/components/icon.tsx';
import { useWorkstation } from '#renderer/components/session-context.tsx';
import { coverageOf } from '#domain/protection';

/** A position that is held; null: it is flat, or not known. */
export function usePosition(conId: ConId): PositionRecord | null {
  return useWorkstation(({ state }) => {
    const position = state?.positions.get(conId);
    return position === undefined || isZero(position.quantity) ? null : position;
  });
}

/** The position a dialog is about: what is held, at which cost, and how much of it has a stop. */
export function PositionSubject({ conId }: { readonly conId: ConId }): ReactElement {
  const position = usePosition(conId);
  const state = useWorkstation((store) => store.state);
  // The tables change in place: the revision is what makes this look again.
  useWorkstation((store) => store.recordsRevision);
  if (state === null || position === null) {
    return (
      <div className="msg info" role="status">
        <Icon name="info" />
        <span>Nothing is held of it any more.</span>
      </div>
    );
  }
  const { protectedQuantity, naked } = coverageOf(state, position);
  return (
    <div className="subject">
      <b className={isPositive(position.quantity) ? 'buy' : 'sell'}>
        {isPositive(position.quantity) ? 'LONG' : 'SHORT'}
      </b>
      <b>{position.symbol}</b>
      <span className="t2">
        {formatSignedQuantity(position.quantity)}
        {position.averageCost === null ? '' : ` @ ${formatAveragePrice(position.averageCost)}`}
      </span>
      <span className="spring" />
      <span className="t2">{formatQuantity(protectedQuantity)} protected</span>
      <span className={isZero(naked) ? 't3' : 'naked'}>{formatQuantity(naked)} naked</span>
    </div>
  );
}
