import { useEffect, useRef, type ReactElement } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatAveragePrice, formatQuantity, formatSignedQuantity, NOT_KNOWN } from '#domain/format';
import { describeType, type Instrument } from '#domain/instrument';
import { add, isZero, magnitudeOf, toNumber, ZERO_MONEY, type Money, type Ratio } from '#domain/money';
import type { InstrumentPnl } from '#domain/pnl';
import type { PositionRecord } from '#domain/position';
import { describeUnknowable, markOf, valueOfPosition, type Unknowable } from '#domain/position-value';
import type { Quote } from '#domain/quote';
import type { Result } from '#domain/result';
import { counted } from '#domain/session-words';
import type { WorkstationState } from '#domain/workstation-state';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { QuotedPrice, useQuoteMark } from '#renderer/components/quoted-price.tsx';
import { useQuotes, useSession, useUi, useWorkstation } from '#renderer/components/session-context.tsx';
import { formatResult, formatWhole, toneOf } from '#renderer/format/display';
import { coverageOf } from '#domain/protection';
import { openPositions } from '#renderer/stores/selectors';

/** What the account holds by our ledger, what it is worth, and how much of it stops at IBKR protect. */
export function Positions(): ReactElement {
  const state = useWorkstation((store) => store.state);
  // The tables change in place: the revision is what makes this look again.
  useWorkstation((store) => store.recordsRevision);
  const baseCurrency = useQuotes(({ meters }) => meters?.baseCurrency ?? null);
  const positions = state === null ? [] : openPositions(state);
  const traded = useQuotes(({ risk }) => risk?.pnl) ?? NO_PNL;
  const held = new Set(positions.map(({ conId }) => conId));
  const closed = traded.filter(({ conId }) => !held.has(conId));
  const unit = baseCurrency === null ? '' : `, ${baseCurrency}`;
  if (state === null || (positions.length === 0 && closed.length === 0)) {
    return (
      <div className="blank">
        <b>{state === null ? 'Connecting to the workstation' : 'No positions'}</b>
        <span>{state === null ? 'Positions appear once its state has arrived.' : 'The account is flat.'}</span>
      </div>
    );
  }
  return (
    <div className="panel-body positions-place" tabIndex={0} role="group" aria-label="Positions held">
      <table className="table positions">
        <thead>
          <tr>
            <th scope="col">Symbol</th>
            <th scope="col" className="right">
              Position
            </th>
            <th scope="col" className="right narrow-out">
              Average
            </th>
            <th scope="col" className="right">
              Last
            </th>
            <th scope="col" className="right" title={`Profit and loss of the day${unit}, by our own count`}>
              Day P&amp;L
            </th>
            <th scope="col" className="right wide-only" title="Profit and loss of the day by IBKR">
              Day, IBKR
            </th>
            <th scope="col" className="right" title={`Against average cost${unit}`}>
              Unrealised
            </th>
            <th scope="col" className="right wide-only" title="What closing trades of the day made, less commissions">
              Realised
            </th>
            <th scope="col" className="right narrow-out" title="Quantity × price × multiplier × exchange rate">
              Value{unit}
            </th>
            <th scope="col" className="right">
              Protected
            </th>
            <th scope="col" className="right">
              Naked
            </th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {positions.map((position) => (
            <PositionRow key={position.conId} state={state} position={position} />
          ))}
          {closed.map((pnl) => (
            <ClosedRow key={pnl.conId} pnl={pnl} />
          ))}
        </tbody>
        <tfoot>
          <Total state={state} positions={positions} />
        </tfoot>
      </table>
    </div>
  );
}

const NO_PNL: readonly InstrumentPnl[] = [];

/** What can be done with all of them, in the panel's strip. */
export function PositionsActions(): ReactElement {
  const { ui } = useSession();
  useWorkstation((store) => store.recordsRevision);
  const flat = useWorkstation(({ state }) => state === null || openPositions(state).length === 0);
  return (
    <Button
      size="small"
      disabled={flat}
      title="Close every position at the market"
      onClick={() => ui.setState({ dialog: { kind: 'flatten' } })}
    >
      Flatten…
    </Button>
  );
}

/** What it takes to express a value in the currency of the account. */
interface Currencies {
  readonly baseCurrency: string | null;
  readonly exchangeRates: Readonly<Record<string, Ratio>>;
}

const NO_RATES: Currencies['exchangeRates'] = {};

function useCurrencies(): Currencies {
  const baseCurrency = useQuotes(({ meters }) => meters?.baseCurrency ?? null);
  const exchangeRates = useQuotes(useShallow(({ meters }) => meters?.exchangeRates ?? NO_RATES));
  return { baseCurrency, exchangeRates };
}

function valueIn(
  state: WorkstationState,
  position: PositionRecord,
  quote: Quote | undefined,
  currencies: Currencies,
): Result<Money, Unknowable> {
  return valueOfPosition(position, { instrument: state.instruments.get(position.conId), quote, ...currencies });
}

function PositionRow({
  state,
  position,
}: {
  readonly state: WorkstationState;
  readonly position: PositionRecord;
}): ReactElement {
  const { ui } = useSession();
  const { conId } = position;
  const quote = useQuotes(({ quotes }) => quotes.get(position.conId));
  const currencies = useCurrencies();
  const current = useQuoteMark(position.conId);
  const instrument = state.instruments.get(position.conId);
  const price = markOf(quote);
  const mark =
    current === null && quote?.last === null && price !== null
      ? { word: 'close', why: 'no trade seen yet: this is the close of the day before' }
      : current;
  const pnl = useQuotes(({ risk }) => risk?.pnl.find((it) => it.conId === conId) ?? null);
  const value = valueIn(state, position, quote, currencies);
  const { protectedQuantity, naked, mayNotFill } = coverageOf(state, position);
  const share = toNumber(protectedQuantity) / toNumber(magnitudeOf(position.quantity));
  const chosen = useUi(({ selectedPosition }) => selectedPosition === conId);
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <tr
      ref={row}
      {...(chosen ? { className: 'chosen', 'aria-current': true } : {})}
      onMouseDown={() => ui.setState({ selectedPosition: conId })}
    >
      <td>
        <span className="symbol">{position.symbol}</span>
        <TypeMark instrument={instrument} />
      </td>
      <td className="right">{formatSignedQuantity(position.quantity)}</td>
      <td className="right narrow-out">
        {position.averageCost === null ? NOT_KNOWN : formatAveragePrice(position.averageCost)}
      </td>
      <td className="right">
        <QuotedPrice price={price} mark={mark} instrument={instrument} />
      </td>
      <ResultCells pnl={pnl} old={mark !== null} />
      <td className="right narrow-out">
        {value.ok ? (
          <span className={mark === null ? '' : 't3'}>{formatWhole(value.value)}</span>
        ) : (
          <NoValue why={value.error} />
        )}
      </td>
      <td className="right">
        <span className="coverage">
          <svg className="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
            <rect className="used" width={share * 100} height={6} />
          </svg>
          {isZero(mayNotFill) ? null : (
            <span className="mark" title={`${formatQuantity(mayNotFill)} only by a stop with a limit: it may not fill`}>
              limit
            </span>
          )}
          {formatQuantity(protectedQuantity)}
        </span>
      </td>
      <td className="right">
        {isZero(naked) ? (
          <span className="t3">0</span>
        ) : (
          <span className="naked">
            <Icon name="warn" size={12} />
            {formatQuantity(naked)}
          </span>
        )}
      </td>
      <td className="row-actions">
        <button
          type="button"
          className="icon-btn"
          aria-label={`Protect ${position.symbol}`}
          title="Protect (P)"
          onClick={() => ui.setState({ selectedPosition: conId, dialog: { kind: 'protect', conId } })}
        >
          <Icon name="shield" size={12} />
        </button>
        <button
          type="button"
          className="icon-btn"
          aria-label={`Close ${position.symbol}`}
          title="Close (C)"
          onClick={() => ui.setState({ selectedPosition: conId, dialog: { kind: 'close', conId } })}
        >
          <Icon name="cross" size={12} />
        </button>
      </td>
    </tr>
  );
}

const SHORT_WORDS = {
  'no-definition': 'undefined',
  'no-price': 'no price',
  'no-exchange-rate': 'no rate',
} as const satisfies Record<Unknowable, string>;

/** A value that can not be known is never zero: a word for it, and the whole reason on hover and for screen readers. */
function NoValue({ why }: { readonly why: Unknowable }): ReactElement {
  const words = `unknown: ${describeUnknowable(why)}`;
  return (
    <span className="mark" title={words}>
      <span aria-hidden>{SHORT_WORDS[why]}</span>
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

/** What kind of thing is held, where it is no plain stock. */
function TypeMark({ instrument }: { readonly instrument: Instrument | undefined }): ReactElement | null {
  if (instrument?.securityType === 'STK') return null;
  return <span className="t3 type"> {instrument === undefined ? NOT_KNOWN : describeType(instrument)}</span>;
}

/** Profit and loss of the day beside IBKR's figure, and what is open and closed of it. */
function ResultCells({
  pnl,
  old = false,
}: {
  readonly pnl: Pick<InstrumentPnl, 'daily' | 'unrealised' | 'realised' | 'broker' | 'differs' | 'why'> | null;
  /** The price behind it is not current. */
  readonly old?: boolean;
}): ReactElement {
  const tone = (amount: Money | null): string => (old ? 't3' : toneOf(amount));
  const brokers = pnl?.broker?.daily ?? null;
  const differs = pnl?.differs === true;
  const words = differs ? `IBKR says ${formatResult(brokers)}` : (pnl?.why ?? '');
  return (
    <>
      <td className={`right ${tone(pnl?.daily ?? null)}`} {...(words === '' ? {} : { title: words })}>
        {differs ? (
          <span className="differs">
            <Icon name="warn" size={12} />
            <span className="visually-hidden">{words}, ours </span>
          </span>
        ) : null}
        {formatResult(pnl?.daily ?? null)}
        {pnl !== null && pnl.daily === null && pnl.why !== '' ? (
          <span className="visually-hidden">: {pnl.why}</span>
        ) : null}
      </td>
      <td className={`right wide-only ${differs ? 'warn' : 't2'}`}>{formatResult(brokers)}</td>
      <td className={`right ${tone(pnl?.unrealised ?? null)}`}>{formatResult(pnl?.unrealised ?? null)}</td>
      <td className={`right wide-only ${toneOf(pnl?.realised ?? null)}`}>{formatResult(pnl?.realised ?? null)}</td>
    </>
  );
}

/** Traded today and not held any more: its result still counts. */
function ClosedRow({ pnl }: { readonly pnl: InstrumentPnl }): ReactElement {
  return (
    <tr className="closed">
      <td>
        <span className="symbol">{pnl.symbol}</span>
      </td>
      <td className="right t3">0</td>
      <td className="narrow-out" />
      <td className="t3 right">closed</td>
      <ResultCells pnl={pnl} />
      <td className="narrow-out" />
      <td colSpan={3} />
    </tr>
  );
}

/** The sum, where every part of it is known: a sum of some would look like one of all. */
function Total({
  state,
  positions,
}: {
  readonly state: WorkstationState;
  readonly positions: readonly PositionRecord[];
}): ReactElement {
  const quotes = useQuotes((store) => store.quotes);
  const currencies = useCurrencies();
  const known = positions.flatMap((position) => {
    const value = valueIn(state, position, quotes.get(position.conId), currencies);
    return value.ok ? [value.value] : [];
  });
  const missing = positions.length - known.length;
  const total = useQuotes(({ risk }) => risk?.total ?? null);
  return (
    <tr>
      <th scope="row" colSpan={2}>
        {positions.length === 0 ? 'The account is flat' : counted(positions.length, 'position')}
      </th>
      <td className="narrow-out" />
      <td />
      <ResultCells pnl={total} />
      <td className="right narrow-out">
        {missing > 0 ? (
          <span className="mark">{missing} not valued</span>
        ) : (
          <b>{formatWhole(known.reduce(add, ZERO_MONEY))}</b>
        )}
      </td>
      <td colSpan={3} />
    </tr>
  );
}
