import { Fragment, type ReactElement } from 'react';
import { SCALE_OUT_LEVELS_MAX } from '#domain/bracket';
import { SelectField } from '#renderer/components/fields.tsx';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { formatChange } from '#renderer/format/display';
import { TRAIL_UNITS } from '#renderer/panels/order-ticket/choices';
import { Below, PriceField, SizeField, TrailField, useTicketForm } from '#renderer/panels/order-ticket/field-rows.tsx';
import type { LevelDraft } from '#renderer/stores/ticket-draft';
import type { RewardAndRisk } from '#renderer/panels/order-ticket/ticket-words';

const STOP_TYPES = [
  { value: 'STP', text: 'Stop' },
  { value: 'STP LMT', text: 'Stop limit' },
  { value: 'TRAIL', text: 'Trailing' },
] as const;
const EMPTY_LEVEL: LevelDraft = { quantity: '', limit: '' };

/** Target or targets, and the stop. */
export function BracketExits({ outlook }: { readonly outlook: RewardAndRisk | null }): ReactElement {
  const { draft, onChange } = useTicketForm();
  const atTarget = draft.hasTarget ? (outlook?.atTarget ?? null) : null;
  const scales = draft.hasTarget && draft.levels.length > 0;
  return (
    <>
      <label className="label tick">
        <input
          type="checkbox"
          checked={draft.hasTarget}
          onChange={(event) => onChange({ hasTarget: event.target.checked })}
        />
        Target
      </label>
      {!draft.hasTarget ? (
        <span className="t3">none</span>
      ) : scales ? (
        <span className="t2">{draft.levels.length} levels</span>
      ) : (
        <PriceField
          field="target"
          label="Target price"
          value={draft.target}
          onText={(target) => onChange({ target })}
        />
      )}
      {draft.hasTarget ? <ScaleOutSwitch /> : <span />}
      <span className="note up">{atTarget === null ? '' : formatChange(atTarget)}</span>
      <Below field="target" />
      {scales ? <Levels /> : null}
      <StopRows outlook={outlook} />
    </>
  );
}

/** One target, or a target for each part of the quantity. */
function ScaleOutSwitch(): ReactElement {
  const { draft, onChange } = useTicketForm();
  if (draft.levels.length > 0) {
    return (
      <Button
        title="One target for the whole quantity"
        onClick={() => onChange({ levels: [], target: draft.levels[0]?.limit ?? '' })}
      >
        One
      </Button>
    );
  }
  return (
    <Button
      title="Several targets, each for a part of the quantity and with a stop of its own"
      onClick={() => onChange({ levels: [{ quantity: '', limit: draft.target }, EMPTY_LEVEL] })}
    >
      Scale out
    </Button>
  );
}

function Levels(): ReactElement {
  const { draft, onChange } = useTicketForm();
  const { levels } = draft;
  const change = (at: number, part: Partial<LevelDraft>): void =>
    onChange({ levels: levels.map((level, index) => (index === at ? { ...level, ...part } : level)) });
  return (
    <>
      {levels.map((level, index) => {
        const nth = index + 1;
        return (
          // Levels have no identity but their place.
          <Fragment key={nth}>
            <span className="label t2">Level {nth}</span>
            <SizeField
              field={`level ${nth} quantity`}
              label={`Level ${nth} quantity`}
              value={level.quantity}
              onText={(text) => change(index, { quantity: text })}
            />
            <span className="level-target">
              <PriceField
                field={`level ${nth} target`}
                label={`Level ${nth} target`}
                value={level.limit}
                onText={(limit) => change(index, { limit })}
              />
              <button
                type="button"
                className="icon-btn"
                aria-label={`Remove level ${nth}`}
                disabled={levels.length <= 2}
                onClick={() => onChange({ levels: levels.filter((_, other) => other !== index) })}
              >
                <Icon name="cross" size={12} />
              </button>
            </span>
            <Below field={`level ${nth} quantity`} />
            <Below field={`level ${nth} target`} />
          </Fragment>
        );
      })}
      <span />
      <Button
        size="small"
        disabled={levels.length >= SCALE_OUT_LEVELS_MAX}
        onClick={() => onChange({ levels: [...levels, EMPTY_LEVEL] })}
      >
        Add level
      </Button>
      <Below field="levels" />
    </>
  );
}

function StopRows({ outlook }: { readonly outlook: RewardAndRisk | null }): ReactElement {
  const { draft, onChange } = useTicketForm();
  const trails = draft.stopType === 'TRAIL';
  const atStop = <span className="note down">{outlook === null ? '' : formatChange(outlook.atStop)}</span>;
  const stopPrice = (
    <PriceField
      field="stop"
      label="Stop price"
      value={draft.stop}
      {...(trails ? { placeholder: 'by the trail' } : {})}
      onText={(stop) => onChange({ stop })}
    />
  );
  return (
    <>
      <span className="label">Stop</span>
      {trails ? <TrailField label="Trail" /> : stopPrice}
      <SelectField
        label="Stop type"
        value={draft.stopType}
        options={STOP_TYPES}
        onChange={(stopType) => onChange({ stopType })}
      />
      {trails ? (
        <SelectField
          label="Trail by"
          value={draft.trailBy}
          options={TRAIL_UNITS}
          onChange={(trailBy) => onChange({ trailBy })}
        />
      ) : (
        atStop
      )}
      {trails ? <Below field="trail" /> : <Below field="stop" />}
      {draft.stopType === 'STP LMT' ? (
        <>
          <span className="label t2">Stop limit</span>
          <PriceField
            field="stop limit"
            label="Stop limit price"
            value={draft.stopLimit}
            onText={(stopLimit) => onChange({ stopLimit })}
          />
          <span className="note aside">may not fill in a gap</span>
          <Below field="stop limit" />
        </>
      ) : null}
      {trails ? (
        <>
          <span className="label t2">Starts at</span>
          {stopPrice}
          <span />
          {atStop}
          <Below field="stop" />
        </>
      ) : null}
    </>
  );
}
