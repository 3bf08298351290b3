import type { DockviewApi } from 'dockview-react';
import { useCallback, useEffect, useRef, type ReactElement } from 'react';
import { focusPanel } from '#renderer/components/panel.tsx';
import { SessionProvider, useUi, useWorkstation } from '#renderer/components/session-context.tsx';
import { StatusBar } from '#renderer/components/status-bar.tsx';
import { TitleBar } from '#renderer/components/title-bar.tsx';
import { Toasts } from '#renderer/components/toasts.tsx';
import { Dialogs } from '#renderer/dialogs/dialogs.tsx';
import { PendingNumberView } from '#renderer/hotkeys/pending-number.tsx';
import { useHotkeys, type Menu } from '#renderer/hotkeys/use-hotkeys';
import type { Session } from '#renderer/stores/session';
import type { PanelId } from '#renderer/stores/ui-store';
import { arrangeDefault, Workspace } from '#renderer/workspace.tsx';

/** The window over a session. */
export function App({ session, menu }: { readonly session: Session; readonly menu?: Menu | undefined }): ReactElement {
  return (
    <SessionProvider value={session}>
      <Window menu={menu} />
    </SessionProvider>
  );
}

function Window({ menu }: { readonly menu: Menu | undefined }): ReactElement {
  const dock = useRef<DockviewApi>(null);
  const showPanel = useCallback((id: PanelId) => {
    dock.current?.getPanel(id)?.api.setActive();
    focusPanel(id);
  }, []);
  useHotkeys(showPanel, menu);
  useDocumentMarks();
  return (
    <div className="window">
      <TitleBar
        onShowPanel={showPanel}
        onResetLayout={() => {
          if (dock.current !== null) arrangeDefault(dock.current);
        }}
      />
      <Workspace
        onReady={(api) => {
          dock.current = api;
        }}
      />
      <StatusBar />
      <Toasts />
      <PendingNumberView />
      <Dialogs />
    </div>
  );
}

/** Theme, density and mode stand on the document, where the tokens look for them. */
function useDocumentMarks(): void {
  const theme = useUi((store) => store.theme);
  const density = useUi((store) => store.density);
  const mode = useWorkstation(({ state }) => state?.mode ?? null);
  const trading = useWorkstation(({ state }) => state?.trading.state ?? null);
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset['theme'] = theme;
    dataset['density'] = density;
    if (mode === null) delete dataset['mode'];
    else dataset['mode'] = mode;
    if (trading === null) delete dataset['trading'];
    else dataset['trading'] = trading;
    document.title = mode === null ? 'ibkr-trader' : `${mode.toUpperCase()} · ibkr-trader`;
  }, [theme, density, mode, trading]);
}
