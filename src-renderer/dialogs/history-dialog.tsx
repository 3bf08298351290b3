import { useEffect, useState, type ReactElement } from 'react';
import type { EngineEvent } from '#domain/engine-event';
import type { ClientOrderId } from '#domain/ids';
import { isLive, stateTimeOf, type OrderRecord } from '#domain/order-record';
import type { StopMove } from '#domain/trailing-stop';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { useSession, useWorkstation } from '#renderer/components/session-context.tsx';
import { StopHistory } from '#renderer/components/stop-history.tsx';
import { EventLine } from '#renderer/components/event-line.tsx';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { OrderSubject } from '#renderer/dialogs/order-name.tsx';
import { remembered, type ActivityEntry } from '#renderer/stores/workstation-store';

/** How far back the journal is asked for one order. */
const HISTORY_LENGTH = 1_000;
const NO_MOVES: readonly StopMove[] = [];

/** Until when a stop stood where it last did. */
const endOf = (order: OrderRecord, now: number): number => (isLive(order) ? now : stateTimeOf(order));

/** True when `event` is part of the life of `order`. */
export function concernsOrder({ line, event }: Pick<ActivityEntry, 'line' | 'event'>, order: OrderRecord): boolean {
  if (line.orderNumber === order.number) return true;
  return namesOrder(event, order.id) || (event.type === 'decision-made' && event.decision.id === order.decisionId);
}

function namesOrder(event: EngineEvent, id: ClientOrderId): boolean {
  if (event.type === 'orders-intended') return event.orders.some((order) => order.id === id);
  return 'id' in event && event.id === id;
}

/** Everything that happened to one order, oldest first, and its risk decision. */
export function HistoryDialog({ orderId }: { readonly orderId: ClientOrderId }): ReactElement | null {
  const session = useSession();
  const order = useWorkstation(({ state }) => state?.orders.get(orderId));
  const activity = useWorkstation((store) => store.activity);
  const decision = useWorkstation(({ state }) =>
    order === undefined || order.decisionId === null ? undefined : state?.decisions.get(order.decisionId),
  );
  const moves = useWorkstation(({ state }) => state?.stopMoves.get(orderId)) ?? NO_MOVES;
  const instrument = useWorkstation(({ state }) =>
    order === undefined ? undefined : state?.instruments.get(order.spec.conId),
  );
  const [complete, setComplete] = useState(false);
  useEffect(() => {
    let current = true;
    void session
      .client()
      .feed.history({ before: null, limit: HISTORY_LENGTH })
      .then((history) => {
        if (!current || !history.ok) return;
        session.workstation.setState((store) => remembered(store, history.value));
        setComplete(true);
      });
    return () => {
      current = false;
    };
  }, [session]);
  if (order === undefined) return null;
  const lines = activity.filter((entry) => concernsOrder(entry, order)).reverse();
  return (
    <ConfirmDialog
      title={`History of ${order.number}`}
      icon={<Icon name="clock" size={16} />}
      width="w560"
      safeChoice="Close"
      {...(complete ? {} : { note: 'Reading the journal …' })}
      extra={
        decision === undefined ? null : (
          <Button onClick={() => session.ui.setState({ dialog: { kind: 'denied', decision, command: null } })}>
            Explain the decision
          </Button>
        )
      }
    >
      <OrderSubject order={order} />
      <StopHistory moves={moves} until={endOf(order, session.now())} instrument={instrument} />
      <div className="frame">
        {lines.length === 0 ? (
          <div className="msg pass">
            <span>Nothing of it is in the recent journal.</span>
          </div>
        ) : (
          <ol className="feed" aria-label={`Events of order ${order.number}`}>
            {lines.map((entry) => (
              <li key={entry.sequence}>
                <EventLine entry={entry} onOpen={null} />
              </li>
            ))}
          </ol>
        )}
      </div>
    </ConfirmDialog>
  );
}
