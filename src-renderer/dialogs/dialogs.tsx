import type { ReactElement } from 'react';
import { assertNever } from '#domain/assert';
import { useUi } from '#renderer/components/session-context.tsx';
import { AcknowledgeDialog } from '#renderer/dialogs/acknowledge-dialog.tsx';
import { CancelAllDialog } from '#renderer/dialogs/cancel-all-dialog.tsx';
import { CancelDialog } from '#renderer/dialogs/cancel-dialog.tsx';
import { DeniedDialog } from '#renderer/dialogs/denied-dialog.tsx';
import { HistoryDialog } from '#renderer/dialogs/history-dialog.tsx';
import { KeysDialog } from '#renderer/dialogs/keys-dialog.tsx';
import { ModifyDialog } from '#renderer/dialogs/modify-dialog.tsx';

/** The one dialog that is open. */
export function Dialogs(): ReactElement | null {
  const dialog = useUi((store) => store.dialog);
  if (dialog === null) return null;
  switch (dialog.kind) {
    case 'modify':
      return <ModifyDialog key={dialog.orderId} orderId={dialog.orderId} />;
    case 'cancel':
      return <CancelDialog key={dialog.orderId} orderId={dialog.orderId} />;
    case 'cancel-all':
      return <CancelAllDialog />;
    case 'acknowledge':
      return <AcknowledgeDialog />;
    case 'denied':
      return <DeniedDialog key={dialog.decision.id} decision={dialog.decision} />;
    case 'history':
      return <HistoryDialog key={dialog.orderId} orderId={dialog.orderId} />;
    case 'keys':
      return <KeysDialog />;
    default:
      return assertNever(dialog);
  }
}
