import type { EpochMs } from '#domain/ids';
import { placeInSessions } from '#domain/market-hours';
import type { OrderRecord } from '#domain/order-record';
import type { WorkstationState } from '#domain/workstation-state';
import { formatDayAndTime } from '#renderer/format/display';

/** What a person may want to do with an order by hand. */
export type HandVerb = 'cancel' | 'modify';

/**
 * Why `verb` has to wait for the market of `order`, and until when; null: it does not. The engine decides; this greys out
 * what it would refuse (risk.orderManagementWhenClosed).
 */
export function whyMarketClosed(
  state: WorkstationState,
  { spec }: OrderRecord,
  verb: HandVerb,
  now: EpochMs,
): string | null {
  const policy = state.settings.risk.orderManagementWhenClosed;
  if (policy === 'enabled' || (policy === 'cancel-only' && verb === 'cancel')) return null;
  const instrument = state.instruments.get(spec.conId);
  const sessions = (spec.outsideRth ? instrument?.tradingHours : instrument?.liquidHours) ?? [];
  const place = placeInSessions(sessions, now);
  if (place.state === 'in') return null;
  if (place.state === 'before') {
    return `The market of ${spec.symbol} is closed. It opens ${formatDayAndTime(place.opensAt)}.`;
  }
  // Hours that are not known hold no cancel up.
  return verb === 'cancel' ? null : `IBKR has given no trading hours of ${spec.symbol} for now.`;
}
