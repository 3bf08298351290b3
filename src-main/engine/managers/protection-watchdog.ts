import type { ClientOrderId, ConId } from '#domain/ids';
import type { Turn } from '#engine/turn';

/** Compares the positions that this step touched with the stops that protect them. */
export function watchProtection(_turn: Turn, _touched: readonly ClientOrderId[], _moved: readonly ConId[]): void {
  return;
}

/** A session is ready: every protected position is looked at anew. */
export function watchAllProtection(_turn: Turn): void {
  return;
}

/** Protection has been missing for as long as it may. */
export function onProtectionDue(_turn: Turn, _conId: ConId): void {
  return;
}
