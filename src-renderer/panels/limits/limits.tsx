import { Fragment, useEffect, useRef, type ReactElement } from 'react';
import { formatCash } from '#domain/format';
import type { LossLatch } from '#domain/loss-latch';
import type { RiskPicture, SymbolLimitUse } from '#domain/pnl';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { LimitUseMeter } from '#renderer/components/limit-use.tsx';
import { useQuotes, useSession, useUi } from '#renderer/components/session-context.tsx';
import { formatDayAndTime } from '#renderer/format/display';
import { LOSS_WARN_AT_SHARE, WARN_AT_SHARE } from '#renderer/stores/limit-shares';

/** Every limit of every symbol that matters now: used, limit, and which level it comes from. */
export function Limits(): ReactElement {
  const risk = useQuotes((store) => store.risk);
  const currency = useQuotes(({ meters }) => meters?.baseCurrency ?? '');
  if (risk === null) {
    return (
      <div className="blank">
        <b>No limits to show yet</b>
        <span>They appear once the workstation has told how much of them is used.</span>
      </div>
    );
  }
  return (
    <div className="limits">
      <div className="panel-body" tabIndex={0} role="group" aria-label="Limits by symbol">
        {risk.symbols.length === 0 ? (
          <div className="blank">
            <b>No symbol is near a limit</b>
            <span>Symbols appear here once they are held, worked, or have limits of their own: Set limits…</span>
          </div>
        ) : (
          <SymbolTable rows={risk.symbols} currency={currency} />
        )}
      </div>
      <Account risk={risk} currency={currency} />
    </div>
  );
}

/** What can be done with the panel, in its strip. */
export function LimitsActions(): ReactElement {
  const { ui } = useSession();
  return (
    <>
      <span className="source-key" aria-hidden>
        S symbol · D default · G global
      </span>
      <Button size="small" onClick={() => ui.setState({ dialog: { kind: 'edit-limits', symbol: null } })}>
        Set limits…
      </Button>
    </>
  );
}

function SymbolTable({
  rows,
  currency,
}: {
  readonly rows: readonly SymbolLimitUse[];
  readonly currency: string;
}): ReactElement {
  const unit = currency === '' ? '' : `, ${currency}`;
  return (
    <table className="table limit-table">
      <thead>
        <tr>
          <th scope="col">Symbol</th>
          <th scope="col" className="right">
            Position
          </th>
          <th scope="col" className="right" title="The largest working order">
            Order{unit}
          </th>
          <th scope="col" className="right">
            Day loss{unit}
          </th>
          <th scope="col" className="right" title="With everything that is correlated to it">
            Correlated{unit}
          </th>
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <SymbolRow key={row.symbol} row={row} currency={currency} />
        ))}
      </tbody>
    </table>
  );
}

function SymbolRow({ row, currency }: { readonly row: SymbolLimitUse; readonly currency: string }): ReactElement {
  const { ui } = useSession();
  const { symbol, latch, notes } = row;
  const chosen = useUi(({ selectedLimit }) => selectedLimit === symbol);
  const element = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (chosen) element.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const meter = (name: string, use: SymbolLimitUse['orderExposure'], warnAt = WARN_AT_SHARE): ReactElement => (
    <td>
      <LimitUseMeter use={use} name={`${name} ${symbol}`} warnAt={warnAt} currency={currency} />
    </td>
  );
  return (
    <Fragment>
      <tr
        ref={element}
        {...(chosen ? { className: 'chosen', 'aria-current': true } : {})}
        onMouseDown={() => ui.setState({ selectedLimit: symbol })}
      >
        <th scope="row" className="symbol">
          {symbol}
        </th>
        <td>
          <LimitUseMeter use={row.positionSize} name={`Position ${symbol}`} warnAt={WARN_AT_SHARE} currency="" />
        </td>
        {meter('Order exposure', row.orderExposure)}
        {meter('Daily loss', row.dailyLoss, LOSS_WARN_AT_SHARE)}
        {meter('Correlated exposure', row.correlationExposure)}
        <td className="row-actions">
          <button
            type="button"
            className="icon-btn"
            aria-label={`Edit the limits of ${symbol}`}
            title="Edit (E)"
            onClick={() => ui.setState({ selectedLimit: symbol, dialog: { kind: 'edit-limits', symbol } })}
          >
            <Icon name="pencil" size={12} />
          </button>
        </td>
      </tr>
      {latch === null ? null : (
        <tr className="latch-row">
          <td colSpan={6}>
            <LatchLine latch={latch} />
          </td>
        </tr>
      )}
      {notes.length === 0 ? null : (
        <tr className="note-row">
          <td colSpan={6}>
            <Icon name="info" size={12} /> {notes.join(' ')}
          </td>
        </tr>
      )}
    </Fragment>
  );
}

/** A daily loss that reached its limit: since when, until when, and the way out. */
function LatchLine({ latch }: { readonly latch: LossLatch }): ReactElement {
  const { ui } = useSession();
  const { scope, loss, limit, currency, until } = latch;
  const of = scope.over === 'account' ? 'the account' : scope.symbol;
  return (
    <div className="latch" role="group" aria-label={`Daily loss of ${of}`}>
      <Icon name="lock" size={12} />
      <span>
        <b>Reduce only.</b> {of === 'the account' ? 'The account' : of} lost {formatCash(loss, currency)} of{' '}
        {formatCash(limit, currency)} today. Opens by itself {formatDayAndTime(until)}.
      </span>
      <Button size="small" onClick={() => ui.setState({ dialog: { kind: 'reset-latch', scope } })}>
        Reset…
      </Button>
    </div>
  );
}

/** What is limited over the whole account, and by sector. */
function Account({ risk, currency }: { readonly risk: RiskPicture; readonly currency: string }): ReactElement {
  const { account, sectors } = risk;
  return (
    <section className="limit-account" aria-label="Limits of the account">
      {account.latch === null ? null : <LatchLine latch={account.latch} />}
      <div className="meters" tabIndex={0} role="group" aria-label="Account and sectors">
        <Labelled name="Day loss" spoken="Daily loss of the account">
          <LimitUseMeter
            use={account.dailyLoss}
            name="Daily loss of the account"
            warnAt={LOSS_WARN_AT_SHARE}
            currency={currency}
          />
        </Labelled>
        <Labelled name="Gross" spoken="Gross exposure">
          <LimitUseMeter use={account.grossExposure} name="Gross exposure" warnAt={WARN_AT_SHARE} currency={currency} />
        </Labelled>
        {sectors.map(({ name, exposure }) => (
          <Labelled key={name} name={name} spoken={`Sector ${name}`}>
            <LimitUseMeter use={exposure} name={`Sector ${name}`} warnAt={WARN_AT_SHARE} currency={currency} />
          </Labelled>
        ))}
      </div>
    </section>
  );
}

function Labelled({
  name,
  spoken,
  children,
}: {
  readonly name: string;
  readonly spoken: string;
  readonly children: ReactElement;
}): ReactElement {
  return (
    <div className="labelled">
      <span className="t2" title={spoken}>
        {name}
      </span>
      {children}
    </div>
  );
}
