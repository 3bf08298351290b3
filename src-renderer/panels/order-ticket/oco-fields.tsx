import type { ReactElement } from 'react';
import { OCO_LEGS_MAX } from '#domain/oco';
import { Button } from '#renderer/components/button.tsx';
import { SelectField } from '#renderer/components/fields.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { ENTRY_TYPES } from '#renderer/panels/order-ticket/choices';
import { Below, PriceField, SizeField, useTicketForm } from '#renderer/panels/order-ticket/field-rows.tsx';
import { EMPTY_LEG, type LegDraft } from '#renderer/stores/ticket-draft';

const SIDES = [
  { value: 'BUY', text: 'BUY' },
  { value: 'SELL', text: 'SELL' },
] as const;
const PARTIAL_FILLS = [
  { value: 'reduce', text: 'reduces the others' },
  { value: 'cancel', text: 'cancels the others' },
] as const;
const SHARINGS = [
  { value: 'proportional', text: 'by the part that filled' },
  { value: 'share-for-share', text: 'share for share' },
] as const;
const OVERFILLS = [
  { value: 'alert', text: 'alarm' },
  { value: 'flatten-excess', text: 'alarm, trade the excess back' },
] as const;

/** Two or more orders of which the fill of one cancels or reduces the others. */
export function OcoFields(): ReactElement {
  const { draft, onChange } = useTicketForm();
  const { legs } = draft;
  const sizes = new Set(legs.map((leg) => leg.quantity.trim()));
  return (
    <>
      {legs.map((leg, index) => (
        // Legs have no identity but their place.
        <Leg key={index} leg={leg} index={index} />
      ))}
      <div className="ticket-fields">
        <span />
        <Button
          size="small"
          disabled={legs.length >= OCO_LEGS_MAX}
          onClick={() => onChange({ legs: [...legs, { ...EMPTY_LEG, quantity: legs[0]?.quantity ?? '' }] })}
        >
          Add order
        </Button>
        <span className="label oco-choice">Part fill</span>
        <span className="wide-field">
          <SelectField
            label="A partial fill"
            value={draft.onPartialFill}
            options={PARTIAL_FILLS}
            onChange={(onPartialFill) => onChange({ onPartialFill })}
          />
        </span>
        {draft.onPartialFill === 'reduce' && sizes.size > 1 ? (
          <>
            <span className="label oco-choice">Reduced</span>
            <span className="wide-field">
              <SelectField
                label="Reduced"
                value={draft.sharing}
                options={SHARINGS}
                onChange={(sharing) => onChange({ sharing })}
              />
            </span>
          </>
        ) : null}
        <span className="label oco-choice">Both fill</span>
        <span className="wide-field">
          <SelectField
            label="When both fill"
            value={draft.onOverfill}
            options={OVERFILLS}
            onChange={(onOverfill) => onChange({ onOverfill })}
          />
        </span>
      </div>
    </>
  );
}

function Leg({ leg, index }: { readonly leg: LegDraft; readonly index: number }): ReactElement {
  const { draft, onChange, instrument } = useTicketForm();
  const nth = index + 1;
  const change = (part: Partial<LegDraft>): void =>
    onChange({ legs: draft.legs.map((other, at) => (at === index ? { ...other, ...part } : other)) });
  return (
    <fieldset className="oco-leg">
      <legend className="visually-hidden">Order {nth}</legend>
      <span className="field-box left">
        <input
          type="text"
          aria-label={`Order ${nth} symbol`}
          autoComplete="off"
          spellCheck={false}
          placeholder={instrument?.symbol ?? 'Symbol'}
          value={leg.symbol}
          onChange={(event) => change({ symbol: event.target.value.toUpperCase() })}
        />
      </span>
      <SelectField label={`Order ${nth} side`} value={leg.side} options={SIDES} onChange={(side) => change({ side })} />
      <SizeField
        field={`leg ${nth} quantity`}
        label={`Order ${nth} quantity`}
        value={leg.quantity}
        onText={(quantity) => change({ quantity })}
      />
      <button
        type="button"
        className="icon-btn"
        aria-label={`Remove order ${nth}`}
        disabled={draft.legs.length <= 2}
        onClick={() => onChange({ legs: draft.legs.filter((_, at) => at !== index) })}
      >
        <Icon name="cross" size={12} />
      </button>
      <SelectField
        label={`Order ${nth} type`}
        value={leg.type}
        options={ENTRY_TYPES}
        onChange={(type) => change({ type })}
      />
      {leg.type === 'MKT' ? (
        <span className="t3">at market</span>
      ) : (
        <PriceField
          field={`leg ${nth} price`}
          label={`Order ${nth} price`}
          value={leg.price}
          onText={(price) => change({ price })}
        />
      )}
      {leg.type === 'STP LMT' ? (
        <PriceField
          field={`leg ${nth} limit`}
          label={`Order ${nth} limit`}
          value={leg.limit}
          placeholder="limit"
          onText={(limit) => change({ limit })}
        />
      ) : null}
      <Below field={`leg ${nth} symbol`} />
      <Below field={`leg ${nth} quantity`} />
      <Below field={`leg ${nth} price`} />
      <Below field={`leg ${nth} limit`} />
    </fieldset>
  );
}
