import { useMemo, useState, type ReactElement } from 'react';
import type { CorrelationPicture } from '#domain/correlation';
import { formatAge } from '#domain/format';
import { ratio, toNumber } from '#domain/money';
import { counted } from '#domain/session-words';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { Segmented } from '#renderer/components/segmented.tsx';
import { useNow, useQuotes, useWorkstation } from '#renderer/components/session-context.tsx';
import { describeCell, HeatMap, type Zoom } from '#renderer/panels/correlation/heat-map.tsx';
import {
  useCorrelating,
  useCorrelations,
  useUpdateCorrelations,
  type Updating,
} from '#renderer/panels/correlation/use-correlations';
import {
  formatCorrelation,
  orderedBySector,
  PAIRS_LISTED_MAX,
  pairsFrom,
  type MapPair,
} from '#renderer/stores/correlation-map';

const ZOOM_OPTIONS: readonly { readonly value: Zoom; readonly text: string }[] = [
  { value: 'fit', text: 'All' },
  { value: 'labels', text: 'Names' },
  { value: 'values', text: 'Values' },
];
const THRESHOLD_MIN = 0.3;
const THRESHOLD_STEP = 0.05;

/** How what is held goes together: the matrix in use, the pairs above a threshold, and how old it all is. */
export function Correlation(): ReactElement {
  const known = useCorrelations();
  const { updating, update } = useUpdateCorrelations();
  const correlating = useCorrelating();
  const isBusy = updating.kind === 'under-way' || correlating !== null;
  const button = (
    <Button size="small" disabled={isBusy} onClick={update}>
      {isBusy ? 'Updating …' : 'Update'}
    </Button>
  );
  const progress = isBusy ? <Progress {...(correlating ?? { done: 0, of: 0, symbol: '' })} /> : null;
  if (known.kind !== 'known') {
    return (
      <div className="blank">
        <b>{known.kind === 'asking' ? 'Looking for correlations' : 'No correlations yet'}</b>
        <span>
          {known.kind === 'failed'
            ? `${known.reason}.`
            : 'Update computes them from the daily prices of what is held, worked or limited. IBKR paces these requests: some seconds a symbol.'}
        </span>
        {known.kind === 'asking' ? null : button}
        {progress}
        <Outcome updating={updating} />
      </div>
    );
  }
  return (
    <Picture picture={known.picture} progress={progress} outcome={<Outcome updating={updating} />} button={button} />
  );
}

function Picture({
  picture,
  progress,
  outcome,
  button,
}: {
  readonly picture: CorrelationPicture;
  readonly progress: ReactElement | null;
  readonly outcome: ReactElement | null;
  readonly button: ReactElement;
}): ReactElement {
  const inForce = useWorkstation(({ state }) => toNumber(state?.settings.risk.correlation.threshold ?? NO_THRESHOLD));
  const [chosen, setThreshold] = useState<number | null>(null);
  const threshold = chosen ?? inForce;
  const [zoom, setZoom] = useState<Zoom>('fit');
  const [cell, setCell] = useState<{ readonly row: number; readonly column: number } | null>(null);
  const warnings = useQuotes(({ risk }) => risk?.warnings) ?? NO_WARNINGS;
  const ordered = useMemo(() => orderedBySector(picture), [picture]);
  const pairs = useMemo(() => pairsFrom(picture, ordered, threshold), [picture, ordered, threshold]);
  return (
    <div className="correlation">
      <div className="correlation-head">
        <Condition picture={picture} />
        <span className="spring" />
        <label className="threshold">
          <span aria-hidden>
            ρ ≥ <b>{formatCorrelation(threshold)}</b>
          </span>
          <input
            type="range"
            min={THRESHOLD_MIN}
            max={1}
            step={THRESHOLD_STEP}
            value={threshold}
            aria-label="Threshold of correlation"
            aria-valuetext={threshold.toFixed(2)}
            title={
              threshold === inForce ? 'The threshold of the limits' : `The limits use ${formatCorrelation(inForce)}`
            }
            onChange={(event) => setThreshold(Number(event.target.value))}
          />
        </label>
        <Segmented label="Size of the map" value={zoom} options={ZOOM_OPTIONS} onChange={setZoom} />
        {button}
      </div>
      {warnings.map((words) => (
        <div className="strip old" key={words} role="status">
          <Icon name="warn" size={12} />
          <span title={words}>{words}</span>
        </div>
      ))}
      {progress}
      {outcome}
      <div className="correlation-body">
        <HeatMap picture={picture} ordered={ordered} threshold={threshold} zoom={zoom} cell={cell} onCell={setCell} />
        <Pairs pairs={pairs} threshold={threshold} />
      </div>
      <div className="correlation-foot">
        <span role="status" aria-live="polite">
          {cell === null ? (
            <span className="t3">Point at a cell, or move with the arrows</span>
          ) : (
            <b>{describeCell(picture, ordered, cell)}</b>
          )}
        </span>
        <span className="spring" />
        <Scale />
      </div>
    </div>
  );
}

const NO_THRESHOLD = ratio('1');
const NO_WARNINGS: readonly string[] = [];

/** Age, lookback and whether the limits still use it. */
function Condition({ picture }: { readonly picture: CorrelationPicture }): ReactElement {
  const now = useNow();
  const { state, summary } = picture;
  const old = state !== 'fresh';
  const words = { fresh: 'fresh', stale: 'stale', missing: 'too old to be used' }[state];
  return (
    <span className={`condition ${old ? 'old' : ''}`} title={`As of ${summary.asOf ?? 'no session'}; ${words}`}>
      <Icon name={old ? 'clock' : 'check'} size={12} />
      <b>{words}</b>
      <span>
        {formatAge(now - summary.computedAt)} old · {summary.lookback} days · {counted(summary.symbols, 'symbol')}
        {summary.unknownPairs === 0 ? '' : ` · ${counted(summary.unknownPairs, 'pair')} not known`}
      </span>
    </span>
  );
}

function Progress({
  done,
  of,
  symbol,
}: {
  readonly done: number;
  readonly of: number;
  readonly symbol: string;
}): ReactElement {
  const words =
    of === 0
      ? 'Asking IBKR for daily prices'
      : `Prices of ${done} of ${of} symbols${symbol === '' ? '' : `, ${symbol}`}`;
  return (
    <div className="correlating" role="status">
      <svg
        className="progress"
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        role="progressbar"
        aria-label="Correlations"
        aria-valuemin={0}
        aria-valuemax={Math.max(1, of)}
        aria-valuenow={done}
      >
        <rect width={of === 0 ? 0 : (done / of) * 100} height={4} />
      </svg>
      <span>{words}</span>
    </div>
  );
}

/** What an update left out, or why there is none. */
function Outcome({ updating }: { readonly updating: Updating }): ReactElement | null {
  if (updating.kind === 'failed') {
    return (
      <div className="strip bad" role="alert">
        <Icon name="warn" size={12} />
        <span title={updating.reason}>{updating.reason}</span>
      </div>
    );
  }
  if (updating.kind !== 'done' || updating.missing.length === 0) return null;
  const words = updating.missing.map(({ symbol, why }) => `${symbol}: ${why}`).join('; ');
  return (
    <div className="strip old" role="status">
      <Icon name="warn" size={12} />
      <span title={words}>Without {words}</span>
    </div>
  );
}

/** Every pair above the threshold, the strongest first: the map in words. */
function Pairs({ pairs, threshold }: { readonly pairs: readonly MapPair[]; readonly threshold: number }): ReactElement {
  return (
    <section className="pairs" tabIndex={0} aria-label={`Pairs from ${threshold.toFixed(2)} on`}>
      <h3>
        {counted(pairs.length, 'pair')} ≥ {formatCorrelation(threshold)}
      </h3>
      <ol>
        {pairs.slice(0, PAIRS_LISTED_MAX).map(({ a, b, value }) => (
          <li key={`${a.symbol} ${b.symbol}`}>
            <span>
              {a.symbol} – {b.symbol}
            </span>
            <b className={value < 0 ? 'negative' : ''}>{formatCorrelation(value)}</b>
          </li>
        ))}
      </ol>
      {pairs.length > PAIRS_LISTED_MAX ? (
        <p className="t3">and {pairs.length - PAIRS_LISTED_MAX} more; raise the threshold</p>
      ) : null}
    </section>
  );
}

/** What the colours mean. */
function Scale(): ReactElement {
  return (
    <span className="heat-scale" aria-hidden>
      −1 <i /> +1 <em /> not known
    </span>
  );
}
