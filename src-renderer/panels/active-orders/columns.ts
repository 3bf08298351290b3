import type { ColDef, ICellRendererComp, ICellRendererParams } from 'ag-grid-community';
import type { EpochMs } from '#domain/ids';
import { limitOf, stopOf, typeNameOf } from '#domain/order-spec';
import {
  actionsCell,
  ageText,
  custodyCell,
  distanceCell,
  filledCell,
  groupCell,
  limitCell,
  railCell,
  sideCell,
  sourceCell,
  statusCell,
  stopCell,
  symbolCell,
  trailCell,
  type OrderCells,
  type RowActions,
} from '#renderer/panels/active-orders/cells';
import type { OrderRow } from '#renderer/stores/order-rows';

type Column = ColDef<OrderRow>;
type Draw = (row: OrderCells) => Node | string;

/** A cell that a plain function draws anew when its value changed. */
function drawnBy(draw: Draw): new () => ICellRendererComp<OrderRow> {
  return class implements ICellRendererComp<OrderRow> {
    private readonly root = document.createElement('span');

    init(parameters: ICellRendererParams<OrderRow>): void {
      this.root.style.display = 'contents';
      this.refresh(parameters);
    }

    getGui(): HTMLElement {
      return this.root;
    }

    refresh({ data }: ICellRendererParams<OrderRow>): boolean {
      this.root.replaceChildren(data?.kind === 'order' ? draw(data) : '');
      return true;
    }
  };
}

const of =
  <T>(read: (row: OrderCells) => T) =>
  ({ data }: { readonly data?: OrderRow | undefined }): T | null =>
    data?.kind === 'order' ? read(data) : null;

/** Two buttons, and room for a scroll bar that lies over the rows (macOS). */
const ACTIONS_WIDTH = 60;

export interface ColumnChoices {
  readonly now: () => EpochMs;
  readonly actions: RowActions;
  /** Room for group and for the words of the source. */
  readonly wide: boolean;
  /** The large text leaves no room for time in force and source. */
  readonly large: boolean;
}

/** The columns of Active Orders, with the widths of the design; what is left over is shared. */
export function orderColumns({ now, actions, wide, large }: ColumnChoices): readonly Column[] {
  const text = (id: string, headerName: string, width: number, more: Column): Column => ({
    colId: id,
    headerName,
    minWidth: large ? Math.round((width * 1.09) / 4) * 4 : width,
    flex: width,
    ...more,
  });
  const figure = (id: string, headerName: string, width: number, more: Column): Column =>
    text(id, headerName, width, { cellClass: 'right', headerClass: 'ag-right-aligned-header', ...more });
  const fixed = (column: Column, width: number): Column => ({
    ...column,
    flex: 0,
    width,
    minWidth: width,
    maxWidth: width,
  });

  const columns: readonly (Column | null)[] = [
    fixed(
      text('rail', 'Group', 24, {
        headerClass: 'silent',
        pinned: 'left',
        cellClass: 'flush',
        valueGetter: of((row) => row.rail),
        cellRenderer: drawnBy(railCell),
      }),
      24,
    ),
    fixed(text('number', 'ID', 48, { pinned: 'left', valueGetter: of(({ order }) => order.number) }), large ? 56 : 48),
    fixed(
      text('symbol', 'Symbol', 60, {
        pinned: 'left',
        valueGetter: of(({ order, rail }) => `${order.spec.symbol} ${rail}`),
        cellRenderer: drawnBy(symbolCell),
      }),
      large ? 68 : 64,
    ),
    fixed(
      text('side', 'Side', 48, {
        pinned: 'left',
        valueGetter: of(({ order, look }) => `${order.spec.side} ${look}`),
        cellRenderer: drawnBy(sideCell),
      }),
      large ? 52 : 48,
    ),
    figure('filled', 'Filled / qty', wide ? 88 : 80, {
      valueGetter: of(({ order }) => `${order.filled} / ${order.spec.quantity}`),
      cellRenderer: drawnBy(filledCell),
      enableCellChangeFlash: true,
    }),
    text('type', 'Type', 60, { valueGetter: of(({ order }) => typeNameOf(order.spec.terms)) }),
    figure('limit', 'Limit', 64, {
      valueGetter: of(({ order }) => pricesOf(order.spec.terms, order.modification?.terms, limitOf)),
      cellRenderer: drawnBy(limitCell),
      enableCellChangeFlash: true,
    }),
    figure('stop', 'Stop', 64, {
      valueGetter: of(({ order }) => pricesOf(order.spec.terms, order.modification?.terms, stopOf)),
      cellRenderer: drawnBy(stopCell),
      enableCellChangeFlash: true,
    }),
    figure('trail', 'Trail', 52, {
      valueGetter: of(({ trail }) => trail),
      cellRenderer: drawnBy(trailCell),
    }),
    figure('distance', 'To market', 120, {
      valueGetter: of(({ distance, mark }) =>
        distance === null ? '' : `${distance.change} ${distance.ratio} ${mark?.why ?? ''}`,
      ),
      cellRenderer: drawnBy(distanceCell),
    }),
    large && !wide ? null : text('tif', 'TIF', 44, { valueGetter: of(({ order }) => order.spec.timeInForce) }),
    text('status', 'Status', 144, {
      valueGetter: of(
        ({ order, look }) =>
          `${look} ${order.state.phase === 'pending' ? order.state.hold : ''} ${order.modification === null ? '' : 'changing'}`,
      ),
      cellRenderer: drawnBy(statusCell),
      enableCellChangeFlash: true,
    }),
    wide
      ? text('group', 'Group', 80, {
          valueGetter: of(({ group }) => `${group?.role ?? ''} ${group?.number ?? ''} ${group?.level ?? ''}`),
          cellRenderer: drawnBy(groupCell),
        })
      : null,
    text('custody', 'Custody', 96, {
      valueGetter: of(
        ({ look, custody, lag, suspended }) =>
          `${look} ${custody?.label ?? ''} ${custody?.atRisk ?? ''} ${lag ?? ''} ${suspended ? 'suspended' : ''}`,
      ),
      cellRenderer: drawnBy(custodyCell),
    }),
    large && !wide
      ? null
      : text('source', wide ? 'Source' : 'Src', wide ? 88 : 40, {
          valueGetter: of(({ order }) => order.origin),
          cellRenderer: drawnBy((row) => sourceCell(row, wide)),
        }),
    figure('age', 'Age', 68, { valueGetter: of((row) => ageText(row, now())), cellClass: 'right t2' }),
    fixed(
      text('actions', 'Actions', ACTIONS_WIDTH, {
        headerClass: 'silent',
        pinned: 'right',
        cellClass: 'flush',
        valueGetter: of(({ order, look, suspended }) => `${order.state.phase} ${look} ${suspended ? 'suspended' : ''}`),
        cellRenderer: drawnBy((row) => actionsCell(row, actions)),
      }),
      ACTIONS_WIDTH,
    ),
  ];
  return columns.flatMap((column) => (column === null ? [] : [column]));
}

function pricesOf<T>(now: T, wanted: T | undefined, read: (terms: T) => string | null): string {
  return `${read(now) ?? ''} ${wanted === undefined ? '' : (read(wanted) ?? '')}`;
}
