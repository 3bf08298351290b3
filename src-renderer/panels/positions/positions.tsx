import type { ReactElement } from 'react';
import { formatAveragePrice, formatQuantity, formatSignedQuantity, NOT_KNOWN } from '#domain/format';
import { isZero, magnitudeOf, notionalOf, quantity, subtract, toNumber, type Money } from '#domain/money';
import type { PositionRecord } from '#domain/position';
import type { WorkstationState } from '#domain/workstation-state';
import { Icon } from '#renderer/components/icon.tsx';
import { useNow, useQuotes, useWorkstation } from '#renderer/components/session-context.tsx';
import { formatChange, formatKnownPrice } from '#renderer/format/display';
import { conditionOf } from '#renderer/stores/quotes-store';
import { coverageOf, marketPriceOf, openPositions } from '#renderer/stores/selectors';

const ONE = quantity('1');

/** What the account holds by our ledger, and how much of it stops at IBKR protect. */
export function Positions(): ReactElement {
  const state = useWorkstation((store) => store.state);
  // The tables change in place: the revision is what makes this look again.
  useWorkstation((store) => store.recordsRevision);
  const positions = state === null ? [] : openPositions(state);
  if (state === null || positions.length === 0) {
    return (
      <div className="blank">
        <b>{state === null ? 'Connecting to the workstation' : 'No positions'}</b>
        <span>{state === null ? 'Positions appear once its state has arrived.' : 'The account is flat.'}</span>
      </div>
    );
  }
  return (
    <div className="panel-body" tabIndex={0} role="group" aria-label="Positions held">
      <table className="table positions">
        <thead>
          <tr>
            <th scope="col">Symbol</th>
            <th scope="col" className="right">
              Position
            </th>
            <th scope="col" className="right">
              Average
            </th>
            <th scope="col" className="right">
              Last
            </th>
            <th scope="col" className="right">
              Unrealised
            </th>
            <th scope="col" className="right">
              Protected
            </th>
            <th scope="col" className="right">
              Naked
            </th>
          </tr>
        </thead>
        <tbody>
          {positions.map((position) => (
            <PositionRow key={position.conId} state={state} position={position} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PositionRow({
  state,
  position,
}: {
  readonly state: WorkstationState;
  readonly position: PositionRecord;
}): ReactElement {
  const now = useNow();
  const quote = useQuotes(({ quotes }) => quotes.get(position.conId));
  const heartbeatAt = useQuotes(({ meters }) => meters?.heartbeatAt ?? null);
  const instrument = state.instruments.get(position.conId);
  const market = marketPriceOf(quote);
  const stale = conditionOf(quote, heartbeatAt, now, state.settings.risk.quoteAgeMaxMs).kind !== 'fresh';
  const unrealised: Money | null =
    market === null || position.averageCost === null
      ? null
      : notionalOf(subtract(market, position.averageCost), position.quantity, instrument?.multiplier ?? ONE);
  const { protectedQuantity, naked } = coverageOf(state, position);
  const share = toNumber(protectedQuantity) / toNumber(magnitudeOf(position.quantity));
  const sign = unrealised === null ? 0 : Math.sign(toNumber(unrealised));
  return (
    <tr>
      <td>
        <span className="symbol">{position.symbol}</span>
      </td>
      <td className="right">{formatSignedQuantity(position.quantity)}</td>
      <td className="right">{position.averageCost === null ? NOT_KNOWN : formatAveragePrice(position.averageCost)}</td>
      <td className="right">
        <span className={stale && market !== null ? 'stale' : ''}>{formatKnownPrice(market, instrument)}</span>
      </td>
      <td className={`right ${stale ? 't3' : sign > 0 ? 'up' : sign < 0 ? 'down' : ''}`}>
        {unrealised === null ? NOT_KNOWN : formatChange(unrealised)}
      </td>
      <td className="right">
        <span className="coverage">
          <svg className="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
            <rect className="used" width={share * 100} height={6} />
          </svg>
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
    </tr>
  );
}
