import type { ClientOrderId, ConId, EpochMs, GroupId } from '#domain/ids';
import type { OrderRecord } from '#domain/order-record';
import type { Follower } from '#engine/managers/trail-follower';
import { PriceFilter, type PriceStream } from '#engine/managers/trail-prices';

/**
 * What the stops of a symbol have to do besides following its prices, when each was last looked at: nothing; to move when it
 * is their turn; or what only another look can tell.
 */
export type Errand = 'none' | 'move' | 'unknown';

/** Everything that is followed of one instrument. */
export interface FollowedSymbol {
  readonly conId: ConId;
  readonly followers: Map<GroupId, Follower>;
  readonly filters: Readonly<Record<PriceStream, PriceFilter>>;
  /** The prices that any of its stops follows. */
  readonly streams: Set<PriceStream>;
  errand: Errand;
  /** One stop of a symbol moves a second, however many there are. */
  nextMoveAt: number;
}

/** Where the managed stops of this process life stand. Nothing of it is journaled: all begins anew with each session. */
export class TrailWatch {
  readonly symbols = new Map<ConId, FollowedSymbol>();
  /** Symbols with a stop that could move now, were it its turn. */
  readonly waiting = new Set<FollowedSymbol>();
  /** Stops that the market is through and IBKR has not filled, and since when; null: a person has been told. */
  readonly through = new Map<Follower, EpochMs | null>();
  /** When the engine wakes for them next. */
  wakeAt: EpochMs | null = null;
  /** When stops were moved in the last second, oldest first. */
  readonly movedAt: EpochMs[] = [];
  /** Stops that this app, or a person with it, asked IBKR to cancel. */
  readonly cancelsAsked = new Set<ClientOrderId>();

  /** @param orders the ledger of earlier lives: what they asked to cancel, they asked for this one too. */
  constructor(orders: Iterable<OrderRecord>) {
    for (const order of orders) {
      if (order.state.phase === 'cancelling' && order.state.effectId !== null) this.noteCancel(order);
    }
  }

  /** This app asks IBKR to cancel `order`: that it goes away is no surprise then. */
  noteCancel({ id, group }: OrderRecord): void {
    if (group?.role === 'protective-stop') this.cancelsAsked.add(id);
  }

  symbolOf(conId: ConId): FollowedSymbol {
    const known = this.symbols.get(conId);
    if (known !== undefined) return known;
    const filters = {
      last: new PriceFilter('last'),
      bid: new PriceFilter('bid'),
      ask: new PriceFilter('ask'),
      mid: new PriceFilter('mid'),
    };
    const symbol: FollowedSymbol = {
      ...{ conId, followers: new Map(), filters, streams: new Set() },
      ...{ errand: 'unknown', nextMoveAt: 0 },
    };
    this.symbols.set(conId, symbol);
    return symbol;
  }

  /** The stop is not followed any more. */
  drop(conId: ConId, id: GroupId): void {
    const { followers } = this.symbolOf(conId);
    const follower = followers.get(id);
    if (follower === undefined) return;
    followers.delete(id);
    this.through.delete(follower);
  }

  /** Forgets the prices and stops of an earlier session, not the budgets. */
  startAnew(): void {
    for (const [conId, { nextMoveAt }] of [...this.symbols]) {
      this.symbols.delete(conId);
      this.symbolOf(conId).nextMoveAt = nextMoveAt;
    }
    this.waiting.clear();
    this.through.clear();
  }
}
