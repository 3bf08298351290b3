import type { GridApi } from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useRef, useState, type ReactElement, type RefObject } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatAge } from '#domain/format';
import type { OrderRecord } from '#domain/order-record';
import type { RiskDecision } from '#domain/risk-decision';
import { describeConnection } from '#domain/session-words';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { Segmented } from '#renderer/components/segmented.tsx';
import { useNow, useSession, useUi, useWorkstation } from '#renderer/components/session-context.tsx';
import {
  columnsFor,
  ordersGridOptions,
  takeOrdersGrid,
  type ColumnsFor,
  type OrdersGridActions,
} from '#renderer/panels/active-orders/orders-grid';
import { draftOf } from '#renderer/stores/ticket-draft';
import { styleNonce } from '#renderer/theme/style-nonce';
import { countTabs, orderRowsOf, rowQuotesOf, type OrderRow } from '#renderer/stores/order-rows';
import { sendAlone } from '#renderer/stores/commands';
import type { Session } from '#renderer/stores/session';
import { withDismissed, type OrderTab } from '#renderer/stores/ui-store';

/** Prices of rows are looked at again this often, not with every quote. */
const DISTANCE_EVERY_MS = 250;
const AGES_EVERY_MS = 1_000;

/** All orders of the account that concern a trader now, live. */
export function ActiveOrders(): ReactElement {
  const session = useSession();
  const host = useRef<HTMLDivElement>(null);
  const lost = useWorkstation(
    ({ link, state }) =>
      link.phase === 'lost' || state?.connection.phase === 'disconnected' || state?.connection.phase === 'degraded',
  );
  const shown = useVisibleRows();
  const [api, setApi] = useState<GridApi<OrderRow> | null>(null);
  const setup = useMemo(() => {
    const actions = actionsOf(session);
    const columns = columnsFor(actions, session.now);
    return { actions, columns, options: ordersGridOptions(actions, columns, styleNonce()) };
  }, [session]);
  useGrid(session, host, api, setup);
  return (
    <div className="orders">
      <LinkStrip />
      <div
        ref={host}
        className={`orders-grid ${lost ? 'last-known' : ''}`}
        hidden={shown === 0}
        data-testid="orders-grid"
      >
        <AgGridReact<OrderRow> gridOptions={setup.options} onGridReady={(ready) => setApi(ready.api)} />
      </div>
      {shown === 0 ? <NoOrders /> : null}
    </div>
  );
}

/** How many orders the present tab shows. */
function useVisibleRows(): number {
  const tab = useUi((store) => store.orderTab);
  const dismissed = useUi((store) => store.dismissed);
  return useWorkstation(({ state }) => (state === null ? 0 : countTabs(state, dismissed)[tab]));
}

/** What a row can do. */
function actionsOf(session: Session): OrdersGridActions {
  const { ui, workstation } = session;
  const decisionOf = ({ decisionId }: OrderRecord): RiskDecision | undefined =>
    decisionId === null ? undefined : workstation.getState().state?.decisions.get(decisionId);
  return {
    select: (id) => ui.setState({ selectedOrder: id }),
    modify: ({ order }) => ui.setState({ dialog: { kind: 'modify', orderId: order.id } }),
    cancel: ({ order }) => ui.setState({ dialog: { kind: 'cancel', orderId: order.id } }),
    rearm: ({ order }) => ui.setState({ dialog: { kind: 'rearm', orderId: order.id } }),
    giveUp: (symbol) => void sendAlone(session, { kind: 'drop-waiting-stops', symbol }, `Give up waiting in ${symbol}`),
    dismiss: ({ order }) => ui.setState((store) => withDismissed(store, order.id)),
    explain: ({ order }) => {
      const decision = decisionOf(order);
      if (decision !== undefined) ui.setState({ dialog: { kind: 'denied', decision, command: null } });
    },
    editInTicket: ({ order }) => {
      const decision = decisionOf(order);
      if (decision?.context.subject.action !== 'place') return;
      const { kind } = draftOf(decision);
      ui.setState({ ticketKind: kind, ticketWish: { kind, symbol: order.spec.symbol, decision } });
    },
  };
}

/** Ties the grid to the stores: records by event, prices four times a second, ages once. */
function useGrid(
  session: Session,
  host: RefObject<HTMLDivElement | null>,
  api: GridApi<OrderRow> | null,
  { actions, columns }: { readonly actions: OrdersGridActions; readonly columns: ColumnsFor },
): void {
  useEffect(() => {
    if (host.current === null || api === null) return undefined;
    const { ui, workstation, quotes } = session;
    const grid = takeOrdersGrid(host.current, api, actions, columns);
    const draw = (): void => {
      const { state } = workstation.getState();
      if (state === null) return;
      const { orderTab, dismissed, selectedOrder } = ui.getState();
      const rows = orderRowsOf(state, orderTab, { ...rowQuotesOf(quotes.getState()), dismissed, now: session.now() });
      grid.show(rows, selectedOrder);
    };
    const density = (): void => grid.setDensity(ui.getState().density === 'comfortable');
    density();
    draw();
    const stops = [
      workstation.subscribe((store, before) => {
        if (store.recordsRevision !== before.recordsRevision) draw();
      }),
      ui.subscribe((store, before) => {
        if (store.density !== before.density) density();
        if (
          store.orderTab !== before.orderTab ||
          store.dismissed !== before.dismissed ||
          store.selectedOrder !== before.selectedOrder
        ) {
          draw();
        }
      }),
    ];
    const prices = setInterval(draw, DISTANCE_EVERY_MS);
    const ages = setInterval(() => grid.refreshAges(), AGES_EVERY_MS);
    return () => {
      for (const stop of stops) stop();
      clearInterval(prices);
      clearInterval(ages);
      grid.release();
    };
  }, [session, host, api, actions, columns]);
}

const EMPTY_WORDS: Readonly<Record<OrderTab, string>> = {
  live: 'No live orders',
  filled: 'No filled orders',
  cancelled: 'No cancelled or refused orders',
  all: 'No orders yet',
};

function NoOrders(): ReactElement {
  const tab = useUi((store) => store.orderTab);
  const dismissed = useUi((store) => store.dismissed);
  const waiting = useWorkstation(({ state }) => state === null);
  const filled = useWorkstation(({ state }) => (state === null ? 0 : countTabs(state, dismissed).filled));
  if (waiting) {
    return (
      <div className="blank" role="status">
        <b>Connecting to the workstation</b>
        <span>Orders appear once its state has arrived.</span>
      </div>
    );
  }
  return (
    <div className="blank">
      <Icon name="layout" size={24} />
      <b>{EMPTY_WORDS[tab]}</b>
      <span>
        <kbd>B</kbd> bracket &nbsp; <kbd>N</kbd> single &nbsp; <kbd>T</kbd> trailing &nbsp; <kbd>O</kbd> OCO
      </span>
      {tab === 'live' && filled > 0 ? <span className="t3">{filled} filled are under Filled.</span> : null}
    </div>
  );
}

/** What stands between the trader and the truth: our link, IBKR's link, a reconciliation, orders out of sight. */
function LinkStrip(): ReactElement | null {
  const now = useNow();
  const link = useWorkstation((store) => store.link);
  const connection = useWorkstation(({ state }) => state?.connection ?? null);
  const unknown = useWorkstation(
    useShallow(({ state }) =>
      state === null
        ? []
        : [...state.orders.values()].flatMap((it) => (it.state.phase === 'unknown' ? [it.number] : [])),
    ),
  );
  if (link.phase === 'lost') {
    return (
      <div className="strip bad" role="status">
        <Icon name="unlink" />
        <span>
          <b>Link to the workstation lost {formatAge(now - link.since)} ago.</b> Last known state.
        </span>
        <span className="spring" />
        <span className="t2">Connecting again by itself</span>
      </div>
    );
  }
  if (connection === null) return null;
  if (connection.phase === 'ready') {
    if (unknown.length === 0) return null;
    return (
      <div className="strip note" role="status">
        <Icon name="info" />
        <span>
          <b>{unknown.join(', ')} may or may not be at IBKR.</b> Not resent.
        </span>
      </div>
    );
  }
  if (connection.phase === 'reconciling') {
    return (
      <div className="strip note" role="status">
        <Icon name="clock" />
        <span>
          <b>Reconciling with IBKR</b> for {formatAge(now - connection.since)}. New orders wait until orders, executions
          and positions are compared.
        </span>
      </div>
    );
  }
  const retry = connection.phase === 'disconnected' && connection.retryAt !== null ? connection.retryAt - now : null;
  return (
    <div className="strip bad" role="status">
      <Icon name="unlink" />
      <span>
        <b>IBKR {describeConnection(connection)}</b> since {formatAge(now - connection.since)}. Orders rest at IBKR as
        last known.
      </span>
      <span className="spring" />
      {retry === null ? null : <span className="t2">Retry in {Math.max(0, Math.ceil(retry / 1_000))} s</span>}
    </div>
  );
}

/** The tabs and the one action of the panel, in its strip. */
export function ActiveOrdersActions(): ReactElement {
  const { ui } = useSession();
  const tab = useUi((store) => store.orderTab);
  const dismissed = useUi((store) => store.dismissed);
  const counts = useWorkstation(
    useShallow(({ state }) =>
      state === null ? { live: 0, filled: 0, cancelled: 0, all: 0 } : countTabs(state, dismissed),
    ),
  );
  return (
    <>
      <Segmented
        label="Orders shown"
        value={tab}
        onChange={(orderTab) => ui.setState({ orderTab })}
        options={[
          { value: 'live', text: 'Live', count: counts.live },
          { value: 'filled', text: 'Filled', count: counts.filled },
          { value: 'cancelled', text: 'Cancelled', count: counts.cancelled },
          { value: 'all', text: 'All', count: counts.all },
        ]}
      />
      <Button
        size="small"
        disabled={counts.live === 0}
        title="Cancel all own working orders (A)"
        onClick={() => ui.setState({ dialog: { kind: 'cancel-all' } })}
      >
        Cancel all… <kbd>A</kbd>
      </Button>
    </>
  );
}
