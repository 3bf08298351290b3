import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { useSession, useUi } from '#renderer/components/session-context.tsx';
import type { PanelId } from '#renderer/stores/ui-store';

/**
 * A panel's frame: knows when the keyboard is its own. A click on anything that takes no focus gives it to the panel, so
 * that its keys work at once.
 */
export function Panel({
  id,
  name,
  children,
}: {
  readonly id: PanelId;
  readonly name: string;
  readonly children: ReactNode;
}): ReactElement {
  const { ui } = useSession();
  const active = useUi((store) => store.activePanel === id && store.dialog === null);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The keyboard starts in the panel that the store names.
    if (ui.getState().activePanel === id && document.activeElement === document.body) root.current?.focus();
  }, [ui, id]);
  return (
    <div
      role="group"
      ref={root}
      className="panel"
      data-panel={id}
      data-keyboard={active}
      aria-label={name}
      tabIndex={-1}
      onFocusCapture={() => ui.setState({ activePanel: id })}
      onMouseDown={(event) => {
        const { target } = event;
        if (target instanceof Element && target.closest('button, input, select, a, [tabindex="0"]') === null) {
          event.preventDefault();
          root.current?.focus();
        }
      }}
    >
      {children}
    </div>
  );
}

/** Gives the keyboard to a panel. */
export function focusPanel(id: PanelId): void {
  const panel = document.querySelector(`[data-panel="${id}"]`);
  if (panel instanceof HTMLElement) panel.focus();
}
