import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { formatQuantity } from '#domain/format';
import { isZero } from '#domain/money';
import { REASON_LENGTH_MAX } from '#domain/position-difference';
import { counted } from '#domain/session-words';
import type { TradingState } from '#domain/trading-state';
import { Icon } from '#renderer/components/icon.tsx';
import { useWorkstation } from '#renderer/components/session-context.tsx';
import { ConfirmDialog, type DialogVerb } from '#renderer/dialogs/confirm-dialog.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { ReasonField } from '#renderer/dialogs/reason-field.tsx';
import { useDialogCommand } from '#renderer/dialogs/use-dialog-command';
import { cancelGroupsOf, type CancelGroups } from '#renderer/stores/cancel-groups';
import { uncoveredBy } from '#renderer/stores/selectors';

type StateName = TradingState['state'];
const STATES: readonly StateName[] = ['ACTIVE', 'REDUCING', 'HALTED'];

function consequenceOf(state: StateName, { entries }: CancelGroups): string {
  switch (state) {
    case 'ACTIVE':
      return 'New orders pass the checks again.';
    case 'REDUCING':
      return `Cancels orders that add risk${entries.length === 0 ? '' : ` (of ${counted(entries.length, 'working order')})`}; only what reduces a position passes.`;
    case 'HALTED':
      return `Cancels ${entries.length === 0 ? 'every working order of ours' : `our ${counted(entries.length, 'working order')}`}; new orders are denied. You may still cancel, and reduce.`;
  }
}

/** The kill switch and its ways back: HALTED has to be held, the others are confirmed. */
export function TradingStateDialog(): ReactElement | null {
  const state = useWorkstation((store) => store.state);
  // The tables change in place: the revision is what makes this look again.
  useWorkstation((store) => store.revision);
  const now = state?.trading.state ?? 'ACTIVE';
  const [wanted, setWanted] = useState<StateName>(now === 'HALTED' ? 'ACTIVE' : 'HALTED');
  const [includingStops, setIncludingStops] = useState(false);
  const [everywhere, setEverywhere] = useState(false);
  const [reason, setReason] = useState('');
  const chosen = useRef<HTMLButtonElement>(null);
  const { progress, run, askAgain, forget } = useDialogCommand();
  if (state === null) return null;

  const groups = cancelGroupsOf(state, null);
  const halts = wanted === 'HALTED';
  const stopsGo = halts && (includingStops || everywhere);
  const exits = [...groups.targets, ...groups.stops];
  const lost = uncoveredBy(state, exits);
  const words = { ACTIVE: 'Set ACTIVE', REDUCING: 'Set REDUCING', HALTED: 'Hold to halt' }[wanted];
  const verb: DialogVerb = {
    words: wanted === now && !halts ? `It is ${now} already` : words,
    tone: wanted === 'ACTIVE' ? 'solid' : 'solid-danger',
    enabled: (wanted !== now || halts) && progress.kind !== 'sending',
    act: () =>
      run({
        kind: 'set-trading-state',
        state: wanted,
        // IBKR's global cancel takes them too.
        includingStops: stopsGo,
        everywhere: halts && everywhere,
        reason: reason.trim(),
      }),
    ...(halts ? { hold: true } : {}),
  };
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    forget();
    const next = (STATES.indexOf(wanted) + by + STATES.length) % STATES.length;
    setWanted(STATES[next] ?? wanted);
    const button = event.currentTarget.children.item(next);
    if (button instanceof HTMLElement) button.focus();
  };
  return (
    <ConfirmDialog
      title="Kill switch"
      icon={<Icon name="power" size={16} className="danger" />}
      width="w560"
      safeChoice={`Keep ${now}`}
      firstField={chosen}
      verb={verb}
    >
      <div className="state-cards" role="radiogroup" aria-label="Trading state" onKeyDown={move}>
        {STATES.map((name) => (
          <button
            key={name}
            type="button"
            role="radio"
            {...(name === wanted ? { ref: chosen } : {})}
            aria-checked={name === wanted}
            tabIndex={name === wanted ? 0 : -1}
            onClick={() => {
              forget();
              setWanted(name);
            }}
          >
            <b className={`trading ${name.toLowerCase()}`}>{name}</b>
            <span className="t2">
              {name === now ? 'It is so now. ' : ''}
              {consequenceOf(name, groups)}
            </span>
          </button>
        ))}
      </div>
      {halts ? (
        <>
          {exits.length === 0 ? null : (
            <div className={`msg ${stopsGo ? 'deny' : 'info'}`} role="status">
              <Icon name={stopsGo ? 'warn' : 'shield'} />
              <span>
                {stopsGo ? (
                  <>
                    {counted(exits.length, 'protective exit')} go too
                    {isZero(lost) ? '.' : <b>: {formatQuantity(lost)} shares lose their stop.</b>}
                  </>
                ) : (
                  `${counted(exits.length, 'protective exit')} ${exits.length === 1 ? 'stays' : 'stay'} at IBKR.`
                )}
              </span>
            </div>
          )}
          <label className="tick">
            <input
              type="checkbox"
              checked={includingStops || everywhere}
              disabled={everywhere}
              onChange={(event) => setIncludingStops(event.target.checked)}
            />
            Including stops and targets
          </label>
          <label className="tick">
            <input type="checkbox" checked={everywhere} onChange={(event) => setEverywhere(event.target.checked)} />
            Everywhere: orders of other clients too
            {groups.external.length === 0 ? '' : ` (${groups.external.length})`}, by IBKR&apos;s global cancel
          </label>
        </>
      ) : null}
      <ReasonField
        label="Reason, if you like"
        value={reason}
        min={0}
        max={REASON_LENGTH_MAX}
        what="For whoever looks at it later."
        onChange={(text) => {
          forget();
          setReason(text);
        }}
      />
      <div className="line">
        <Icon name="info" />
        <span>It stays so over restarts, until you set it back. Closing positions is a separate step.</span>
      </div>
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}
