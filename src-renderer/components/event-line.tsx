import type { ReactElement } from 'react';
import type { ActivityLine } from '#domain/activity-words';
import { Icon } from '#renderer/components/icon.tsx';
import type { IconName } from '#renderer/components/shapes';
import { formatClock } from '#renderer/format/display';
import type { ActivityEntry } from '#renderer/stores/workstation-store';

function iconOf({ kind, tone }: ActivityLine): IconName {
  if (kind === 'alarm') return 'warn';
  if (kind === 'risk') return 'shield';
  if (kind === 'session') return tone === 'bad' ? 'unlink' : 'link';
  if (kind === 'fill') return 'fill';
  if (kind === 'manual') return 'user';
  return tone === 'bad' ? 'cross' : 'send';
}

function toneClass({ kind, tone }: ActivityLine): string {
  if (kind === 'alarm' && tone === 'bad') return 'alarm';
  if (kind === 'fill') return 'fill';
  return tone === 'bad' ? 'refusal' : '';
}

/** One event: when, what kind, in words; the words of an order open its history. */
export function EventLine({
  entry,
  onOpen,
}: {
  readonly entry: ActivityEntry;
  /** null: there is nothing to open. */
  readonly onOpen: (() => void) | null;
}): ReactElement {
  const { line, at } = entry;
  const inside = (
    <>
      <time dateTime={new Date(at).toISOString()}>{formatClock(at)}</time>
      <Icon name={iconOf(line)} size={12} />
      <span>
        {line.text}
        {line.manual ? <span className="manual">manual</span> : null}
      </span>
    </>
  );
  const className = `event ${toneClass(line)}`;
  if (onOpen === null) return <div className={className}>{inside}</div>;
  return (
    <button type="button" className={className} onClick={onOpen} title="Show the order's history">
      {inside}
    </button>
  );
}
