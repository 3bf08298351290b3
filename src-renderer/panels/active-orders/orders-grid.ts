import {
  CellStyleModule,
  ClientSideRowModelApiModule,
  ClientSideRowModelModule,
  HighlightChangesModule,
  ModuleRegistry,
  RenderApiModule,
  RowApiModule,
  RowSelectionModule,
  RowStyleModule,
  ScrollApiModule,
  ColumnApiModule,
  type ColDef,
  type GridApi,
  type GridOptions,
  type ICellRendererComp,
  type ICellRendererParams,
} from 'ag-grid-community';
import type { ClientOrderId, EpochMs } from '#domain/ids';
import { isLive } from '#domain/order-record';
import { element, iconElement } from '#renderer/components/dom';
import type { RowActions } from '#renderer/panels/active-orders/cells';
import { orderColumns } from '#renderer/panels/active-orders/columns';
import { gridTheme } from '#renderer/panels/active-orders/grid-theme';
import { sameRow, type OrderRow } from '#renderer/stores/order-rows';

ModuleRegistry.registerModules([
  CellStyleModule,
  ClientSideRowModelModule,
  ClientSideRowModelApiModule,
  ColumnApiModule,
  HighlightChangesModule,
  RenderApiModule,
  RowApiModule,
  RowSelectionModule,
  RowStyleModule,
  ScrollApiModule,
]);

/** Updates of one frame go to the grid together. */
const BATCH_MS = 50;
/** While the pointer moves over the rows, none is added or taken away under it; this long after it rests they may be. */
export const POINTER_REST_MS = 1_000;
/** From this width there is room for group and source. */
const WIDE_FROM_PX = 1_180;

type ReasonRow = Extract<OrderRow, { kind: 'reason' }>;

export interface OrdersGridActions extends RowActions {
  readonly select: (id: ClientOrderId | null) => void;
  readonly explain: (row: ReasonRow) => void;
  readonly editInTicket: (row: ReasonRow) => void;
  readonly dismiss: (row: ReasonRow) => void;
  /** Takes back the stops of a symbol that wait without an order. */
  readonly giveUp: (symbol: string) => void;
}

export interface OrdersGrid {
  /** Draws `rows`; only what differs from last time is touched. */
  show(rows: readonly OrderRow[], selected: ClientOrderId | null): void;
  /** The ages, once a second. */
  refreshAges(): void;
  setDensity(large: boolean): void;
  /** Lets go of it. */
  release(): void;
}

/** Columns for the room there is. */
export type ColumnsFor = (room: { readonly wide: boolean; readonly large: boolean }) => ColDef<OrderRow>[];

/** The columns of this list. */
export function columnsFor(actions: OrdersGridActions, now: () => EpochMs): ColumnsFor {
  return ({ wide, large }) => [...orderColumns({ now, actions, wide, large })];
}

/** How the grid is set up, once. Live cells are plain elements: no React renders at the rate of quotes. */
export function ordersGridOptions(
  actions: OrdersGridActions,
  columns: ColumnsFor,
  styleNonce: string | undefined,
): GridOptions<OrderRow> {
  return {
    theme: gridTheme,
    ...(styleNonce === undefined ? {} : { styleNonce }),
    columnDefs: columns({ wide: false, large: false }),
    defaultColDef: { sortable: false, resizable: true, suppressMovable: true, suppressHeaderMenuButton: true },
    rowData: [],
    getRowId: ({ data }) => data.key,
    asyncTransactionWaitMillis: BATCH_MS,
    rowSelection: {
      mode: 'singleRow',
      checkboxes: false,
      enableClickSelection: false,
      isRowSelectable: ({ data }) => data?.kind === 'order',
    },
    suppressCellFocus: true,
    suppressHeaderFocus: true,
    suppressNoRowsOverlay: true,
    animateRows: false,
    cellFlashDuration: 0,
    cellFadeDuration: 400,
    suppressContextMenu: true,
    isFullWidthRow: ({ rowNode }) => rowNode.data !== undefined && rowNode.data.kind !== 'order',
    fullWidthCellRenderer: reasonRenderer(actions),
    rowClassRules: {
      inner: ({ data }) => data?.kind === 'order' && (data.rail === 'top' || data.rail === 'middle' || data.explained),
      'group-end': ({ data }) => data?.kind === 'reason' || (data?.kind === 'order' && data.rail === 'end'),
      ended: ({ data }) => data?.kind === 'order' && !isLive(data.order),
    },
  };
}

/** Takes hold of a grid that is ready: what it shows, when rows may move, and how it fits its room. */
export function takeOrdersGrid(
  host: HTMLElement,
  api: GridApi<OrderRow>,
  actions: OrdersGridActions,
  columns: ColumnsFor,
): OrdersGrid {
  let shown: readonly OrderRow[] = [];
  let waiting: { rows: readonly OrderRow[]; selected: ClientOrderId | null } | null = null;
  let waitTimer: ReturnType<typeof setTimeout> | undefined;
  let lastPointerAt = Number.NEGATIVE_INFINITY;
  let wide = host.clientWidth >= WIDE_FROM_PX;
  let large = false;
  // Not ARIA's own idea of a grid name: say what it lists.
  host.querySelector('[role="grid"], [role="treegrid"]')?.setAttribute('aria-label', 'Orders');

  const draw = (rows: readonly OrderRow[], selected: ClientOrderId | null): void => {
    if (sameSequence(shown, rows)) {
      const update = rows.filter((row, index) => !sameRow(row, shown[index] ?? row));
      if (update.length > 0) api.applyTransactionAsync({ update });
    } else {
      api.flushAsyncTransactions();
      api.setGridOption('rowData', [...rows]);
    }
    shown = rows;
    select(selected);
  };
  const select = (selected: ClientOrderId | null): void => {
    const [marked] = api.getSelectedRows();
    const already = marked?.kind === 'order' ? marked.order.id : null;
    if (already === selected) return;
    const node = selected === null ? undefined : api.getRowNode(selected);
    if (node === undefined) {
      api.deselectAll();
      return;
    }
    node.setSelected(true, true, 'api');
    api.ensureNodeVisible(node);
  };
  const settle = (): void => {
    waitTimer = undefined;
    if (waiting === null) return;
    const { rows, selected } = waiting;
    waiting = null;
    draw(rows, selected);
  };

  // Chosen with the press itself: the grid tells of its own selection later, and a key may come in between.
  const pressed = ({ target }: Event): void => {
    const id = target instanceof Element ? target.closest('.ag-row')?.getAttribute('row-id') : null;
    const row = shown.find(({ key }) => key === id);
    if (row !== undefined && row.kind !== 'waiting') actions.select(row.order.id);
  };
  const pointerMoved = (): void => {
    lastPointerAt = performance.now();
  };
  const pointerLeft = (): void => {
    lastPointerAt = Number.NEGATIVE_INFINITY;
    clearTimeout(waitTimer);
    settle();
  };
  host.addEventListener('mousedown', pressed);
  host.addEventListener('pointermove', pointerMoved);
  host.addEventListener('pointerleave', pointerLeft);
  const sizes = new ResizeObserver(() => {
    const fits = host.clientWidth >= WIDE_FROM_PX;
    if (fits === wide) return;
    wide = fits;
    api.setGridOption('columnDefs', columns({ wide, large }));
  });
  sizes.observe(host);

  return {
    show: (rows, selected) => {
      const rest = POINTER_REST_MS - (performance.now() - lastPointerAt);
      if (rest <= 0 || sameSequence(shown, rows) || shown.length === 0) {
        waiting = null;
        draw(rows, selected);
        return;
      }
      waiting = { rows, selected };
      // What is still there is kept up to date in its place.
      const fresh = new Map(rows.map((row) => [row.key, row]));
      draw(
        shown.map((row) => fresh.get(row.key) ?? row),
        selected,
      );
      waitTimer ??= setTimeout(settle, rest);
    },
    refreshAges: () => api.refreshCells({ columns: ['age'], suppressFlash: true }),
    setDensity: (isLarge) => {
      large = isLarge;
      api.setGridOption('columnDefs', columns({ wide, large }));
      api.resetRowHeights();
    },
    release: () => {
      clearTimeout(waitTimer);
      sizes.disconnect();
      host.removeEventListener('mousedown', pressed);
      host.removeEventListener('pointermove', pointerMoved);
      host.removeEventListener('pointerleave', pointerLeft);
    },
  };
}

function sameSequence(a: readonly OrderRow[], b: readonly OrderRow[]): boolean {
  return a.length === b.length && a.every((row, index) => row.key === b[index]?.key);
}

/** The reason below a refused order, with what can be done about it; or a stop that waits without an order. */
function reasonRenderer(actions: OrdersGridActions): new () => ICellRendererComp<OrderRow> {
  return class implements ICellRendererComp<OrderRow> {
    private readonly root = element('div', 'reason');

    init(parameters: ICellRendererParams<OrderRow>): void {
      this.root.setAttribute('role', 'gridcell');
      this.refresh(parameters);
    }

    getGui(): HTMLElement {
      return this.root;
    }

    refresh({ data }: ICellRendererParams<OrderRow>): boolean {
      if (data?.kind === 'waiting') {
        const waits = element('span', 'waiting-stop', iconElement('warn'), data.words);
        waits.title = data.words;
        this.root.classList.add('waits');
        const giveUp = element('button', 'link-btn', 'Give up');
        giveUp.setAttribute('type', 'button');
        giveUp.setAttribute('aria-label', `Give up waiting in ${data.stop.symbol}`);
        giveUp.addEventListener('click', () => actions.giveUp(data.stop.symbol));
        this.root.replaceChildren(waits, giveUp);
        return true;
      }
      if (data?.kind !== 'reason') return false;
      const words = element('span', '', data.reason);
      words.title = data.reason;
      this.root.replaceChildren(words);
      const link = (text: string, act: (row: ReasonRow) => void): void => {
        const made = element('button', 'link-btn', text);
        made.setAttribute('type', 'button');
        made.setAttribute('aria-label', `${text} ${data.order.number}`);
        made.addEventListener('click', () => act(data));
        this.root.append(made);
      };
      if (data.order.decisionId !== null) {
        link('Explain', actions.explain);
        link('Edit in ticket', actions.editInTicket);
      }
      if (data.dismissible) link('Dismiss', actions.dismiss);
      return true;
    }
  };
}
