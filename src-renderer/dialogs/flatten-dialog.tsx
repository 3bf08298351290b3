import type { ReactElement } from 'react';
import { formatSignedQuantity } from '#domain/format';
import { counted } from '#domain/session-words';
import { Icon } from '#renderer/components/icon.tsx';
import { useWorkstation } from '#renderer/components/session-context.tsx';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { useDialogCommand } from '#renderer/dialogs/use-dialog-command';
import { cancelGroupsOf } from '#renderer/stores/cancel-groups';
import { openPositions } from '#renderer/stores/selectors';

/** Close everything: which positions, and which orders go because they are no protection. */
export function FlattenDialog(): ReactElement | null {
  const state = useWorkstation((store) => store.state);
  // The tables change in place: the revision is what makes this look again.
  useWorkstation((store) => store.recordsRevision);
  const { progress, run, askAgain } = useDialogCommand();
  if (state === null) return null;
  const positions = openPositions(state);
  const { entries } = cancelGroupsOf(state, null);
  const nothing = positions.length === 0 && entries.length === 0;
  return (
    <ConfirmDialog
      title="Close all positions"
      icon={<Icon name="warn" size={16} className="danger" />}
      width="w560"
      note="At the market. Stops go as their positions do."
      safeChoice="Keep all"
      verb={{
        words: nothing ? 'Nothing to close' : `Close ${counted(positions.length, 'position')}`,
        tone: 'solid-danger',
        enabled: !nothing && progress.kind !== 'sending',
        act: () => run({ kind: 'flatten' }),
      }}
    >
      {nothing ? (
        <div className="msg info" role="status">
          <Icon name="info" />
          <span>The account is flat, and no order would change that.</span>
        </div>
      ) : (
        <div className="frame">
          <div className="cancel-group">
            <span />
            <span className="title">{counted(positions.length, 'position')}</span>
            <em className="t2">closed at the market</em>
            <p>
              {positions.map(({ conId, symbol, quantity }, index) => (
                <span key={conId}>
                  {index === 0 ? '' : ' · '}
                  <span className="order-name">
                    <b>{symbol}</b> {formatSignedQuantity(quantity)}
                  </span>
                </span>
              ))}
            </p>
          </div>
          {entries.length === 0 ? null : (
            <div className="cancel-group">
              <span />
              <span className="title">
                {counted(entries.length, 'order')} that {entries.length === 1 ? 'protects' : 'protect'} nothing
              </span>
              <em className="t2">cancelled</em>
              <p>
                {entries.map(({ id, number, spec }, index) => (
                  <span key={id}>
                    {index === 0 ? '' : ' · '}
                    <span className="order-name">
                      <b>{number}</b> {spec.side} {spec.symbol}
                    </span>
                  </span>
                ))}
              </p>
            </div>
          )}
        </div>
      )}
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}
