import { useCallback } from 'react';
import type { Command, CommandReply } from '#domain/command';
import { focusPanel } from '#renderer/components/panel.tsx';
import { useSession } from '#renderer/components/session-context.tsx';
import { riskyOf } from '#renderer/stores/overrides';
import { useCommand } from '#renderer/components/use-command';

/** The command of a dialog: once accepted the dialog leaves, and a denial by the risk check opens its own. */
export function useDialogCommand(): ReturnType<typeof useCommand> {
  const { ui } = useSession();
  const onReply = useCallback(
    ({ outcome, decision }: CommandReply, command: Command) => {
      const denied = outcome === 'denied' ? decision : null;
      if (outcome !== 'accepted' && denied === null) return;
      ui.setState({ dialog: denied === null ? null : { kind: 'denied', decision: denied, command: riskyOf(command) } });
      if (denied === null) focusPanel(ui.getState().activePanel);
    },
    [ui],
  );
  return useCommand(onReply);
}
