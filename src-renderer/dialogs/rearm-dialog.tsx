import type { ReactElement } from 'react';
import type { ClientOrderId } from '#domain/ids';
import { Icon } from '#renderer/components/icon.tsx';
import { useWorkstation } from '#renderer/components/session-context.tsx';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { OrderSubject } from '#renderer/dialogs/order-name.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { useDialogCommand } from '#renderer/dialogs/use-dialog-command';
import { protectiveStopOf } from '#renderer/stores/stop-figures';

/** A person says that a suspended stop may follow the market again, after having seen why it does not. */
export function RearmDialog({ orderId }: { readonly orderId: ClientOrderId }): ReactElement | null {
  const order = useWorkstation(({ state }) => state?.orders.get(orderId));
  const stop = useWorkstation(({ state }) =>
    state === null || order === undefined ? undefined : protectiveStopOf(state, order),
  );
  const { progress, run, askAgain } = useDialogCommand();
  if (order === undefined || stop === undefined) return null;
  const suspended = stop.state.phase === 'suspended' ? stop.state : null;
  return (
    <ConfirmDialog
      title={`Re-arm stop ${order.number}`}
      icon={<Icon name="shield" size={16} className="warn" />}
      note="It follows from where it rests, never against the position."
      safeChoice="Leave it"
      verb={{
        words: suspended === null ? 'It moves already' : `Re-arm stop ${order.number}`,
        tone: 'solid',
        enabled: suspended !== null && progress.kind !== 'sending',
        act: () => run({ kind: 'rearm-stop', number: order.number }),
      }}
    >
      <OrderSubject order={order} />
      {suspended === null ? null : (
        <div className="msg warn">
          <Icon name="warn" />
          <span>
            <b>It does not follow the market:</b> {suspended.why}
          </span>
        </div>
      )}
      <div className="line">
        <Icon name="info" />
        <span>Look at the position, the quantity and the price of the stop first.</span>
      </div>
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}
