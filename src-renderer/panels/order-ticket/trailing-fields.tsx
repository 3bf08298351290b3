import type { ReactElement } from 'react';
import { formatPrice } from '#domain/format';
import { priceDecimals } from '#domain/tick-rules';
import { SelectField } from '#renderer/components/fields.tsx';
import { TRAIL_UNITS } from '#renderer/panels/order-ticket/choices';
import { Below, PriceField, TrailField, useTicketForm } from '#renderer/panels/order-ticket/field-rows.tsx';
import { startOfTrail } from '#renderer/panels/order-ticket/ticket-words';

const TRIGGERS = [
  { value: 'last', text: 'Last trade' },
  { value: 'bidAsk', text: 'Bid / ask' },
  { value: 'mid', text: 'Midpoint' },
] as const;
const MODES = [
  { value: 'auto', text: 'IBKR where it can' },
  { value: 'native', text: 'IBKR' },
  { value: 'managed', text: 'This app' },
] as const;

/** A stop that follows the market: how far, from when, from where, by which price, and who moves it. */
export function TrailingFields(): ReactElement {
  const { draft, onChange, reading, instrument, quote } = useTicketForm();
  const start = startOfTrail(reading.command, instrument, quote);
  const waits = draft.activation.trim() !== '';
  return (
    <>
      <span className="label">Trail</span>
      <TrailField label="Trail" />
      <SelectField
        label="Trail by"
        value={draft.trailBy}
        options={TRAIL_UNITS}
        onChange={(trailBy) => onChange({ trailBy })}
      />
      <span className="note">
        {start === null || instrument === null ? (
          ''
        ) : (
          <>
            <span className="t3">stop</span> {formatPrice(start, priceDecimals(instrument, start))}
          </>
        )}
      </span>
      <Below field="trail" />
      <span className="label">Activation</span>
      <PriceField
        field="activation"
        label="Activation price"
        value={draft.activation}
        placeholder="at once"
        onText={(activation) => onChange({ activation })}
      />
      <span className="note aside">trails from there</span>
      <Below field="activation" />
      <span className="label">Initial</span>
      <PriceField
        field="initial stop"
        label="Initial stop"
        value={draft.initialStop}
        placeholder={waits ? 'none' : 'by the trail'}
        onText={(initialStop) => onChange({ initialStop })}
      />
      <span className="note aside">stop rests there first</span>
      <Below field="initial stop" />
      <span className="label">Trigger</span>
      <span className="wide-field">
        <SelectField
          label="Trigger price"
          value={draft.triggerOn}
          options={TRIGGERS}
          onChange={(triggerOn) => onChange({ triggerOn })}
        />
      </span>
      <span className="label">Moved by</span>
      <span className="wide-field">
        <SelectField label="Moved by" value={draft.mode} options={MODES} onChange={(mode) => onChange({ mode })} />
      </span>
      <Below field="mode" />
    </>
  );
}
