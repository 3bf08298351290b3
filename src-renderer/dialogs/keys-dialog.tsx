import type { ReactElement } from 'react';
import { Icon } from '#renderer/components/icon.tsx';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { KEY_LIST } from '#renderer/hotkeys/interpret-key';

/** Every key of the window. */
export function KeysDialog(): ReactElement {
  return (
    <ConfirmDialog title="Keyboard" icon={<Icon name="info" size={16} />} width="w800" safeChoice="Close">
      <div className="key-columns">
        {KEY_LIST.map(({ title, rows }) => (
          <div key={title}>
            <h3>{title}</h3>
            <ul>
              {rows.map(({ what, keys }) => (
                <li key={what}>
                  <span>{what}</span>
                  <span>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <div className="msg info hint">
        <Icon name="info" />
        <span>
          Single letters act only in the framed panel, never while you type. Holding a key acts once. Enter confirms a
          dialog once its ⏎ is shown; Esc drops it.
        </span>
      </div>
    </ConfirmDialog>
  );
}
