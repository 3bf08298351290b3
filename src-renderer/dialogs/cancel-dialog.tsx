import { useCallback, useRef, useState, type ReactElement } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { CommandReply } from '#domain/command';
import { formatQuantity } from '#domain/format';
import type { ClientOrderId } from '#domain/ids';
import { isZero, magnitudeOf } from '#domain/money';
import { isLive } from '#domain/order-record';
import { Icon } from '#renderer/components/icon.tsx';
import { focusPanel } from '#renderer/components/panel.tsx';
import { useNow, useSession, useWorkstation } from '#renderer/components/session-context.tsx';
import { useCommand } from '#renderer/components/use-command';
import { ClosedMarket } from '#renderer/dialogs/closed-market.tsx';
import { isOverrideReason } from '#renderer/dialogs/reason-field.tsx';
import { whyMarketClosed } from '#renderer/stores/closed-market';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { OrderSubject } from '#renderer/dialogs/order-name.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { isStopToKeep, uncoveredBy } from '#renderer/stores/selectors';

/** Cancel of one order: what it is, and what it uncovers. */
export function CancelDialog({ orderId }: { readonly orderId: ClientOrderId }): ReactElement | null {
  const { ui } = useSession();
  const order = useWorkstation(({ state }) => state?.orders.get(orderId));
  const loss = useWorkstation(
    useShallow(({ state }) => {
      const record = state?.orders.get(orderId);
      if (state === null || record === undefined) return null;
      const position = state.positions.get(record.spec.conId);
      return {
        isStop: isStopToKeep(state, record),
        uncovered: uncoveredBy(state, [record]),
        held: position === undefined ? null : magnitudeOf(position.quantity),
      };
    }),
  );
  const onReply = useCallback(
    (reply: CommandReply) => {
      if (reply.outcome !== 'accepted') return;
      ui.setState({ dialog: null });
      focusPanel(ui.getState().activePanel);
    },
    [ui],
  );
  const { progress, run, askAgain } = useCommand(onReply);
  const now = useNow();
  const [reason, setReason] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const closed = useWorkstation(({ state }) =>
    state === null || order === undefined ? null : whyMarketClosed(state, order, 'cancel', now),
  );
  if (order === undefined || loss === null) return null;
  const { number, spec } = order;
  const what = loss.isStop ? `stop ${number}` : `order ${number}`;
  const over = !isLive(order);
  return (
    <ConfirmDialog
      title={`Cancel ${what}`}
      icon={<Icon name={loss.isStop ? 'shield' : 'cross'} size={16} className={loss.isStop ? 'warn' : ''} />}
      note="Digits choose another order."
      safeChoice={loss.isStop ? 'Keep stop' : 'Keep order'}
      {...(closed === null ? {} : { firstField: field })}
      verb={{
        words: closed === null ? `Cancel ${what}` : `Override and cancel ${what}`,
        tone: 'solid-danger',
        enabled: !over && progress.kind !== 'sending' && (closed === null || isOverrideReason(reason)),
        act: () =>
          run({ kind: 'cancel-orders', numbers: [number] }, closed === null ? undefined : { reason: reason.trim() }),
      }}
    >
      <OrderSubject order={order} />
      {over ? (
        <div className="msg info" role="status">
          <Icon name="info" />
          <span>It is over already; there is nothing left to cancel.</span>
        </div>
      ) : null}
      {!over && loss.isStop && !isZero(loss.uncovered) ? (
        <div className="msg deny">
          <Icon name="warn" />
          <span>
            <b>
              {formatQuantity(loss.uncovered)}
              {loss.held === null ? '' : ` of ${formatQuantity(loss.held)}`} {spec.symbol} shares
            </b>{' '}
            will have no stop.
          </span>
        </div>
      ) : null}
      {!over && order.group?.role === 'parent' && isZero(order.filled) ? (
        <div className="line">
          <Icon name="info" />
          <span>Its target and stop go with it: the entry has not filled.</span>
        </div>
      ) : null}
      {over || closed === null ? null : (
        <ClosedMarket why={[closed]} reason={reason} onReason={setReason} ref={field} />
      )}
      {over ? null : (
        <div className="line">
          <Icon name="info" />
          <span>A fill can still cross the cancel.</span>
        </div>
      )}
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}
