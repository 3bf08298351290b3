import { useId, type ReactElement, type Ref } from 'react';

/** A reason in a person's words, with how long it has to be; it is written to the journal. */
export function ReasonField({
  label = 'Reason',
  value,
  onChange,
  min,
  max,
  what,
  ref,
}: {
  readonly label?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly min: number;
  readonly max: number;
  /** What belongs into it. */
  readonly what: string;
  readonly ref?: Ref<HTMLInputElement>;
}): ReactElement {
  const id = useId();
  const { length } = value.trim();
  const wrong = length > max || (length > 0 && length < min);
  const hint =
    length > max
      ? `${length - max} characters too many, at most ${max}.`
      : wrong
        ? `At least ${min} characters.`
        : `${what} It is written to the journal.`;
  return (
    <div className="reason-rows">
      <label className="t2" htmlFor={id}>
        {label}
      </label>
      <div className={`field-box left ${wrong ? 'invalid' : ''}`}>
        <input
          ref={ref}
          id={id}
          type="text"
          autoComplete="off"
          value={value}
          aria-invalid={wrong}
          aria-describedby={`${id}-hint`}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
      <span id={`${id}-hint`} className={`hint ${wrong ? 'bad' : ''}`} role="status">
        {hint}
      </span>
    </div>
  );
}

/** Whether a reason is long enough to be one. */
export function isReason(text: string, min: number, max: number): boolean {
  const { length } = text.trim();
  return length >= min && length <= max;
}

/** How long the reason of an override is, as riskOverrideSchema takes it. */
export const OVERRIDE_REASON_LENGTHS = { min: 5, max: 300 } as const;

export function isOverrideReason(text: string): boolean {
  return isReason(text, OVERRIDE_REASON_LENGTHS.min, OVERRIDE_REASON_LENGTHS.max);
}
