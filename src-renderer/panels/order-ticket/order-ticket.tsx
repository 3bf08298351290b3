import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import type { Command, CommandReply } from '#domain/command';
import { formatQuantity } from '#domain/format';
import { isPositive, isZero, type Price } from '#domain/money';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { LimitRows, LiveVerdict, shownDecision } from '#renderer/components/risk-view.tsx';
import { useSession, useUi, useWorkstation, useQuotes } from '#renderer/components/session-context.tsx';
import { useCommand } from '#renderer/components/use-command';
import { useRiskPreview } from '#renderer/components/use-risk-preview';
import { MarketHead } from '#renderer/panels/order-ticket/market-head.tsx';
import { SymbolField } from '#renderer/panels/order-ticket/symbol-field.tsx';
import { describeCustodyOf, readTicket, type KnownInstruments } from '#renderer/panels/order-ticket/read-ticket';
import { draftOf, EMPTY_DRAFT, withoutPrices, type TicketDraft } from '#renderer/stores/ticket-draft';
import { rewardAndRisk, submitWords } from '#renderer/panels/order-ticket/ticket-words';
import { TicketFields } from '#renderer/panels/order-ticket/ticket-fields.tsx';
import { useInstrument } from '#renderer/panels/order-ticket/use-instrument';
import { FlipChoice, MarginOnDemand, OverrideLine } from '#renderer/panels/order-ticket/ticket-risk.tsx';
import { RewardRiskBar, WillSend } from '#renderer/panels/order-ticket/ticket-summary.tsx';
import { describeFailure, mayHaveHappened } from '#renderer/stores/commands';
import { fieldPrice } from '#renderer/stores/steps';
import { coverageOf } from '#domain/protection';
import { riskyOf } from '#renderer/stores/overrides';
import { riskFiguresOf } from '#renderer/stores/risk-figures';
import type { TicketKind, TicketWish } from '#renderer/stores/ui-store';

const KINDS: readonly { readonly kind: TicketKind; readonly text: string; readonly hotkey: string }[] = [
  { kind: 'single', text: 'Single', hotkey: 'N' },
  { kind: 'bracket', text: 'Bracket', hotkey: 'B' },
  { kind: 'trailing', text: 'Trailing', hotkey: 'T' },
  { kind: 'oco', text: 'OCO', hotkey: 'O' },
];

/** The ticket: what will be sent, what it risks, what the checks say, and one button that says what it does. */
export function OrderTicket(): ReactElement {
  const session = useSession();
  const { ui } = session;
  const [symbol, setSymbol] = useState('');
  const [fields, setFields] = useState<TicketDraft>(EMPTY_DRAFT);
  const kind = useUi((store) => store.ticketKind);
  const draft: TicketDraft = { ...fields, kind };
  const symbolInput = useRef<HTMLInputElement>(null);
  const quantityInput = useRef<HTMLInputElement>(null);

  const lookup = useInstrument(symbol);
  const instrument = lookup.kind === 'known' ? lookup.instrument : null;
  const conId = instrument?.conId ?? null;
  const quote = useQuotes(({ quotes }) => (conId === null ? undefined : quotes.get(conId)));
  const position = useWorkstation(({ state }) => (conId === null ? undefined : state?.positions.get(conId)));
  const mode = useWorkstation(({ state }) => state?.mode ?? 'demo');
  const connected = useWorkstation(({ link }) => link.phase === 'live');

  const others = useKnownInstruments();
  const reading = readTicket(draft, instrument, others);
  const preview = useRiskPreview(reading.command);
  const decision = reading.command === null ? null : shownDecision(preview);
  const figures = decision === null ? null : riskFiguresOf(decision);
  const largest = figures?.largest ?? null;
  const outlook = rewardAndRisk(reading.command, instrument, quote);

  const onReply = useCallback(
    (reply: CommandReply, sent: Command) => {
      if (reply.outcome === 'denied' && reply.decision !== null) {
        ui.setState({ dialog: { kind: 'denied', decision: reply.decision, command: riskyOf(sent) } });
      }
      const [first] = reply.orders;
      if (reply.outcome === 'accepted' && first !== undefined) ui.setState({ selectedOrder: first.id });
    },
    [ui],
  );
  const { progress, run, askAgain, forget } = useCommand(onReply);

  const change = (part: Partial<TicketDraft>): void => {
    forget();
    setFields((before) => ({ ...before, ...part }));
  };
  const chooseSymbol = (next: string): void => {
    forget();
    if (next === symbol) return;
    setSymbol(next);
    // Prices belong to the instrument they were typed for.
    setFields((before) => ({ ...withoutPrices(before), allowFlip: false }));
  };
  const chooseKind = (next: TicketKind): void => {
    forget();
    ui.setState({ ticketKind: next });
    if (next === 'trailing') protectHeld();
  };
  /** A trailing stop is for what is held: its side follows from it, and the quantity that has no stop yet. */
  const protectHeld = (): void => {
    const { state } = session.workstation.getState();
    if (state === null || position === undefined || isZero(position.quantity)) return;
    const { naked } = coverageOf(state, position);
    setFields((before) => ({
      ...before,
      side: isPositive(position.quantity) ? 'SELL' : 'BUY',
      quantity: before.quantity === '' && isPositive(naked) ? naked : before.quantity,
    }));
  };
  const submit = (): void => {
    if (reading.command !== null && connected && progress.kind !== 'sending') run(reading.command);
  };

  const takeWish = (wish: TicketWish): void => {
    forget();
    if (wish.decision !== null) {
      const taken = draftOf(wish.decision);
      setSymbol(wish.decision.context.subject.symbol);
      setFields(taken);
    } else if (wish.symbol !== null) setSymbol(wish.symbol);
    if (wish.decision === null && wish.kind === 'trailing') protectHeld();
    const input = wish.symbol === null && wish.decision === null && symbol === '' ? symbolInput : quantityInput;
    input.current?.focus();
  };
  const latest = useRef({ submit, takeWish });
  useEffect(() => {
    latest.current = { submit, takeWish };
  });
  // Wishes and Ctrl+Enter come from outside: a hotkey, a dialog, a row of the grid.
  useEffect(
    () =>
      ui.subscribe(({ ticketWish, submitCount }, before) => {
        if (ticketWish !== before.ticketWish && ticketWish !== null) latest.current.takeWish(ticketWish);
        if (submitCount !== before.submitCount) latest.current.submit();
      }),
    [ui],
  );

  // What was just sent is no draft any more: the checks would call it a duplicate of itself.
  const justSent = progress.kind === 'answered' && progress.reply.outcome === 'accepted';
  const custody = reading.command === null ? null : describeCustodyOf(reading.command);
  const words = reading.command === null ? null : submitWords(reading.command, position?.quantity ?? null);
  return (
    <div className="ticket">
      <div className="scroll">
        <div className="section">
          <div className="symbol-line">
            <SymbolField symbol={symbol} onChoose={chooseSymbol} ref={symbolInput} />
            {instrument === null ? null : (
              <>
                <span className="long-name">{instrument.longName}</span>
                <span className="spring" />
                <span className="t3">
                  {instrument.exchange} · {instrument.currency}
                </span>
              </>
            )}
          </div>
          <MarketHead
            lookup={lookup}
            symbol={symbol}
            onTake={(price: Price) => {
              if (instrument === null) return;
              if (kind === 'trailing') change({ initialStop: fieldPrice(price, instrument) });
              else if (kind !== 'oco' && draft.entryType !== 'MKT') change({ entry: fieldPrice(price, instrument) });
            }}
          />
        </div>
        <div className="kinds" role="tablist" aria-label="Order kind">
          {KINDS.map((tab) => (
            <button
              key={tab.kind}
              type="button"
              role="tab"
              aria-selected={tab.kind === kind}
              tabIndex={tab.kind === kind ? 0 : -1}
              onClick={() => {
                chooseKind(tab.kind);
              }}
              onKeyDown={(event) => {
                if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
                const at = KINDS.indexOf(tab) + (event.key === 'ArrowRight' ? 1 : KINDS.length - 1);
                const next = at % KINDS.length;
                chooseKind(KINDS[next]?.kind ?? kind);
                const other = event.currentTarget.parentElement?.children.item(next);
                if (other instanceof HTMLElement) other.focus();
              }}
            >
              {tab.text} <kbd>{tab.hotkey}</kbd>
            </button>
          ))}
        </div>
        <div className="section">
          <TicketFields
            draft={draft}
            onChange={change}
            reading={reading}
            instrument={instrument}
            quote={quote}
            outlook={outlook}
            quantityInput={quantityInput}
          />
          {outlook === null ? null : <RewardRiskBar outlook={outlook} side={draft.side} />}
        </div>
        {figures === null || decision === null ? null : (
          <>
            <div className="section last">
              <div className="section-head">
                Risk preview<span>before → after / limit, {decision.context.baseCurrency}</span>
              </div>
              <LimitRows figures={figures} />
            </div>
            <div className="section last">
              {reading.command === null ? null : <WillSend command={reading.command} decision={decision} />}
            </div>
          </>
        )}
      </div>
      <div className="go">
        {reading.command === null ? (
          <div className="msg pass">
            <span>{whatIsMissing(symbol, lookup.kind, reading.missing, reading.faults.size > 0)}</span>
          </div>
        ) : justSent ? null : (
          <LiveVerdict preview={preview} />
        )}
        {custody === null || justSent ? null : (
          <div className={`msg ${custody.warns ? 'warn' : 'info'}`} role="status">
            <Icon name={custody.warns ? 'warn' : 'bank'} />
            <span>{custody.words}</span>
          </div>
        )}
        {largest === null || !isPositive(largest) || kind === 'oco' ? null : (
          <div className="largest">
            <span className="t2">Largest that passes</span>
            <b>{formatQuantity(largest)}</b>
            <span className="spring" />
            <Button size="small" onClick={() => change({ quantity: largest })}>
              Use {formatQuantity(largest)}
            </Button>
          </div>
        )}
        {kind === 'single' ? (
          <FlipChoice decision={decision} allowed={fields.allowFlip} onChange={(allowFlip) => change({ allowFlip })} />
        ) : null}
        {justSent ? null : <OverrideLine command={reading.command} decision={decision} />}
        {reading.command === null || justSent ? null : <MarginOnDemand command={reading.command} />}
        {progress.kind === 'unanswered' ? (
          <div className="msg warn" role="alert">
            <Icon name="warn" />
            <span>
              {describeFailure(progress.failure)}{' '}
              {mayHaveHappened(progress.failure) ? (
                <Button size="small" onClick={askAgain}>
                  Ask again
                </Button>
              ) : null}
            </span>
          </div>
        ) : null}
        {progress.kind === 'answered' ? <ReplyLine reply={progress.reply} /> : null}
        <Button
          tone={kind === 'oco' ? 'solid' : draft.side === 'BUY' ? 'solid-buy' : 'solid-sell'}
          size="big"
          disabled={words === null || !connected || progress.kind === 'sending'}
          onClick={submit}
        >
          {mode === 'live' ? <span className="live-mark">LIVE</span> : null}
          {words ?? (kind === 'oco' ? 'Place' : draft.side === 'BUY' ? 'Buy' : 'Sell')}
          <span className="visually-hidden"> </span>
          <span aria-hidden>
            <kbd>Ctrl</kbd>
            <kbd>⏎</kbd>
          </span>
        </Button>
      </div>
    </div>
  );
}

function ReplyLine({ reply }: { readonly reply: CommandReply }): ReactElement | null {
  const numbers = reply.orders.map(({ number }) => number).join(', ');
  if (reply.outcome === 'accepted') {
    return (
      <div className="msg pass" role="status">
        <Icon name="check" />
        <span>
          Sent as {numbers}
          {reply.repeated ? ', once' : ''}.
        </span>
      </div>
    );
  }
  // Its dialog, and the verdict above, say why.
  if (reply.decision !== null) return null;
  return (
    <div className="msg deny" role="alert">
      <Icon name="shield" />
      <span>{reply.message}</span>
    </div>
  );
}

/** The instruments that IBKR has defined for this session, by symbol. */
function useKnownInstruments(): KnownInstruments {
  const instruments = useWorkstation(({ state }) => state?.instruments);
  // The table changes in place: looked through when asked, so that it is never an old copy.
  return (symbol) => [...(instruments?.values() ?? [])].find((known) => known.symbol === symbol) ?? null;
}

/** What the ticket still needs, in the order of its fields. */
function whatIsMissing(
  symbol: string,
  lookup: 'none' | 'asking' | 'known' | 'unknown',
  missing: readonly string[],
  faulty: boolean,
): string {
  if (symbol === '') return 'Type a symbol.';
  if (lookup === 'asking') return `Looking up ${symbol} …`;
  if (lookup === 'unknown') return `Without an instrument there is nothing to send.`;
  if (missing.length > 0) return `Still empty: ${missing.join(', ')}.`;
  return faulty ? 'Correct what is marked.' : 'Nothing to send yet.';
}
