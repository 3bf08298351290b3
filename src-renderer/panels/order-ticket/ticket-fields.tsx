import { useId, type ReactElement, type Ref } from 'react';
import { formatQuantity } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import { quantity, ratioOf, subtract, toNumber, type Price } from '#domain/money';
import type { Side } from '#domain/order-spec';
import type { Quote } from '#domain/quote';
import { Button } from '#renderer/components/button.tsx';
import { SelectField, StepField } from '#renderer/components/fields.tsx';
import { formatChange, formatChangePercent } from '#renderer/format/display';
import { marketPriceOf } from '#renderer/stores/selectors';
import {
  describeTickMove,
  type PriceField,
  type RewardAndRisk,
  type TicketDraft,
  type TicketField,
  type TicketReading,
} from '#renderer/panels/order-ticket/ticket-draft';
import { fieldPrice, steppedPrice, steppedQuantity } from '#renderer/stores/steps';

const QUICK_SIZES = [quantity('25'), quantity('50'), quantity('100')];
const ENTRY_TYPES = [
  { value: 'LMT', text: 'Limit' },
  { value: 'MKT', text: 'Market' },
  { value: 'STP', text: 'Stop' },
] as const;
const TIMES_IN_FORCE = [
  { value: 'DAY', text: 'DAY' },
  { value: 'GTC', text: 'GTC' },
  { value: 'IOC', text: 'IOC' },
] as const;
const EXIT_TIMES = [
  { value: 'GTC', text: 'exits GTC' },
  { value: 'DAY', text: 'exits DAY' },
] as const;
const ONE = quantity('1');

/** The fields of the ticket. Off-tick prices say at once what they become; mistakes stand under their field. */
export function TicketFields({
  draft,
  onChange,
  reading,
  instrument,
  quote,
  outlook,
  quantityInput,
}: {
  readonly draft: TicketDraft;
  readonly onChange: (part: Partial<TicketDraft>) => void;
  readonly reading: TicketReading;
  readonly instrument: Instrument | null;
  readonly quote: Quote | undefined;
  readonly outlook: RewardAndRisk | null;
  readonly quantityInput: Ref<HTMLInputElement>;
}): ReactElement {
  const ids = useId();
  const atTarget = draft.hasTarget ? (outlook?.atTarget ?? null) : null;
  const far = draft.side === 'BUY' ? (quote?.ask ?? null) : (quote?.bid ?? null);
  const farName = draft.side === 'BUY' ? 'ask' : 'bid';

  const priceField = (field: PriceField, label: string): ReactElement => (
    <StepField
      label={label}
      value={draft[field]}
      invalid={reading.faults[field] !== undefined}
      describedBy={`${ids}-${field}`}
      onChange={(text) => onChange({ [field]: text })}
      onStep={(direction, steps) => {
        if (instrument === null) return;
        const reference = far ?? marketPriceOf(quote);
        onChange({ [field]: steppedPrice(draft[field], direction, steps, instrument, reference) });
      }}
      onSettle={() => {
        const move = reading.moves[field];
        if (move !== undefined && instrument !== null) onChange({ [field]: fieldPrice(move.becomes, instrument) });
      }}
    />
  );
  const below = (field: TicketField): ReactElement | null => {
    const fault = reading.faults[field];
    const move = field === 'quantity' ? undefined : reading.moves[field];
    if (fault === undefined && (move === undefined || instrument === null)) return null;
    return (
      <span id={`${ids}-${field}`} className={fault === undefined ? 'becomes' : 'fault'} role="status">
        {fault ?? (move !== undefined && instrument !== null ? describeTickMove(move, instrument) : '')}
      </span>
    );
  };

  return (
    <>
      <SideSwitch side={draft.side} onChange={(side) => onChange({ side })} />
      <div className="ticket-fields">
        <span className="label">Quantity</span>
        <StepField
          ref={quantityInput}
          label="Quantity"
          value={draft.quantity}
          invalid={reading.faults.quantity !== undefined}
          describedBy={`${ids}-quantity`}
          onChange={(text) => onChange({ quantity: text })}
          onStep={(direction, steps) =>
            onChange({ quantity: steppedQuantity(draft.quantity, direction, steps, instrument?.sizeIncrement ?? ONE) })
          }
        />
        <span className="sizes">
          {QUICK_SIZES.map((size) => (
            <Button key={size} onClick={() => onChange({ quantity: size })} label={`Quantity ${size}`}>
              {formatQuantity(size)}
            </Button>
          ))}
        </span>
        {below('quantity')}
        <span className="label">Entry</span>
        {draft.entryType === 'MKT' ? <span className="t3">at market</span> : priceField('entry', 'Entry price')}
        <SelectField
          label="Entry type"
          value={draft.entryType}
          options={ENTRY_TYPES}
          onChange={(entryType) => onChange({ entryType })}
        />
        <span className="note">
          <FromTouch price={entryPriceOf(reading)} touch={far} name={farName} />
        </span>
        {draft.entryType === 'MKT' ? null : below('entry')}
        {draft.kind === 'single' ? null : (
          <>
            <label className="label tick">
              <input
                type="checkbox"
                checked={draft.hasTarget}
                onChange={(event) => onChange({ hasTarget: event.target.checked })}
              />
              Target
            </label>
            {draft.hasTarget ? priceField('target', 'Target price') : <span className="t3">none</span>}
            <span className="t2">Limit</span>
            <span className="note up">{atTarget === null ? '' : formatChange(atTarget)}</span>
            {draft.hasTarget ? below('target') : null}
            <span className="label">Stop</span>
            {priceField('stop', 'Stop price')}
            <span className="t2">Stop</span>
            <span className="note down">{outlook === null ? '' : formatChange(outlook.atStop)}</span>
            {below('stop')}
          </>
        )}
        <span className="label">In force</span>
        <div className="force">
          <SelectField
            label="Time in force"
            value={draft.timeInForce}
            options={TIMES_IN_FORCE}
            onChange={(timeInForce) => onChange({ timeInForce })}
          />
          {draft.kind === 'single' ? (
            <span />
          ) : (
            <SelectField
              label="Time in force of the exits"
              value={draft.exitTimeInForce}
              options={EXIT_TIMES}
              onChange={(exitTimeInForce) => onChange({ exitTimeInForce })}
            />
          )}
          <label className="tick">
            <input
              type="checkbox"
              checked={draft.outsideRth}
              onChange={(event) => onChange({ outsideRth: event.target.checked })}
            />
            Ext. hours
          </label>
        </div>
      </div>
    </>
  );
}

function SideSwitch({
  side,
  onChange,
}: {
  readonly side: Side;
  readonly onChange: (side: Side) => void;
}): ReactElement {
  const other = side === 'BUY' ? 'SELL' : 'BUY';
  return (
    <div
      className="sides"
      role="radiogroup"
      aria-label="Side"
      onKeyDown={(event) => {
        if (!event.key.startsWith('Arrow')) return;
        event.preventDefault();
        onChange(other);
        const next = event.currentTarget.querySelector('[aria-checked="false"]');
        if (next instanceof HTMLElement) next.focus();
      }}
    >
      {(['BUY', 'SELL'] as const).map((choice) => (
        <button
          key={choice}
          type="button"
          role="radio"
          className={`${choice.toLowerCase()}-side`}
          aria-checked={choice === side}
          tabIndex={choice === side ? 0 : -1}
          onClick={() => onChange(choice)}
        >
          {choice}
        </button>
      ))}
    </div>
  );
}

/** How far the entry is from the price it would trade against. */
function FromTouch({
  price,
  touch,
  name,
}: {
  readonly price: Price | null;
  readonly touch: Price | null;
  readonly name: string;
}): ReactElement | null {
  if (price === null || touch === null || toNumber(touch) <= 0) return null;
  const ratio = ratioOf(subtract(price, touch), touch);
  if (ratio === undefined) return null;
  return (
    <>
      {formatChangePercent(ratio)} <span className="t3">{name}</span>
    </>
  );
}

function entryPriceOf({ command }: TicketReading): Price | null {
  if (command?.kind !== 'place-order' && command?.kind !== 'place-bracket') return null;
  const terms = command.kind === 'place-order' ? command.request.terms : command.request.parent;
  return terms.type === 'LMT' ? terms.limit : terms.type === 'STP' ? terms.stop : null;
}
