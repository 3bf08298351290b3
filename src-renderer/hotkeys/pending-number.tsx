import type { ReactElement } from 'react';
import { formatQuantity } from '#domain/format';
import { orderNumber } from '#domain/ids';
import { isLive, leavesQuantityOf, type OrderRecord } from '#domain/order-record';
import { describeTerms } from '#domain/order-words';
import { counted } from '#domain/session-words';
import { Icon } from '#renderer/components/icon.tsx';
import { useUi, useWorkstation } from '#renderer/components/session-context.tsx';
import { ordersByDigits } from '#renderer/stores/selectors';
import type { WorkstationState } from '#domain/workstation-state';

/** `BUY 30 left AMD LMT 164.10`. */
export function describeLeaves(order: OrderRecord): string {
  const { side, symbol, terms } = order.spec;
  const left = order.filled === '0' ? '' : ' left';
  return `${side} ${formatQuantity(leavesQuantityOf(order))}${left} ${symbol} ${describeTerms(terms)}`;
}

function meaningOf(state: WorkstationState, digits: string): { readonly words: string; readonly acts: boolean } {
  if (digits === '') return { words: 'type an order number', acts: false };
  const id = state.orderByNumber.get(orderNumber(Math.max(1, Number(digits))));
  const exact = id === undefined ? undefined : state.orders.get(id);
  if (exact !== undefined && isLive(exact)) {
    if (exact.state.phase === 'cancelling') return { words: 'is being cancelled already', acts: false };
    return { words: describeLeaves(exact), acts: true };
  }
  const several = ordersByDigits(state, digits).length;
  if (several > 0) return { words: `${counted(several, 'order')}, keep typing`, acts: false };
  return { words: exact === undefined ? 'no live order begins so' : 'is over already', acts: false };
}

/** The half-typed number of `C` and `M`, with the order that Enter would act on. */
export function PendingNumberView(): ReactElement {
  const pending = useUi((store) => store.pending);
  const meaning = useWorkstation(({ state }) => {
    if (state === null || pending === null) return '';
    const { words, acts } = meaningOf(state, pending.digits);
    return `${acts ? '+' : '-'}${words}`;
  });
  return (
    <div className="hud-place" role="status" aria-live="polite">
      {pending === null ? null : (
        <div className="hud">
          <Icon name={pending.verb === 'cancel' ? 'cross' : 'pencil'} size={16} />
          <span>{pending.verb === 'cancel' ? 'Cancel' : 'Modify'}</span>
          <span className="number">
            {pending.digits}
            {meaning.startsWith('+') ? null : <span className="t3">▁</span>}
          </span>
          <span className="rule" />
          <span className="t2">{meaning.slice(1)}</span>
          {meaning.startsWith('+') ? <kbd>⏎</kbd> : null}
          <kbd>Esc</kbd>
        </div>
      )}
    </div>
  );
}
