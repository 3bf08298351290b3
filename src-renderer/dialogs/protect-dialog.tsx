import { useRef, useState, type ReactElement } from 'react';
import type { RiskyCommand } from '#domain/command';
import { formatPrice, formatQuantity } from '#domain/format';
import type { ConId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { isPositive, type Price } from '#domain/money';
import type { Side } from '#domain/order-spec';
import { priceDecimals } from '#domain/tick-rules';
import { StepField } from '#renderer/components/fields.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { LiveVerdict } from '#renderer/components/risk-view.tsx';
import { Segmented } from '#renderer/components/segmented.tsx';
import { useQuotes, useWorkstation } from '#renderer/components/session-context.tsx';
import { useRiskPreview } from '#renderer/components/use-risk-preview';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { PositionSubject, usePosition } from '#renderer/dialogs/position-subject.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { useDialogCommand } from '#renderer/dialogs/use-dialog-command';
import { describeTickMove, FieldReader } from '#renderer/panels/order-ticket/field-reader';
import { steppedPercent } from '#renderer/panels/order-ticket/field-rows.tsx';
import { coverageOf } from '#domain/protection';
import { marketPriceOf } from '#domain/order-distance';
import { trailedFrom } from '#renderer/stores/stop-figures';
import { steppedPrice } from '#renderer/stores/steps';

export type Protection = 'stop' | 'percent' | 'amount';
type ProtectCommand = Extract<RiskyCommand, { kind: 'protect-position' }>;

const CHOICES: readonly { readonly value: Protection; readonly text: string }[] = [
  { value: 'stop', text: 'Fixed stop' },
  { value: 'percent', text: 'Trailing %' },
  { value: 'amount', text: 'Trailing amount' },
];
const LABELS = { stop: 'Stop price', percent: 'Trail, percent', amount: 'Trail, amount' } as const;

/** What the dialog's fields amount to. */
export function readProtection(
  {
    symbol,
    side,
    by,
    text,
  }: { readonly symbol: string; readonly side: Side; readonly by: Protection; readonly text: string },
  instrument: Instrument | null,
): { readonly command: ProtectCommand | null; readonly hint: string; readonly bad: boolean } {
  const reader = new FieldReader();
  const protection = ((): ProtectCommand['request']['protection'] | null => {
    if (by === 'stop') {
      const stop = reader.price('stop', text, instrument, { side, kind: 'stop' });
      return stop === null ? null : { by: 'stop', stop };
    }
    const trail = reader.trail(text, by);
    return trail === null ? null : { by: 'trail', trail };
  })();
  const fault = [...reader.faults.values()][0];
  const move = reader.moves.get('stop');
  return {
    command: protection === null ? null : { kind: 'protect-position', request: { symbol, protection } },
    hint: fault ?? (move === undefined ? '' : describeTickMove(move)),
    bad: fault !== undefined,
  };
}

/** A stop for what is held and has none: fixed, or trailing. */
export function ProtectDialog({ conId }: { readonly conId: ConId }): ReactElement {
  const position = usePosition(conId);
  const state = useWorkstation((store) => store.state);
  useWorkstation((store) => store.recordsRevision);
  const instrument = useWorkstation((store) => store.state?.instruments.get(conId)) ?? null;
  const market = marketPriceOf(useQuotes(({ quotes }) => quotes.get(conId)));
  const [by, setBy] = useState<Protection>('stop');
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { progress, run, askAgain, forget } = useDialogCommand();

  const symbol = position?.symbol ?? '';
  const side: Side = position !== null && isPositive(position.quantity) ? 'SELL' : 'BUY';
  const naked = state === null || position === null ? null : coverageOf(state, position).naked;
  const bare = naked !== null && isPositive(naked);
  const reading = readProtection({ symbol, side, by, text }, instrument);
  const command = bare ? reading.command : null;
  const preview = useRiskPreview(command);
  const change = (next: string): void => {
    forget();
    setText(next);
  };
  return (
    <ConfirmDialog
      title={`Protect ${symbol}`}
      icon={<Icon name="shield" size={16} />}
      note="GTC, at IBKR."
      safeChoice="Not now"
      firstField={field}
      verb={{
        words: bare ? `Protect ${formatQuantity(naked)} ${symbol}` : 'Nothing is naked',
        tone: 'solid',
        enabled: command !== null && progress.kind !== 'sending',
        act: () => {
          if (command !== null) run(command);
        },
      }}
    >
      <PositionSubject conId={conId} />
      {bare ? (
        <>
          <Segmented
            label="Kind of stop"
            value={by}
            options={CHOICES}
            onChange={(next) => {
              setBy(next);
              change('');
            }}
          />
          <div className="protect-row">
            <span className="t2">{LABELS[by]}</span>
            <StepField
              ref={field}
              label={LABELS[by]}
              value={text}
              invalid={reading.bad}
              onChange={change}
              onStep={(direction, steps) => {
                if (by === 'percent') change(text === '' ? '2' : steppedPercent(text, direction, steps));
                else if (instrument !== null) {
                  change(steppedPrice(text, direction, steps, instrument, by === 'stop' ? market : null));
                }
              }}
            />
            <span className={`hint ${reading.bad ? 'bad' : ''}`} role="status">
              {reading.hint === '' ? startWords(reading.command, side, instrument, market) : reading.hint}
            </span>
          </div>
        </>
      ) : null}
      {command === null ? null : <LiveVerdict preview={preview} />}
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}

/** Where the stop would stand now. */
function startWords(
  command: ProtectCommand | null,
  side: Side,
  instrument: Instrument | null,
  market: Price | null,
): string {
  if (instrument === null || market === null) return '';
  const show = (price: Price): string => formatPrice(price, priceDecimals(instrument, price));
  if (command?.request.protection.by !== 'trail') return `last ${show(market)}`;
  const start = trailedFrom(market, command.request.protection.trail, side, instrument);
  return `stop at ${show(start)}, last ${show(market)}`;
}
