import { Overlay2 } from '@blueprintjs/core';
import {
  useEffect,
  useId,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type RefObject,
} from 'react';
import { Button, type ButtonProps } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { focusPanel } from '#renderer/components/panel.tsx';
import { HOLD_MS, useHold } from '#renderer/components/use-hold';
import { useSession } from '#renderer/components/session-context.tsx';

/** Enter confirms only after the dialog has had the focus for so long: a key meant for something else can not confirm. */
export const CONFIRM_AFTER_MS = 300;

export interface DialogVerb {
  readonly words: string;
  readonly tone: NonNullable<ButtonProps['tone']>;
  readonly enabled: boolean;
  readonly act: () => void;
  /** It has to be held, by the button or by Enter; letting go early does nothing. */
  readonly hold?: true;
}

/** A dialog: what it is about, its body, the safe choice, then the verb with its number. */
export function ConfirmDialog({
  title,
  icon,
  width = '',
  note,
  safeChoice,
  verb = null,
  extra,
  firstField,
  onKey,
  children,
}: {
  readonly title: string;
  readonly icon: ReactNode;
  readonly width?: 'w560' | 'w800' | '';
  readonly note?: ReactNode;
  readonly safeChoice: string;
  /** null: there is nothing to confirm, only to read. */
  readonly verb?: DialogVerb | null;
  readonly extra?: ReactNode;
  /** Where Tab goes from the dialog itself. */
  readonly firstField?: RefObject<HTMLElement | null>;
  readonly onKey?: (key: string) => boolean;
  readonly children: ReactNode;
}): ReactElement {
  const { ui } = useSession();
  const titleId = useId();
  // State, not a ref: the overlay mounts its content after us.
  const [root, setRoot] = useState<HTMLDivElement | null>(null);
  const settled = useSettledFocus(root);
  const close = (): void => {
    ui.setState({ dialog: null });
    // The keyboard returns to where it was, so that the next key works.
    focusPanel(ui.getState().activePanel);
  };
  const confirm = (): void => {
    if (verb?.enabled) verb.act();
  };
  const { share: heldShare, begin, letGo } = useHold(confirm);
  const beginHold = (): void => {
    if (verb?.enabled) begin();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      // A button that is not the verb answers for itself.
      if (button !== null && button.closest('[data-verb]') === null && !event.repeat) return;
      event.preventDefault();
      event.stopPropagation();
      // Holding it is the protection that the wait is for the others.
      if (verb?.hold) {
        if (!event.repeat) beginHold();
        return;
      }
      if (event.repeat || !settled) return;
      if (verb === null) close();
      else confirm();
      return;
    }
    if (event.key === 'Tab' && !event.shiftKey && event.target === root && firstField?.current instanceof HTMLElement) {
      event.preventDefault();
      firstField.current.focus();
      return;
    }
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (plain && !(event.target instanceof HTMLInputElement && event.target.type === 'text') && onKey?.(event.key)) {
      event.preventDefault();
    }
  };
  return (
    <Overlay2
      isOpen
      onClose={close}
      canOutsideClickClose={false}
      transitionDuration={0}
      autoFocus={false}
      enforceFocus
      usePortal
    >
      <div className="dialog-place">
        <div
          ref={setRoot}
          className={`dialog ${width}`}
          role="dialog"
          aria-modal="true"
          aria-labelledby={titleId}
          tabIndex={-1}
          onKeyDown={keys}
          onKeyUp={(event) => {
            if (event.key === 'Enter') letGo();
          }}
        >
          <div className="dialog-head">
            {icon}
            <h2 id={titleId}>{title}</h2>
            <span className="spring" />
            <button type="button" className="icon-btn" aria-label="Close" title="Close (Esc)" onClick={close}>
              <Icon name="cross" size={12} />
            </button>
          </div>
          <div className="body">{children}</div>
          <div className="dialog-foot">
            {extra}
            {note === undefined ? null : <span className="note">{note}</span>}
            <span className="spring" />
            <Button onClick={close} tone={verb === null ? 'solid' : 'plain'}>
              {safeChoice} <kbd aria-hidden>Esc</kbd>
            </Button>
            {verb === null ? null : (
              <span data-verb>
                {verb.hold ? (
                  <HoldButton verb={verb} share={heldShare} begin={beginHold} letGo={letGo} />
                ) : (
                  <Button tone={verb.tone} disabled={!verb.enabled} onClick={confirm}>
                    {verb.words}
                    <span className={`confirm-mark ${settled ? '' : 'waiting'}`} aria-hidden>
                      <kbd>⏎</kbd>
                    </span>
                  </Button>
                )}
              </span>
            )}
          </div>
        </div>
      </div>
    </Overlay2>
  );
}

/** A verb that has to be held: it fills up, and says how long is left. */
function HoldButton({
  verb,
  share,
  begin,
  letGo,
}: {
  readonly verb: DialogVerb;
  readonly share: number;
  readonly begin: () => void;
  readonly letGo: () => void;
}): ReactElement {
  return (
    <button
      type="button"
      className={`btn hold ${verb.tone}`}
      disabled={!verb.enabled}
      onPointerDown={begin}
      onPointerUp={letGo}
      onPointerLeave={letGo}
      onPointerCancel={letGo}
    >
      <svg className="held" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden>
        <rect width={share * 100} height={1} />
      </svg>
      <span>{verb.words}</span>
      <span aria-hidden>{share === 0 ? <kbd>⏎</kbd> : `${(((1 - share) * HOLD_MS) / 1_000).toFixed(1)} s`}</span>
    </button>
  );
}

/** True once the dialog has had the focus, in a window that has it, for CONFIRM_AFTER_MS. */
function useSettledFocus(dialog: HTMLDivElement | null): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (dialog === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => setSettled(true), CONFIRM_AFTER_MS);
    };
    const leave = (): void => {
      clearTimeout(timer);
      setSettled(false);
    };
    dialog.focus();
    wait();
    window.addEventListener('blur', leave);
    window.addEventListener('focus', wait);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('blur', leave);
      window.removeEventListener('focus', wait);
    };
  }, [dialog]);
  return settled;
}
