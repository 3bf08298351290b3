import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { CorrelationPicture } from '#domain/correlation';
import { useUi } from '#renderer/components/session-context.tsx';
import { cellAt, coloursOf, drawHeat, marginsOf, type HeatView } from '#renderer/panels/correlation/heat-canvas';
import { correlationOf, formatCorrelation, type MapSymbol } from '#renderer/stores/correlation-map';

/** Cells that a step of the zoom makes so large; the first fits all of them into the panel. */

export type Zoom = 'fit' | 'labels' | 'values';
const CELL_PX = { labels: 12, values: 26 } as const;
const FIT_CELL_PX_MIN = 3;
const FIT_CELL_PX_MAX = 40;

type Cell = NonNullable<HeatView['cell']>;

/** The map on a canvas: the pointer or the arrows choose a cell, and its value stands below in words. */
export function HeatMap({
  picture,
  ordered,
  threshold,
  zoom,
  cell,
  onCell,
}: {
  readonly picture: CorrelationPicture;
  readonly ordered: readonly MapSymbol[];
  readonly threshold: number;
  readonly zoom: Zoom;
  readonly cell: Cell | null;
  readonly onCell: (cell: Cell | null) => void;
}): ReactElement {
  const theme = useUi((store) => store.theme);
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [scroll, setScroll] = useState({ scrollLeft: 0, scrollTop: 0 });
  const count = ordered.length;
  const cellPx = zoom === 'fit' ? fittingCell(size, count) : Math.max(CELL_PX[zoom], fittingCell(size, count));
  const { left, top } = marginsOf(cellPx);
  const view: HeatView = { ...size, ...scroll, cellPx, threshold, cell };

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d') ?? null;
    if (element === null || context === null || size.width === 0) return;
    const scale = window.devicePixelRatio;
    element.width = Math.round(size.width * scale);
    element.height = Math.round(size.height * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    drawHeat(context, picture, ordered, view, coloursOf(element));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `view` is made of what stands here; `theme` changes the colours that are read.
  }, [picture, ordered, size, scroll, cellPx, threshold, cell, theme]);

  const reveal = useCallback(
    ({ row, column }: Cell): void => {
      const element = place.current;
      if (element === null) return;
      const inside = (at: number, from: number, room: number): number =>
        Math.min(at * cellPx, Math.max(from, (at + 1) * cellPx - room));
      element.scrollTo(
        inside(column, element.scrollLeft, element.clientWidth - left),
        inside(row, element.scrollTop, element.clientHeight - top),
      );
    },
    [cellPx, left, top],
  );
  const keys = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined || count === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const inside = (at: number): number => Math.min(count - 1, Math.max(0, at));
    const next =
      cell === null
        ? { row: 0, column: 1 }
        : { row: inside(cell.row + step[0]), column: inside(cell.column + step[1]) };
    onCell(next);
    reveal(next);
  };
  return (
    <div
      ref={place}
      className="heat"
      tabIndex={0}
      role="group"
      aria-label={`Heat map of ${count} symbols: the arrows choose a pair`}
      onScroll={({ currentTarget: { scrollLeft, scrollTop } }) => setScroll({ scrollLeft, scrollTop })}
      onKeyDown={keys}
      onMouseMove={({ clientX, clientY }) => {
        const box = canvas.current?.getBoundingClientRect();
        if (box !== undefined) onCell(cellAt(view, count, clientX - box.left, clientY - box.top));
      }}
      onMouseLeave={() => onCell(null)}
    >
      <canvas ref={canvas} aria-hidden style={{ width: size.width, height: size.height }} />
      <div className="extent" style={{ width: left + count * cellPx, height: top + count * cellPx }} />
    </div>
  );
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The largest cell with which all of them are seen at once, labels and all where they have room. */
function fittingCell({ width, height }: { readonly width: number; readonly height: number }, count: number): number {
  const room = (cellPx: number): number => {
    const { left, top } = marginsOf(cellPx);
    return Math.min((width - left) / Math.max(1, count), (height - top) / Math.max(1, count));
  };
  const labelled = room(FIT_CELL_PX_MAX);
  const cellPx = marginsOf(labelled).left === marginsOf(FIT_CELL_PX_MAX).left ? labelled : room(0);
  return Math.max(FIT_CELL_PX_MIN, Math.min(FIT_CELL_PX_MAX, Math.floor(cellPx)));
}

/** A pair in words. */
export function describeCell(
  picture: CorrelationPicture,
  ordered: readonly MapSymbol[],
  { row, column }: Cell,
): string {
  const [a, b] = [ordered[row], ordered[column]];
  if (a === undefined || b === undefined) return '';
  if (row === column) return `${a.symbol} · ${a.sector}`;
  const value = correlationOf(picture, a.index, b.index);
  const sectors = a.sector === b.sector ? a.sector : `${a.sector} / ${b.sector}`;
  return `${a.symbol} – ${b.symbol} ${value === null ? 'not known' : formatCorrelation(value)} · ${sectors}`;
}
