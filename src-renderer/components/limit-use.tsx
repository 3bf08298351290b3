import type { ReactElement } from 'react';
import { NOT_KNOWN } from '#domain/format';
import type { LimitSource } from '#domain/limit-source';
import { isZero } from '#domain/money';
import { Icon } from '#renderer/components/icon.tsx';
import { formatThousands, formatWhole } from '#renderer/format/display';
import { describeUse, SOURCE_WORDS, usedShare, type AnyLimitUse } from '#renderer/stores/limit-shares';

const LETTERS = { symbol: 'S', default: 'D', sector: 'X', global: 'G' } as const satisfies Record<LimitSource, string>;
const STATES = {
  ok: { icon: null, words: 'within the limit' },
  warn: { icon: 'warn', words: 'near the limit' },
  breach: { icon: 'lock', words: 'at the limit or over it' },
  unknown: { icon: 'question', words: 'not known' },
} as const;

/** Where a limit comes from: a letter in a frame whose shape says the same. */
export function SourceMark({ source }: { readonly source: LimitSource }): ReactElement {
  return (
    <span className={`source-mark ${source}`} title={`Limit ${SOURCE_WORDS[source]}`} aria-hidden>
      {LETTERS[source]}
    </span>
  );
}

/** A limit and its use: what is used, the bar, the level that warns, and a mark where it needs a look. */
export function LimitUseMeter({
  use,
  name,
  warnAt,
  currency,
}: {
  readonly use: AnyLimitUse;
  /** What is limited, for screen readers. */
  readonly name: string;
  readonly warnAt: number;
  /** Empty: units. */
  readonly currency: string;
}): ReactElement {
  const share = usedShare(use);
  const show = currency === '' ? formatWhole : formatThousands;
  const { icon, words } = STATES[use.state];
  const facts = describeUse(use, currency);
  return (
    <div
      className={`use use-${use.state}`}
      role="meter"
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.max(0, Math.min(100, Math.round(share * 100)))}
      aria-valuetext={`${words}: ${facts}`}
      title={facts}
    >
      <span className="mark-place">{icon === null ? null : <Icon name={icon} size={12} />}</span>
      <span className="figures">
        <b className={use.used !== null && isZero(use.used) ? 't3' : ''}>
          {use.used === null ? NOT_KNOWN : show(use.used)}
        </b>
        <span className="of"> / {show(use.limit)}</span>
      </span>
      <SourceMark source={use.source} />
      <svg className="bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden>
        <rect className="used" width={Math.min(1, Math.max(0, share)) * 100} height={3} />
        <rect className="gap" x={warnAt * 100} width={1} height={3} />
      </svg>
    </div>
  );
}
