import { useId, type ReactElement, type Ref } from 'react';
import { formatQuantity } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import { quantity, ratioOf, subtract, toNumber, type Price } from '#domain/money';
import { limitOf, stopOf, type Side } from '#domain/order-spec';
import type { Quote } from '#domain/quote';
import { Button } from '#renderer/components/button.tsx';
import { SelectField } from '#renderer/components/fields.tsx';
import { formatChangePercent } from '#renderer/format/display';
import { BracketExits } from '#renderer/panels/order-ticket/bracket-exits.tsx';
import { ENTRY_TYPES } from '#renderer/panels/order-ticket/choices';
import {
  Below,
  farTouchOf,
  PriceField,
  SizeField,
  TicketFormProvider,
  useTicketForm,
  type TicketForm,
} from '#renderer/panels/order-ticket/field-rows.tsx';
import { OcoFields } from '#renderer/panels/order-ticket/oco-fields.tsx';
import type { TicketReading } from '#renderer/panels/order-ticket/read-ticket';
import type { TicketDraft } from '#renderer/stores/ticket-draft';
import type { RewardAndRisk } from '#renderer/panels/order-ticket/ticket-words';
import { TrailingFields } from '#renderer/panels/order-ticket/trailing-fields.tsx';

const QUICK_SIZES = [quantity('25'), quantity('50'), quantity('100')];
/** An entry that waits for its trigger and then for its limit could leave a bracket half open. */
const BRACKET_ENTRY_TYPES = ENTRY_TYPES.filter(({ value }) => value !== 'STP LMT');
const TIMES_IN_FORCE = [
  { value: 'DAY', text: 'DAY' },
  { value: 'GTC', text: 'GTC' },
  { value: 'IOC', text: 'IOC' },
] as const;
const EXIT_TIMES = [
  { value: 'GTC', text: 'exits GTC' },
  { value: 'DAY', text: 'exits DAY' },
] as const;

/** The fields of the ticket. Off-tick prices say at once what they become; mistakes stand under their field. */
export function TicketFields({
  outlook,
  quantityInput,
  ...rest
}: {
  readonly draft: TicketDraft;
  readonly onChange: (part: Partial<TicketDraft>) => void;
  readonly reading: TicketReading;
  readonly instrument: Instrument | null;
  readonly quote: Quote | undefined;
  readonly outlook: RewardAndRisk | null;
  readonly quantityInput: Ref<HTMLInputElement>;
}): ReactElement {
  const form: TicketForm = { ...rest, ids: useId() };
  const { draft, onChange } = form;
  return (
    <TicketFormProvider value={form}>
      {draft.kind === 'oco' ? <OcoFields /> : <SideSwitch side={draft.side} onChange={(side) => onChange({ side })} />}
      <div className="ticket-fields">
        {draft.kind === 'oco' ? null : <QuantityRow quantityInput={quantityInput} />}
        {draft.kind === 'single' || draft.kind === 'bracket' ? <EntryRows /> : null}
        {draft.kind === 'bracket' ? <BracketExits outlook={outlook} /> : null}
        {draft.kind === 'trailing' ? <TrailingFields /> : null}
        <ForceRow />
      </div>
    </TicketFormProvider>
  );
}

function QuantityRow({ quantityInput }: { readonly quantityInput: Ref<HTMLInputElement> }): ReactElement {
  const { draft, onChange } = useTicketForm();
  return (
    <>
      <span className="label">Quantity</span>
      <SizeField
        ref={quantityInput}
        field="quantity"
        label="Quantity"
        value={draft.quantity}
        onText={(text) => onChange({ quantity: text })}
      />
      <span className="sizes">
        {QUICK_SIZES.map((size) => (
          <Button key={size} onClick={() => onChange({ quantity: size })} label={`Quantity ${size}`}>
            {formatQuantity(size)}
          </Button>
        ))}
      </span>
      <Below field="quantity" />
    </>
  );
}

function EntryRows(): ReactElement {
  const form = useTicketForm();
  const { draft, onChange, reading } = form;
  const isStopLimit = draft.entryType === 'STP LMT';
  return (
    <>
      <span className="label">{isStopLimit ? 'Stop' : 'Entry'}</span>
      {draft.entryType === 'MKT' ? (
        <span className="t3">at market</span>
      ) : (
        <PriceField field="entry" label="Entry price" value={draft.entry} onText={(entry) => onChange({ entry })} />
      )}
      <SelectField
        label="Entry type"
        value={draft.entryType}
        options={draft.kind === 'bracket' ? BRACKET_ENTRY_TYPES : ENTRY_TYPES}
        onChange={(entryType) => onChange({ entryType })}
      />
      <span className="note">
        <FromTouch price={entryPriceOf(reading)} touch={farTouchOf(form)} name={draft.side === 'BUY' ? 'ask' : 'bid'} />
      </span>
      {draft.entryType === 'MKT' ? null : <Below field="entry" />}
      {isStopLimit ? (
        <>
          <span className="label">Limit</span>
          <PriceField
            field="entry limit"
            label="Entry limit"
            value={draft.entryLimit}
            onText={(entryLimit) => onChange({ entryLimit })}
          />
          <span className="note aside">once the stop is touched</span>
          <Below field="entry limit" />
        </>
      ) : null}
    </>
  );
}

function ForceRow(): ReactElement {
  const { draft, onChange } = useTicketForm();
  return (
    <>
      <span className="label">In force</span>
      <div className="force">
        {draft.kind === 'trailing' ? (
          <span className="t2" title="A trailing stop stays until it is cancelled or fills">
            GTC
          </span>
        ) : (
          <SelectField
            label="Time in force"
            value={draft.timeInForce}
            options={TIMES_IN_FORCE}
            onChange={(timeInForce) => onChange({ timeInForce })}
          />
        )}
        {draft.kind === 'bracket' ? (
          <SelectField
            label="Time in force of the exits"
            value={draft.exitTimeInForce}
            options={EXIT_TIMES}
            onChange={(exitTimeInForce) => onChange({ exitTimeInForce })}
          />
        ) : (
          <span />
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
  return stopOf(terms) ?? limitOf(terms);
}
