import type { ReactElement } from 'react';
import { formatQuantity } from '#domain/format';
import type { ConId } from '#domain/ids';
import { isPositive, magnitudeOf } from '#domain/money';
import { isLive, isProtectiveExit, type OrderRecord } from '#domain/order-record';
import { counted } from '#domain/session-words';
import { Icon } from '#renderer/components/icon.tsx';
import { LiveVerdict } from '#renderer/components/risk-view.tsx';
import { useWorkstation } from '#renderer/components/session-context.tsx';
import { useRiskPreview } from '#renderer/components/use-risk-preview';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { PositionSubject, usePosition } from '#renderer/dialogs/position-subject.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { useDialogCommand } from '#renderer/dialogs/use-dialog-command';

/** Close a position at the market: what goes first, and what becomes of its protection. */
export function CloseDialog({ conId }: { readonly conId: ConId }): ReactElement {
  const position = usePosition(conId);
  const state = useWorkstation((store) => store.state);
  const symbol = position?.symbol ?? '';
  const command = position === null ? null : ({ kind: 'close-position', symbol } as const);
  const preview = useRiskPreview(command);
  const { progress, run, askAgain } = useDialogCommand();
  const exits: readonly OrderRecord[] =
    state === null
      ? []
      : [...state.orders.values()].filter(
          (order) => order.spec.conId === conId && isLive(order) && isProtectiveExit(order),
        );
  const side = position !== null && isPositive(position.quantity) ? 'Sell' : 'Buy';
  const words =
    position === null
      ? 'Nothing to close'
      : `${side} ${formatQuantity(magnitudeOf(position.quantity))} ${symbol} at market`;
  return (
    <ConfirmDialog
      title={`Close ${symbol}`}
      icon={<Icon name="cross" size={16} />}
      note={position === null ? '' : 'At the market, the whole position.'}
      safeChoice="Keep it"
      verb={{
        words,
        tone: 'solid-danger',
        enabled: command !== null && progress.kind !== 'sending',
        act: () => {
          if (command !== null) run(command);
        },
      }}
    >
      <PositionSubject conId={conId} />
      {exits.length === 0 ? null : (
        <div className="line">
          <Icon name="shield" />
          <span>
            {counted(exits.length, 'order')} that {exits.length === 1 ? 'protects' : 'protect'} it (
            {exits.map(({ number }) => number).join(', ')}) {exits.length === 1 ? 'shrinks' : 'shrink'} as the close
            fills, and {exits.length === 1 ? 'goes' : 'go'} with its last share.
          </span>
        </div>
      )}
      {command === null ? null : <LiveVerdict preview={preview} />}
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}
