import type { ReactElement } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatAge, formatSignedQuantity } from '#domain/format';
import { subtract } from '#domain/money';
import type { PositionDifference } from '#domain/position-difference';
import { useNow, useWorkstation } from '#renderer/components/session-context.tsx';

/** The position differences that nobody has explained or acknowledged. */
export function useUnexplained(): readonly PositionDifference[] {
  return useWorkstation(useShallow(({ state }) => (state === null ? [] : [...state.unexplained.values()])));
}

/** Ledger and IBKR, position by position. */
export function DifferenceTable({
  differences,
}: {
  readonly differences: readonly PositionDifference[];
}): ReactElement {
  const now = useNow();
  return (
    <table className="differences">
      <thead>
        <tr>
          <th scope="col">Symbol</th>
          <th scope="col" className="right">
            Ledger
          </th>
          <th scope="col" className="right">
            IBKR
          </th>
          <th scope="col" className="right">
            Differs by
          </th>
          <th scope="col" className="right">
            Since
          </th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ conId, symbol, ours, brokers, at }) => (
          <tr key={conId}>
            <th scope="row" className="symbol">
              {symbol}
            </th>
            <td className="right">{formatSignedQuantity(ours)}</td>
            <td className="right">
              <b>{formatSignedQuantity(brokers)}</b>
            </td>
            <td className="right">{formatSignedQuantity(subtract(brokers, ours))}</td>
            <td className="right t2">{formatAge(now - at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
