import { useCallback, useId, useRef, useState, type ReactElement, type RefObject } from 'react';
import type { Command, CommandReply, ModifyRequest } from '#domain/command';
import { formatPrice, formatQuantity, NOT_KNOWN } from '#domain/format';
import type { ClientOrderId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { compare, isPositive, leavesOf, priceSchema, quantitySchema, type Price, type Quantity } from '#domain/money';
import { isLive, type OrderRecord } from '#domain/order-record';
import { limitOf, stopOf } from '#domain/order-spec';
import { isOnTick, priceDecimals, roundToTick, tickAt } from '#domain/tick-rules';
import { StepField } from '#renderer/components/fields.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { focusPanel } from '#renderer/components/panel.tsx';
import { LimitRows, LiveVerdict, shownDecision } from '#renderer/components/risk-view.tsx';
import { useQuotes, useSession, useWorkstation } from '#renderer/components/session-context.tsx';
import { useQuoteMark } from '#renderer/components/quoted-price.tsx';
import { useCommand } from '#renderer/components/use-command';
import { useRiskPreview } from '#renderer/components/use-risk-preview';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { OrderSubject } from '#renderer/dialogs/order-name.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { plainAmount, steppedPrice, steppedQuantity } from '#renderer/stores/steps';
import { describeMark } from '#renderer/stores/quotes-store';
import { marketPriceOf } from '#domain/order-distance';
import { riskyOf } from '#renderer/stores/overrides';
import { riskFiguresOf } from '#renderer/stores/risk-figures';

type Field = 'quantity' | 'limit' | 'stop';
type Texts = Readonly<Record<Field, string>>;

/** What the fields of the dialog amount to. */
export interface ModifyReading {
  /** null while nothing changes or something is wrong. */
  readonly request: ModifyRequest | null;
  readonly hints: Readonly<Partial<Record<Field, { readonly words: string; readonly bad: boolean }>>>;
}

/** Reads the fields against the order as it is: what did not change is not sent. */
export function readModification(order: OrderRecord, texts: Texts, instrument: Instrument | undefined): ModifyReading {
  const hints: Partial<Record<Field, { words: string; bad: boolean }>> = {};
  const bad = (field: Field, words: string): null => {
    hints[field] = { words, bad: true };
    return null;
  };
  const readPrice = (field: 'limit' | 'stop', now: Price | null): Price | null => {
    if (now === null) return null;
    const parsed = priceSchema.safeParse(plainAmount(texts[field]));
    if (!parsed.success || !isPositive(parsed.data)) return bad(field, 'A price above 0, such as 164.60.');
    if (instrument === undefined || isOnTick(instrument, parsed.data)) return parsed.data;
    const becomes = roundToTick(instrument, parsed.data, order.spec.side, field);
    const words = `Tick ${tickAt(instrument, parsed.data)}: becomes ${formatPrice(becomes, priceDecimals(instrument, becomes))}`;
    hints[field] = { words, bad: false };
    return becomes;
  };
  const readQuantity = (): Quantity | null => {
    const parsed = quantitySchema.safeParse(plainAmount(texts.quantity));
    if (!parsed.success || !isPositive(parsed.data)) return bad('quantity', 'A quantity above 0, such as 40.');
    if (compare(parsed.data, order.filled) <= 0 && isPositive(order.filled)) {
      return bad('quantity', `${formatQuantity(order.filled)} have filled already. Cancel it to stop there.`);
    }
    const left = leavesOf(parsed.data, order.filled);
    hints.quantity = { words: `${formatQuantity(left)} still to fill`, bad: false };
    return parsed.data;
  };
  const size = readQuantity();
  const limit = readPrice('limit', limitOf(order.spec.terms));
  const stop = readPrice('stop', stopOf(order.spec.terms));
  if (Object.values(hints).some((hint) => hint.bad)) return { request: null, hints };
  const request: ModifyRequest = {
    number: order.number,
    quantity: size === order.spec.quantity ? null : size,
    limit: limit === limitOf(order.spec.terms) ? null : limit,
    stop: stop === stopOf(order.spec.terms) ? null : stop,
    timeInForce: null,
  };
  const changes = request.quantity ?? request.limit ?? request.stop;
  return { request: changes === null ? null : request, hints };
}

/** Modify: old → new, and the verdict on it as one types. */
export function ModifyDialog({ orderId }: { readonly orderId: ClientOrderId }): ReactElement | null {
  const order = useWorkstation(({ state }) => state?.orders.get(orderId));
  return order === undefined ? null : <ModifyForm order={order} />;
}

function ModifyForm({ order }: { readonly order: OrderRecord }): ReactElement {
  const { ui } = useSession();
  const instrument = useWorkstation(({ state }) => state?.instruments.get(order.spec.conId));
  const quote = useQuotes(({ quotes }) => quotes.get(order.spec.conId));
  const show = (price: Price | null): string =>
    price === null ? '' : formatPrice(price, instrument === undefined ? 2 : priceDecimals(instrument, price));
  const limit = limitOf(order.spec.terms);
  const stop = stopOf(order.spec.terms);
  const [texts, setTexts] = useState<Texts>(() => ({
    quantity: order.spec.quantity,
    limit: show(limit).replaceAll(',', ''),
    stop: show(stop).replaceAll(',', ''),
  }));
  const priceField = useRef<HTMLInputElement>(null);
  const reading = readModification(order, texts, instrument);
  const command = reading.request === null ? null : ({ kind: 'modify-order', request: reading.request } as const);
  const preview = useRiskPreview(command);
  const decision = command === null ? null : shownDecision(preview);
  const onReply = useCallback(
    (reply: CommandReply, sent: Command) => {
      if (reply.outcome === 'refused') return;
      const denied = reply.outcome === 'denied' ? reply.decision : null;
      ui.setState({ dialog: denied === null ? null : { kind: 'denied', decision: denied, command: riskyOf(sent) } });
      if (denied === null) focusPanel(ui.getState().activePanel);
    },
    [ui],
  );
  const { progress, run, askAgain, forget } = useCommand(onReply);
  const over = !isLive(order);
  const change = (part: Partial<Texts>): void => {
    forget();
    setTexts((before) => ({ ...before, ...part }));
  };
  // The arrows step the price at once, without going into its field first.
  const stepPrice = (direction: 1 | -1, steps: number): void => {
    if (instrument === undefined) return;
    const field = stop === null ? 'limit' : 'stop';
    change({ [field]: steppedPrice(texts[field], direction, steps, instrument, null) });
  };
  const market = marketPriceOf(quote);
  const mark = useQuoteMark(order.spec.conId);
  const priceRow = (
    field: 'limit' | 'stop',
    was: Price,
    ref: RefObject<HTMLInputElement | null> | null,
  ): ReactElement => (
    <ChangeRow label={field === 'limit' ? 'Limit' : 'Stop'} was={show(was)} hint={reading.hints[field]}>
      {(hintId) => (
        <StepField
          {...(ref === null ? {} : { ref })}
          label={field === 'limit' ? 'New limit' : 'New stop'}
          describedBy={hintId}
          value={texts[field]}
          invalid={reading.hints[field]?.bad ?? false}
          onChange={(text) => change({ [field]: text })}
          onStep={(direction, steps) => {
            if (instrument !== undefined) {
              change({ [field]: steppedPrice(texts[field], direction, steps, instrument, market) });
            }
          }}
        />
      )}
    </ChangeRow>
  );

  return (
    <ConfirmDialog
      title={`Modify ${order.number}`}
      icon={<Icon name="pencil" size={16} />}
      note="Tab to the price. Digits choose another order."
      safeChoice="Keep as is"
      firstField={priceField}
      onKey={(key) => {
        if (key !== 'ArrowUp' && key !== 'ArrowDown') return false;
        stepPrice(key === 'ArrowUp' ? 1 : -1, 1);
        return true;
      }}
      verb={{
        words: command === null ? 'No change' : `Modify ${order.number}`,
        tone: 'solid',
        enabled: command !== null && !over && progress.kind !== 'sending',
        act: () => {
          if (command !== null) run(command);
        },
      }}
    >
      <OrderSubject
        order={order}
        more={market === null ? '' : ` · last ${show(market)}${mark === null ? '' : ` (${describeMark(mark)})`}`}
      />
      <div className="dialog-rows">
        <ChangeRow label="Quantity" was={formatQuantity(order.spec.quantity)} hint={reading.hints.quantity}>
          {(hintId) => (
            <StepField
              label="New quantity"
              describedBy={hintId}
              value={texts.quantity}
              invalid={reading.hints.quantity?.bad ?? false}
              onChange={(quantity) => change({ quantity })}
              onStep={(direction, steps) => {
                if (instrument !== undefined) {
                  change({ quantity: steppedQuantity(texts.quantity, direction, steps, instrument.sizeIncrement) });
                }
              }}
            />
          )}
        </ChangeRow>
        {limit === null ? null : priceRow('limit', limit, stop === null ? priceField : null)}
        {stop === null ? null : priceRow('stop', stop, priceField)}
      </div>
      {decision === null ? null : <LimitRows figures={riskFiguresOf(decision)} />}
      {command === null ? null : <LiveVerdict preview={preview} />}
      {over ? (
        <div className="msg info" role="status">
          <Icon name="info" />
          <span>The order is over; there is nothing left to modify.</span>
        </div>
      ) : (
        <div className="line">
          <Icon name="info" />
          <span>
            If IBKR refuses, the order stays at {formatQuantity(order.spec.quantity)}
            {limit === null && stop === null ? '' : ` @ ${show(stop ?? limit)}`}.
          </span>
        </div>
      )}
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}

function ChangeRow({
  label,
  was,
  hint,
  children,
}: {
  readonly label: string;
  readonly was: string;
  readonly hint: { readonly words: string; readonly bad: boolean } | undefined;
  readonly children: (hintId: string) => ReactElement;
}): ReactElement {
  const hintId = useId();
  return (
    <div className="change-row">
      <span className="t2">{label}</span>
      <span className="was">
        <span className="visually-hidden">now </span>
        {was === '' ? NOT_KNOWN : was}
      </span>
      <span className="t3" aria-hidden>
        →
      </span>
      {children(hintId)}
      <span id={hintId} className={`hint ${hint?.bad ? 'bad' : ''}`}>
        {hint?.words ?? ''}
      </span>
    </div>
  );
}
