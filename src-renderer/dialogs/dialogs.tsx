import type { ReactElement } from 'react';
import { assertNever } from '#domain/assert';
import { useUi } from '#renderer/components/session-context.tsx';
import { AcknowledgeDialog } from '#renderer/dialogs/acknowledge-dialog.tsx';
import { CancelAllDialog } from '#renderer/dialogs/cancel-all-dialog.tsx';
import { CancelDialog } from '#renderer/dialogs/cancel-dialog.tsx';
import { CloseDialog } from '#renderer/dialogs/close-dialog.tsx';
import { DeniedDialog } from '#renderer/dialogs/denied-dialog.tsx';
import { FlattenDialog } from '#renderer/dialogs/flatten-dialog.tsx';
import { HistoryDialog } from '#renderer/dialogs/history-dialog.tsx';
import { KeysDialog } from '#renderer/dialogs/keys-dialog.tsx';
import { ModifyDialog } from '#renderer/dialogs/modify-dialog.tsx';
import { ProtectDialog } from '#renderer/dialogs/protect-dialog.tsx';
import { LimitsDialog } from '#renderer/dialogs/limits-dialog.tsx';
import { OverrideDialog } from '#renderer/dialogs/override-dialog.tsx';
import { ResetLatchDialog } from '#renderer/dialogs/reset-latch-dialog.tsx';
import { TradingStateDialog } from '#renderer/dialogs/trading-state-dialog.tsx';
import { RearmDialog } from '#renderer/dialogs/rearm-dialog.tsx';

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
    case 'protect':
      return <ProtectDialog key={dialog.conId} conId={dialog.conId} />;
    case 'close':
      return <CloseDialog key={dialog.conId} conId={dialog.conId} />;
    case 'flatten':
      return <FlattenDialog />;
    case 'rearm':
      return <RearmDialog key={dialog.orderId} orderId={dialog.orderId} />;
    case 'acknowledge':
      return <AcknowledgeDialog />;
    case 'edit-limits':
      return <LimitsDialog key={dialog.symbol} symbol={dialog.symbol} />;
    case 'reset-latch':
      return <ResetLatchDialog scope={dialog.scope} />;
    case 'trading-state':
      return <TradingStateDialog />;
    case 'override':
      return <OverrideDialog command={dialog.command} decision={dialog.decision} />;
    case 'denied':
      return <DeniedDialog key={dialog.decision.id} decision={dialog.decision} command={dialog.command} />;
    case 'history':
      return <HistoryDialog key={dialog.orderId} orderId={dialog.orderId} />;
    case 'keys':
      return <KeysDialog />;
    default:
      return assertNever(dialog);
  }
}
