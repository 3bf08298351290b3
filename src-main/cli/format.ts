import { present } from '#domain/assert';

export type Style = 'plain' | 'buy' | 'sell' | 'muted' | 'bad';

/** A cell of a table: its text, and how it is painted where colours are shown. */
export interface Cell {
  readonly text: string;
  readonly style: Style;
}

export interface Column {
  readonly title: string;
  /** Figures are right-aligned, words are left-aligned. */
  readonly align: 'left' | 'right';
}

/** A line of a table that heads the rows below it; it takes no column's width. */
export interface Heading {
  readonly heading: string;
}

const GAP = '  ';
const SGR = { plain: null, buy: 34, sell: 31, muted: 2, bad: 31 } as const satisfies Record<Style, number | null>;

function paint(text: string, style: Style, colour: boolean): string {
  const code = SGR[style];
  return colour && code !== null ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** A cell in the plain style. */
export const plain = (text: string): Cell => ({ text, style: 'plain' });

/** A side in its colour; the word says it as well. */
export const sideCell = (side: 'BUY' | 'SELL'): Cell => ({ text: side, style: side === 'BUY' ? 'buy' : 'sell' });

/** Lines of an aligned table, the titles first; every row has a cell for each column. Nothing is cut. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[] | Heading)[],
  colour: boolean,
): string {
  const titles = columns.map(({ title }): Cell => ({ text: title, style: 'muted' }));
  const lines: readonly (readonly Cell[] | Heading)[] = [titles, ...rows];
  const cellAt = (cells: readonly Cell[], index: number): Cell => present(cells[index], 'the cell of a column');
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => ('heading' in line ? 0 : cellAt(line, index).text.length))),
  );
  return lines
    .map((line) => {
      if ('heading' in line) return `${paint(line.heading, 'muted', colour)}\n`;
      const aligned = columns.map(({ align }, index) => {
        const { text, style } = cellAt(line, index);
        const space = ' '.repeat(present(widths[index], 'the width of a column') - text.length);
        const painted = paint(text, style, colour);
        if (align === 'right') return space + painted;
        return index === columns.length - 1 ? painted : painted + space;
      });
      return `${aligned.join(GAP)}\n`;
    })
    .join('');
}

/** The columns that have something in a row, and their cells: an empty column says nothing and takes width. */
export function withoutEmptyColumns(
  columns: readonly Column[],
  rows: readonly (readonly Cell[] | Heading)[],
): { readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[] | Heading)[] } {
  const isUsed = columns.map((_, index) => rows.some((row) => !('heading' in row) && row[index]?.text !== ''));
  const used = <T>(all: readonly T[]): readonly T[] => all.filter((_, index) => isUsed[index] === true);
  return { columns: used(columns), rows: rows.map((row) => ('heading' in row ? row : used(row))) };
}

/** Names and values, aligned: what a single thing looks like. */
export function facts(pairs: readonly (readonly [string, string])[], colour: boolean): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${paint(name.padEnd(width), 'muted', colour)}${GAP}${value}\n`).join('');
}

/** One JSON document on one line. */
export function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
