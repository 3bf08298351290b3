import { useId, type ReactElement } from 'react';

/** Full width is a tenth more than the limit, so that a breach is seen as one. */
const SCALE = 1.1;

/** Shares of the limit: 1 is at the limit. */
export interface BarShares {
  readonly before: number;
  readonly after: number;
  readonly warnAt: number;
  readonly severity: 'pass' | 'warn' | 'deny';
}

/** Solid is used, hatched is this order, the tick is the limit, the gap the level that warns. */
export function RiskBar({ before, after, warnAt, severity }: BarShares): ReactElement {
  const hatch = useId();
  const at = (share: number): number => (Math.min(SCALE, Math.max(0, share)) / SCALE) * 100;
  const used = at(Math.min(before, after));
  return (
    <svg className={`bar ${severity}`} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
      <pattern id={hatch} width="1.2" height="6" patternUnits="userSpaceOnUse" patternTransform="skewX(-12)">
        <path className="hatch" d="M1 0V6" style={{ strokeWidth: 0.35 }} />
      </pattern>
      <rect className="used" x={0} y={0} width={used} height={6} />
      <rect className="added" x={used} y={0} width={at(Math.max(before, after)) - used} height={6} />
      <rect x={used} y={0} width={at(Math.max(before, after)) - used} height={6} fill={`url(#${hatch})`} />
      <rect className="gap" x={at(warnAt)} y={0} width={0.3} height={6} />
      <rect className="limit" x={at(1)} y={0} width={0.6} height={6} />
    </svg>
  );
}

/** A plain meter: how much of a budget is used, and where its limit is. */
export function Meter({ share, limit }: { readonly share: number; readonly limit: number }): ReactElement {
  return (
    <svg className="meter" viewBox="0 0 56 6" preserveAspectRatio="none" aria-hidden>
      <rect x={0} y={0} width={Math.min(1, Math.max(0, share)) * 56} height={6} />
      <rect className="limit" x={limit * 56 - 1} y={0} width={1} height={6} />
    </svg>
  );
}
