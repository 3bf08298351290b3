import { formatDateTime, formatPrice, NOT_KNOWN } from '#domain/format';
import type { StopMove } from '#domain/trailing-stop';
import type { CliIo } from './cli-io';
import { plain, table, type Column } from './format';

const COLUMNS: readonly Column[] = [
  { title: 'Time', align: 'left' },
  { title: 'Stop', align: 'right' },
  { title: 'Best price', align: 'right' },
];

/** Where a stop stood, oldest first. A best price that is not known is IBKR's own, or the stop did not trail then. */
export function stopMovesTable(
  { timeZone, colour }: Pick<CliIo, 'timeZone' | 'colour'>,
  moves: readonly StopMove[],
): string {
  const rows = moves.map(({ at, stop, waterMark }) =>
    [formatDateTime(at, timeZone), formatPrice(stop), waterMark === null ? NOT_KNOWN : formatPrice(waterMark)].map(
      plain,
    ),
  );
  return table(COLUMNS, rows, colour);
}
