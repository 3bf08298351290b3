import { createContext, useContext, type ReactElement } from 'react';
import { present } from '#domain/assert';
import type { Instrument } from '#domain/instrument';
import { quantity, type Price } from '#domain/money';
import type { Quote } from '#domain/quote';
import { StepField } from '#renderer/components/fields.tsx';
import { describeTickMove, type TicketField } from '#renderer/panels/order-ticket/field-reader';
import type { TicketReading } from '#renderer/panels/order-ticket/read-ticket';
import type { TicketDraft } from '#renderer/stores/ticket-draft';
import { marketPriceOf } from '#domain/order-distance';
import { fieldPrice, steppedPrice, steppedQuantity } from '#renderer/stores/steps';

const ONE = quantity('1');

/** What every field of the ticket needs. */
export interface TicketForm {
  readonly draft: TicketDraft;
  readonly onChange: (part: Partial<TicketDraft>) => void;
  readonly reading: TicketReading;
  readonly instrument: Instrument | null;
  readonly quote: Quote | undefined;
  /** Begins the ids of what stands below a field. */
  readonly ids: string;
}

const FormContext = createContext<TicketForm | null>(null);
export const TicketFormProvider = FormContext.Provider;

export function useTicketForm(): TicketForm {
  return present(useContext(FormContext), 'the ticket around its fields');
}

const idOf = (ids: string, field: TicketField): string => `${ids}-${field.replaceAll(' ', '-')}`;

/** The price that an order of the draft's side would trade against. */
export function farTouchOf({ draft, quote }: TicketForm): Price | null {
  return (draft.side === 'BUY' ? quote?.ask : quote?.bid) ?? null;
}

/** A price: typed, or stepped by ticks; once typing is over it stands on the tick that is sent. */
export function PriceField({
  field,
  label,
  value,
  placeholder,
  onText,
}: {
  readonly field: TicketField;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onText: (text: string) => void;
}): ReactElement {
  const form = useTicketForm();
  const { reading, instrument, quote, ids } = form;
  return (
    <StepField
      label={label}
      value={value}
      {...(placeholder === undefined ? {} : { placeholder })}
      invalid={reading.faults.has(field)}
      describedBy={idOf(ids, field)}
      onChange={onText}
      onStep={(direction, steps) => {
        if (instrument === null) return;
        onText(steppedPrice(value, direction, steps, instrument, farTouchOf(form) ?? marketPriceOf(quote)));
      }}
      onSettle={() => {
        const move = reading.moves.get(field);
        if (move !== undefined) onText(fieldPrice(move.becomes, move.instrument));
      }}
    />
  );
}

/** A number of shares. */
export function SizeField({
  field,
  label,
  value,
  onText,
  ref,
}: {
  readonly field: TicketField;
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly ref?: React.Ref<HTMLInputElement>;
}): ReactElement {
  const { reading, instrument, ids } = useTicketForm();
  return (
    <StepField
      {...(ref === undefined ? {} : { ref })}
      label={label}
      value={value}
      invalid={reading.faults.has(field)}
      describedBy={idOf(ids, field)}
      onChange={onText}
      onStep={(direction, steps) => onText(steppedQuantity(value, direction, steps, instrument?.sizeIncrement ?? ONE))}
    />
  );
}

/** How far a stop trails: percent in tenths, or an amount by ticks. */
export function TrailField({ label }: { readonly label: string }): ReactElement {
  const { draft, onChange, reading, instrument, ids } = useTicketForm();
  return (
    <StepField
      label={label}
      value={draft.trail}
      invalid={reading.faults.has('trail')}
      describedBy={idOf(ids, 'trail')}
      onChange={(trail) => onChange({ trail })}
      onStep={(direction, steps) => {
        if (draft.trailBy === 'percent') onChange({ trail: steppedPercent(draft.trail, direction, steps) });
        else if (instrument !== null) {
          onChange({ trail: steppedPrice(draft.trail, direction, steps, instrument, null) });
        }
      }}
    />
  );
}

/** Percent in tenths, within (0, 100). */
export function steppedPercent(text: string, direction: 1 | -1, steps: number): string {
  const tenths = Math.round(Number(text.replace('%', '')) * 10) + direction * steps;
  if (!Number.isFinite(tenths)) return text;
  return String(Math.min(999, Math.max(1, tenths)) / 10);
}

/** What is wrong with a field, or what its price becomes; nothing while it is sound. */
export function Below({ field }: { readonly field: TicketField }): ReactElement | null {
  const { reading, ids } = useTicketForm();
  const fault = reading.faults.get(field);
  const move = reading.moves.get(field);
  const words = fault ?? (move === undefined ? null : describeTickMove(move));
  if (words === null) return null;
  return (
    <span id={idOf(ids, field)} className={fault === undefined ? 'becomes' : 'fault'} role="status">
      {words}
    </span>
  );
}
