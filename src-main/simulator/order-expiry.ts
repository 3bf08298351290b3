import { present } from '#domain/assert';
import type { MarketHours } from '#simulator/market-hours';
import type { SimulatedOrder } from '#simulator/simulated-order';
import { parseMoment } from '#simulator/written-moment';

/** When an order that is transmitted or changed at `now` ends by itself; Infinity when its time in force has no end. */
export function expiryOf({ terms, instrument, outsideRth }: SimulatedOrder, hours: MarketHours, now: number): number {
  const span = outsideRth ? 'trading' : 'liquid';
  switch (terms.tif) {
    case 'DAY':
      return hours.dayEnd(instrument, span, now);
    case 'GTD': {
      const until = present(parseMoment(terms.goodTillDate, hours.zoneOf(instrument)), 'good till date');
      // A date without a time means the end of that day's session.
      return until.wholeDay ? hours.dayEnd(instrument, span, until.at) : until.at;
    }
    case 'GTC':
    case 'IOC':
      return Infinity;
  }
}
