import type { KeyboardEvent, ReactElement, Ref } from 'react';
import { Icon } from '#renderer/components/icon.tsx';

/** An amount that steps: typed, or moved by arrow keys and the two small buttons. The text is kept as typed. */
export function StepField({
  id,
  label,
  value,
  onChange,
  onStep,
  onSettle,
  invalid = false,
  disabled = false,
  describedBy,
  placeholder,
  ref,
}: {
  readonly id?: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** One step, or ten with Shift. */
  readonly onStep: (direction: 1 | -1, steps: number) => void;
  /** Typing is over. */
  readonly onSettle?: () => void;
  readonly invalid?: boolean;
  readonly disabled?: boolean;
  readonly describedBy?: string;
  /** What an empty field means. */
  readonly placeholder?: string;
  readonly ref?: Ref<HTMLInputElement>;
}): ReactElement {
  const arrows = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    onStep(event.key === 'ArrowUp' ? 1 : -1, event.shiftKey ? 10 : 1);
  };
  return (
    <div className={`field-box ${invalid ? 'invalid' : ''} ${disabled ? 'off' : ''}`}>
      <input
        {...(id === undefined ? {} : { id })}
        ref={ref}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        aria-label={label}
        aria-invalid={invalid}
        {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
        disabled={disabled}
        {...(placeholder === undefined ? {} : { placeholder })}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={arrows}
        onBlur={onSettle}
        onFocus={(event) => event.target.select()}
      />
      <span className="steps">
        <button type="button" tabIndex={-1} aria-label={`${label} up`} disabled={disabled} onClick={() => onStep(1, 1)}>
          <Icon name="plus" size={10} />
        </button>
        <button
          type="button"
          tabIndex={-1}
          aria-label={`${label} down`}
          disabled={disabled}
          onClick={() => onStep(-1, 1)}
        >
          <Icon name="minus" size={10} />
        </button>
      </span>
    </div>
  );
}

/** A choice of few, by the system's own list. */
export function SelectField<T extends string>({
  label,
  value,
  options,
  onChange,
  ref,
}: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
  readonly ref?: Ref<HTMLSelectElement>;
}): ReactElement {
  return (
    <div className="select">
      <select
        ref={ref}
        aria-label={label}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      <Icon name="chevron" size={12} />
    </div>
  );
}
