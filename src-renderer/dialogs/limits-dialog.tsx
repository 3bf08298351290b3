import { useRef, useState, type ReactElement } from 'react';
import { limitChangeSchema, type LimitChange } from '#domain/command';
import { symbolSchema } from '#domain/instrument';
import { compare, enteredMoneySchema, enteredQuantitySchema, type Money, type Quantity } from '#domain/money';
import { effectiveLimits, type EffectiveLimits, type LimitField, type SymbolLimits } from '#domain/symbol-limits';
import { Button } from '#renderer/components/button.tsx';
import { StepField } from '#renderer/components/fields.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { SourceMark } from '#renderer/components/limit-use.tsx';
import { useQuotes, useWorkstation } from '#renderer/components/session-context.tsx';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { useDialogCommand } from '#renderer/dialogs/use-dialog-command';
import { formatWhole } from '#renderer/format/display';
import { SOURCE_WORDS } from '#renderer/stores/limit-shares';
import { plainAmount, steppedQuantity } from '#renderer/stores/steps';
import type { WorkstationState } from '#domain/workstation-state';
import { quantity } from '#domain/money';

const STEP = quantity('1');
const MONEY_STEP = quantity('100');

/** The limits of a symbol in the order of their fields, and where each stands among the limits in force. */
const FIELDS = [
  { field: 'maxPositionSize', label: 'Position', unit: 'units', of: 'positionSize' },
  { field: 'maxOrderExposure', label: 'Order exposure', unit: 'money', of: 'orderExposure' },
  { field: 'maxDailyLoss', label: 'Daily loss', unit: 'money', of: 'dailyLoss' },
  { field: 'maxCorrelationExposure', label: 'Correlated exposure', unit: 'money', of: 'correlationExposure' },
] as const satisfies readonly {
  field: LimitField;
  label: string;
  unit: 'units' | 'money';
  of: keyof EffectiveLimits;
}[];

type Texts = Readonly<Record<LimitField, string>>;
const NO_TEXTS: Texts = { maxPositionSize: '', maxOrderExposure: '', maxDailyLoss: '', maxCorrelationExposure: '' };

/** What the fields amount to. An empty field leaves that limit as it is. */
export interface LimitReading {
  /** null while nothing changes or something is wrong. */
  readonly change: LimitChange | null;
  readonly faults: Readonly<Partial<Record<LimitField, string>>>;
}

/** Reads the fields; `own` is what the symbol has now, `global` what no limit may be looser than. */
export function readLimits(texts: Texts, own: SymbolLimits | null, global: EffectiveLimits | null): LimitReading {
  const faults: Partial<Record<LimitField, string>> = {};
  const read: Partial<Record<LimitField, Quantity | Money | null>> = {};
  for (const { field, unit, of } of FIELDS) {
    const text = plainAmount(texts[field]);
    if (text === '') continue;
    const parsed = (unit === 'units' ? enteredQuantitySchema : enteredMoneySchema).safeParse(text);
    if (!parsed.success) {
      faults[field] = unit === 'units' ? 'A number of shares, zero or more.' : 'An amount, zero or more.';
      continue;
    }
    const most = global?.[of].value;
    if (most !== undefined && compare<Quantity | Money>(parsed.data, most) > 0) {
      faults[field] = `Looser than the global limit ${formatWhole(most)}.`;
      continue;
    }
    if (parsed.data !== own?.[field]) read[field] = parsed.data;
  }
  const change = limitChangeSchema.safeParse({
    maxPositionSize: null,
    maxOrderExposure: null,
    maxDailyLoss: null,
    maxCorrelationExposure: null,
    ...read,
  });
  const nothing = Object.keys(read).length === 0 || Object.keys(faults).length > 0;
  return { change: nothing || !change.success ? null : change.data, faults };
}

function textsOf(own: SymbolLimits | null): Texts {
  if (own === null) return NO_TEXTS;
  return {
    maxPositionSize: own.maxPositionSize ?? '',
    maxOrderExposure: own.maxOrderExposure ?? '',
    maxDailyLoss: own.maxDailyLoss ?? '',
    maxCorrelationExposure: own.maxCorrelationExposure ?? '',
  };
}

const ownLimits = (state: WorkstationState | null, symbol: string): SymbolLimits | null =>
  state?.symbolLimits.get(symbol) ?? null;

/** Sets or takes away the limits of one symbol: stricter than global, in force at once, and kept in symbol_limits.json. */
export function LimitsDialog({ symbol: given }: { readonly symbol: string | null }): ReactElement {
  const state = useWorkstation((store) => store.state);
  // The tables change in place: the revision is what makes this look again.
  useWorkstation((store) => store.revision);
  const currency = useQuotes(({ meters }) => meters?.baseCurrency ?? '');
  const [typed, setTyped] = useState('');
  const parsed = symbolSchema.safeParse(given ?? typed);
  const symbol = parsed.success ? parsed.data : null;
  const own = symbol === null ? null : ownLimits(state, symbol);
  const [edits, setEdits] = useState<Partial<Texts>>({});
  const texts: Texts = { ...textsOf(own), ...edits };
  const inForce =
    state === null
      ? null
      : effectiveLimits(
          { symbols: state.symbolLimits, defaults: state.defaultLimits },
          state.settings.risk,
          symbol ?? '',
        );
  const global =
    state === null ? null : effectiveLimits({ symbols: new Map(), defaults: null }, state.settings.risk, '');
  const reading = readLimits(texts, own, global);
  const first = useRef<HTMLInputElement>(null);
  const { progress, run, askAgain, forget } = useDialogCommand();
  const change = (field: LimitField, text: string): void => {
    forget();
    setEdits((before) => ({ ...before, [field]: text }));
  };
  return (
    <ConfirmDialog
      title={given === null ? 'Set limits of a symbol' : `Limits of ${given}`}
      icon={<Icon name="shield" size={16} />}
      width="w560"
      note="Kept in symbol_limits.json."
      safeChoice="Leave them"
      firstField={first}
      extra={
        own === null || symbol === null ? undefined : (
          <Button
            disabled={progress.kind === 'sending'}
            onClick={() => run({ kind: 'set-symbol-limit', symbol, change: null })}
          >
            Remove its own limits
          </Button>
        )
      }
      verb={{
        words: symbol === null ? 'Set limits' : `Set limits of ${symbol}`,
        tone: 'solid',
        enabled: symbol !== null && reading.change !== null && progress.kind !== 'sending',
        act: () => {
          if (symbol !== null && reading.change !== null) {
            run({ kind: 'set-symbol-limit', symbol, change: reading.change });
          }
        },
      }}
    >
      {given === null ? (
        <div className="limit-edit">
          <label className="t2" htmlFor="limit-symbol">
            Symbol
          </label>
          <div className={`field-box left ${typed !== '' && symbol === null ? 'invalid' : ''}`}>
            <input
              ref={first}
              id="limit-symbol"
              type="text"
              autoComplete="off"
              spellCheck={false}
              aria-invalid={typed !== '' && symbol === null}
              value={typed}
              onChange={(event) => {
                forget();
                setEdits({});
                setTyped(event.target.value.toUpperCase());
              }}
            />
          </div>
          <span className="hint" role="status">
            {typed === ''
              ? 'Such as AAPL.'
              : symbol === null
                ? 'That is no symbol.'
                : own === null
                  ? ''
                  : 'Has limits already.'}
          </span>
        </div>
      ) : null}
      <div className="limit-edit" role="group" aria-label="Limits">
        {FIELDS.map(({ field, label, unit, of }, index) => {
          const current = inForce?.[of];
          const fault = reading.faults[field];
          return (
            <LimitFieldRow
              key={field}
              label={unit === 'units' ? `${label}, shares` : `${label}${currency === '' ? '' : `, ${currency}`}`}
              value={texts[field]}
              fault={fault}
              current={current}
              most={global?.[of].value}
              step={unit === 'units' ? STEP : MONEY_STEP}
              onChange={(text) => change(field, text)}
              {...(given !== null && index === 0 ? { first } : {})}
            />
          );
        })}
      </div>
      <div className="line">
        <Icon name="info" />
        <span>An empty field keeps what is in force. A lower limit cancels nothing: it denies what would add.</span>
      </div>
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}

function LimitFieldRow({
  label,
  value,
  fault,
  current,
  most,
  step,
  onChange,
  first,
}: {
  readonly label: string;
  readonly value: string;
  readonly fault: string | undefined;
  readonly current: EffectiveLimits[keyof EffectiveLimits] | undefined;
  readonly most: Quantity | Money | undefined;
  readonly step: Quantity;
  readonly onChange: (text: string) => void;
  readonly first?: React.Ref<HTMLInputElement>;
}): ReactElement {
  const id = `limit-${label.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return (
    <>
      <span className="t2">{label}</span>
      <StepField
        {...(first === undefined ? {} : { ref: first })}
        label={label}
        value={value}
        invalid={fault !== undefined}
        describedBy={id}
        placeholder={current === undefined ? '' : formatWhole(current.value)}
        onChange={onChange}
        onStep={(direction, steps) =>
          onChange(steppedQuantity(value === '' ? (current?.value ?? '0') : value, direction, steps, step))
        }
      />
      <span id={id} className={`hint ${fault === undefined ? '' : 'bad'}`} role="status">
        {fault ??
          (current === undefined ? null : (
            <>
              in force {formatWhole(current.value)} <SourceMark source={current.source} />
              <span className="visually-hidden">, {SOURCE_WORDS[current.source]}</span>
              {most === undefined ? '' : `, at most ${formatWhole(most)}`}
              {current.clamped === null
                ? ''
                : `; ${formatWhole(current.clamped)} in the file is looser and does not count`}
            </>
          ))}
      </span>
    </>
  );
}
