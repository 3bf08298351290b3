import { useMemo, useState, type ReactElement } from 'react';
import type { ActivityKind } from '#domain/activity-words';
import { Button } from '#renderer/components/button.tsx';
import { EventLine } from '#renderer/components/event-line.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { Segmented } from '#renderer/components/segmented.tsx';
import { useSession, useUi, useWorkstation } from '#renderer/components/session-context.tsx';
import type { ActivityFilter } from '#renderer/stores/ui-store';
import type { ActivityEntry } from '#renderer/stores/workstation-store';

/** Lines drawn at first, and with each "Show older". */
const PAGE_LENGTH = 100;

const KINDS: Readonly<Record<Exclude<ActivityFilter, 'all' | 'manual'>, readonly ActivityKind[]>> = {
  orders: ['order', 'fill'],
  risk: ['risk', 'alarm'],
  session: ['session'],
};
const FILTERS: readonly { readonly value: ActivityFilter; readonly text: string }[] = [
  { value: 'all', text: 'All' },
  { value: 'orders', text: 'Orders' },
  { value: 'risk', text: 'Risk' },
  { value: 'session', text: 'Session' },
  { value: 'manual', text: 'Manual' },
];

/** Whether an event is shown under `filter`. */
export function passesFilter({ line }: Pick<ActivityEntry, 'line'>, filter: ActivityFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'manual') return line.manual;
  return KINDS[filter].includes(line.kind);
}

/** Every event in words, newest first. */
export function Activity(): ReactElement {
  const { ui, workstation } = useSession();
  const activity = useWorkstation((store) => store.activity);
  const filter = useUi((store) => store.activityFilter);
  const [length, setLength] = useState(PAGE_LENGTH);
  const lines = useMemo(() => activity.filter((entry) => passesFilter(entry, filter)), [activity, filter]);
  if (activity.length === 0) {
    return (
      <div className="blank" role="status">
        <b>Nothing has happened yet</b>
        <span>Every order, fill, decision and change of the session appears here.</span>
      </div>
    );
  }
  if (lines.length === 0) {
    return (
      <div className="blank">
        <Icon name="search" size={24} />
        <b>Nothing under “{FILTERS.find(({ value }) => value === filter)?.text}”</b>
        <Button size="small" onClick={() => ui.setState({ activityFilter: 'all' })}>
          Show all
        </Button>
      </div>
    );
  }
  const openOf = ({ line }: ActivityEntry): (() => void) | null => {
    const { orderNumber } = line;
    if (orderNumber === null) return null;
    return () => {
      const orderId = workstation.getState().state?.orderByNumber.get(orderNumber);
      if (orderId !== undefined) ui.setState({ selectedOrder: orderId, dialog: { kind: 'history', orderId } });
    };
  };
  return (
    <div className="panel-body" tabIndex={0} role="log" aria-label="Events" aria-live="off">
      <ol className="feed">
        {lines.slice(0, length).map((entry) => (
          <li key={entry.sequence}>
            <EventLine entry={entry} onOpen={openOf(entry)} />
          </li>
        ))}
      </ol>
      {lines.length > length ? (
        <Button tone="quiet" onClick={() => setLength(length + PAGE_LENGTH)}>
          Show {Math.min(PAGE_LENGTH, lines.length - length)} older
        </Button>
      ) : null}
    </div>
  );
}

/** The filter, in the panel's strip. */
export function ActivityActions(): ReactElement {
  const { ui } = useSession();
  const filter = useUi((store) => store.activityFilter);
  return (
    <Segmented
      label="Events shown"
      value={filter}
      options={FILTERS}
      onChange={(activityFilter) => ui.setState({ activityFilter })}
    />
  );
}
