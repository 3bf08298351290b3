import { correlationOf, formatCorrelation, type MapSymbol } from '#renderer/stores/correlation-map';
import type { CorrelationPicture } from '#domain/correlation';

/** Where labels fit into the margin, and values into their cells. */
const LABEL_CELL_PX = 9;
const VALUE_CELL_PX = 20;
/** The margin that labels stand in. */
const LABEL_WIDTH_PX = 48;
const LABEL_HEIGHT_PX = 44;
const NO_LABEL_MARGIN_PX = 6;
const STEPS = 20;
const LABEL_FONT_PX_MAX = 11;

/** How the map is looked at. */
export interface HeatView {
  readonly cellPx: number;
  readonly scrollLeft: number;
  readonly scrollTop: number;
  readonly width: number;
  readonly height: number;
  readonly threshold: number;
  /** The cell under the pointer or the keyboard; null: none. */
  readonly cell: { readonly row: number; readonly column: number } | null;
}

interface Colours {
  readonly scale: (value: number) => string;
  readonly panel: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly ink: string;
  readonly focus: string;
}

/** The tokens of the theme as it is now. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const [negative, middle, positive] = [token('--heat-neg'), token('--heat-mid'), token('--heat-pos')];
  const palette = (end: string): readonly string[] =>
    Array.from({ length: STEPS + 1 }, (_, step) => `color-mix(in oklab, ${end} ${(step / STEPS) * 100}%, ${middle})`);
  const [below, above] = [palette(negative), palette(positive)];
  return {
    scale: (value) => (value < 0 ? below : above)[Math.round(Math.min(1, Math.abs(value)) * STEPS)] ?? middle,
    panel: token('--bg-panel'),
    line: token('--line-strong'),
    text: token('--text-1'),
    muted: token('--text-3'),
    ink: token('--heat-ink'),
    focus: token('--focus'),
  };
}

/** What stands left of and above the cells. */
export function marginsOf(cellPx: number): { readonly left: number; readonly top: number } {
  return cellPx >= LABEL_CELL_PX
    ? { left: LABEL_WIDTH_PX, top: LABEL_HEIGHT_PX }
    : { left: NO_LABEL_MARGIN_PX, top: NO_LABEL_MARGIN_PX };
}

/** The cell at a place of the canvas; null: none. */
export function cellAt(view: HeatView, count: number, x: number, y: number): HeatView['cell'] {
  const { left, top } = marginsOf(view.cellPx);
  if (x < left || y < top) return null;
  const column = Math.floor((x - left + view.scrollLeft) / view.cellPx);
  const row = Math.floor((y - top + view.scrollTop) / view.cellPx);
  return row < count && column < count ? { row, column } : null;
}

/** Draws the part of the map that is seen: colours, values where they fit, frames around what is over the threshold. */
export function drawHeat(
  context: CanvasRenderingContext2D,
  picture: CorrelationPicture,
  ordered: readonly MapSymbol[],
  view: HeatView,
  colours: Colours,
): void {
  const { cellPx, scrollLeft, scrollTop, width, height, threshold, cell } = view;
  const { left, top } = marginsOf(cellPx);
  const gap = cellPx >= LABEL_CELL_PX ? 1 : 0;
  const x = (column: number): number => left + column * cellPx - scrollLeft;
  const y = (row: number): number => top + row * cellPx - scrollTop;
  const seen = (start: number, room: number): [number, number] => [
    Math.max(0, Math.floor(start / cellPx)),
    Math.min(ordered.length, Math.ceil((start + room) / cellPx)),
  ];
  const [firstColumn, endColumn] = seen(scrollLeft, width - left);
  const [firstRow, endRow] = seen(scrollTop, height - top);
  context.fillStyle = colours.panel;
  context.fillRect(0, 0, width, height);
  context.save();
  context.beginPath();
  context.rect(left, top, width - left, height - top);
  context.clip();
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `600 ${Math.min(11, Math.floor(cellPx * 0.46))}px "Inter Variable", sans-serif`;
  for (let row = firstRow; row < endRow; row += 1) {
    for (let column = firstColumn; column < endColumn; column += 1) {
      const [a, b] = [ordered[row], ordered[column]];
      if (a === undefined || b === undefined) continue;
      const value = row === column ? null : correlationOf(picture, a.index, b.index);
      const size = cellPx - gap;
      if (value === null) {
        if (row !== column) drawUnknown(context, x(column), y(row), size, colours);
        continue;
      }
      context.fillStyle = colours.scale(value);
      context.fillRect(x(column), y(row), size, size);
      const strong = Math.abs(value) >= threshold;
      if (cellPx >= VALUE_CELL_PX) {
        context.fillStyle = strong && value > 0 ? colours.ink : colours.text;
        context.fillText(formatCorrelation(value), x(column) + size / 2, y(row) + size / 2 + 0.5);
      }
      if (strong && cellPx >= LABEL_CELL_PX) {
        context.strokeStyle = colours.text;
        context.lineWidth = 1;
        context.strokeRect(x(column) + 0.5, y(row) + 0.5, size - 1, size - 1);
      }
    }
  }
  drawSectorLines(context, ordered, { x, y }, colours);
  if (cell !== null) {
    context.strokeStyle = colours.focus;
    context.lineWidth = 2;
    context.strokeRect(x(cell.column) - 1, y(cell.row) - 1, cellPx + 1, cellPx + 1);
  }
  context.restore();
  if (cellPx >= LABEL_CELL_PX) {
    drawLabels(context, ordered, view, colours, { firstColumn, endColumn, firstRow, endRow });
  }
}

/** A cross-line: nobody may take "not known" for zero. */
function drawUnknown(context: CanvasRenderingContext2D, x: number, y: number, size: number, colours: Colours): void {
  context.strokeStyle = colours.muted;
  context.lineWidth = 0.75;
  context.beginPath();
  context.moveTo(x, y + size);
  context.lineTo(x + size, y);
  context.stroke();
}

function drawSectorLines(
  context: CanvasRenderingContext2D,
  ordered: readonly MapSymbol[],
  { x, y }: { readonly x: (column: number) => number; readonly y: (row: number) => number },
  colours: Colours,
): void {
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  ordered.forEach(({ sector }, at) => {
    if (at === 0 || ordered[at - 1]?.sector === sector) return;
    context.moveTo(x(at) - 0.5, y(0));
    context.lineTo(x(at) - 0.5, y(ordered.length));
    context.moveTo(x(0), y(at) - 0.5);
    context.lineTo(x(ordered.length), y(at) - 0.5);
  });
  context.stroke();
}

function drawLabels(
  context: CanvasRenderingContext2D,
  ordered: readonly MapSymbol[],
  { cellPx, scrollLeft, scrollTop, width, height, cell }: HeatView,
  colours: Colours,
  seen: {
    readonly firstColumn: number;
    readonly endColumn: number;
    readonly firstRow: number;
    readonly endRow: number;
  },
): void {
  const { left, top } = marginsOf(cellPx);
  const font = (strong: boolean): string =>
    `${strong ? 700 : 500} ${Math.min(LABEL_FONT_PX_MAX, cellPx)}px "Inter Variable", sans-serif`;
  context.fillStyle = colours.panel;
  context.fillRect(0, 0, width, top - 1);
  context.fillRect(0, 0, left - 1, height);
  context.save();
  context.beginPath();
  context.rect(0, top, left, height - top);
  context.clip();
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (let row = seen.firstRow; row < seen.endRow; row += 1) {
    const chosen = cell?.row === row;
    context.font = font(chosen);
    context.fillStyle = chosen ? colours.focus : colours.text;
    context.fillText(ordered[row]?.symbol ?? '', left - 4, top + (row + 0.5) * cellPx - scrollTop);
  }
  context.restore();
  context.save();
  context.beginPath();
  context.rect(left, 0, width - left, top);
  context.clip();
  context.textAlign = 'left';
  for (let column = seen.firstColumn; column < seen.endColumn; column += 1) {
    const chosen = cell?.column === column;
    context.save();
    context.translate(left + (column + 0.5) * cellPx - scrollLeft, top - 4);
    context.rotate(-Math.PI / 2);
    context.font = font(chosen);
    context.textBaseline = 'middle';
    context.fillStyle = chosen ? colours.focus : colours.text;
    context.fillText(ordered[column]?.symbol ?? '', 0, 0);
    context.restore();
  }
  context.restore();
}
