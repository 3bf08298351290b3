import type { ReactElement } from 'react';
import { formatPrice } from '#domain/format';
import type { Instrument } from '#domain/instrument';
import { toNumber, type Price } from '#domain/money';
import { priceDecimals } from '#domain/tick-rules';
import type { StopMove } from '#domain/trailing-stop';
import { counted } from '#domain/session-words';
import { formatClock } from '#renderer/format/display';

/** Moves that are listed; the line shows all of them. */
const MOVES_LISTED_MAX = 12;
const WIDTH = 512;
const HEIGHT = 56;
const EDGE = 4;

/** Where a stop stood over time, as steps: it rests at a price until it moves. */
export function steppedPath(moves: readonly StopMove[], until: number): string {
  const [first] = moves;
  if (first === undefined) return '';
  const prices = moves.map(({ stop }) => toNumber(stop));
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const span = Math.max(1, until - first.at);
  const x = (at: number): string => (EDGE + ((at - first.at) / span) * (WIDTH - 2 * EDGE)).toFixed(1);
  const y = (price: number): string =>
    (high === low ? HEIGHT / 2 : HEIGHT - EDGE - ((price - low) / (high - low)) * (HEIGHT - 2 * EDGE)).toFixed(1);
  const steps = moves.map(({ at, stop }, index) => {
    const height = y(toNumber(stop));
    return index === 0 ? `M${x(at)} ${height}` : `H${x(at)}V${height}`;
  });
  return `${steps.join('')}H${x(until)}`;
}

/** Every place where a stop stood: a small stepped line, and the latest moves in numbers. */
export function StopHistory({
  moves,
  until,
  instrument,
}: {
  readonly moves: readonly StopMove[];
  readonly until: number;
  readonly instrument: Instrument | undefined;
}): ReactElement | null {
  if (moves.length < 2) return null;
  const show = (price: Price): string =>
    formatPrice(price, instrument === undefined ? undefined : priceDecimals(instrument, price));
  const latest = moves.slice(-MOVES_LISTED_MAX).reverse();
  return (
    <section className="stop-history" aria-label="Where the stop stood">
      <div className="section-head">
        Stop<span>{counted(moves.length - 1, 'move')}</span>
      </div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
        <path d={steppedPath(moves, until)} vectorEffect="non-scaling-stroke" />
      </svg>
      <ol>
        {latest.map((move) => (
          <li key={`${move.at} ${move.stop}`}>
            <time dateTime={new Date(move.at).toISOString()}>{formatClock(move.at)}</time>
            <b>{show(move.stop)}</b>
            <span className="t3">{move.waterMark === null ? '' : `best ${show(move.waterMark)}`}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
