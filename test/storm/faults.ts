import { laterBy } from '#domain/ids';
import { formatUnits } from '#simulator/fixed';
import { isFinal, remainingOf, type OrderInstruction, type SimulatedOrder } from '#simulator/simulated-order';
import type { Dice } from '#test/storm/dice';
import type { FaultKind } from '#test/storm/script';
import type { Life, World } from '#test/storm/world';

/** Ours and other clients': whose order a fault is about. */
const FOREIGN_CLIENT = 99;
const FREEZE_MS_MAX = 8_000;
const DOWN_MS_MAX = 15_000;
const HOLD_MS_MAX = 12_000;
const SLEEP_MS_MAX = 40_000;
const CLOCK_AHEAD_MS_MAX = 30_000;
const REFUSED_CHANGES = [110, 104, 161, 201, 321, 105] as const;
const REJECTIONS = [201, 200, 110, 321, 203] as const;
const REFUSED_CANCELS = [10148, 161, 10147] as const;

/** What a fault came to, in words; null when there was nothing that it could hit. */
export type Struck = string | null;

/** Does what can go wrong in a world, and undoes it. */
export class FaultMaker {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  strike(fault: FaultKind, dice: Dice): Struck {
    const { exchange, life } = this.#world;
    switch (fault) {
      case 'drop':
        return this.#withLife((it) => this.#drop(it, dice, false));
      case 'roll-back-ids':
        return this.#withLife((it) => this.#drop(it, dice, true));
      case 'drop-at-message':
        return this.#withLife((it) => {
          const messages = dice.whole(0, 4);
          it.line.endAfter(messages, () => this.#drop(it, dice, false));
          return `the connection breaks after ${messages} more messages`;
        });
      case 'crash-at-message':
        return this.#withLife((it) => {
          const messages = dice.whole(0, 4);
          it.line.endAfter(messages, () => this.#crash(dice));
          return `the process dies after ${messages} more messages`;
        });
      case 'crash-at-append':
        return this.#withLife((it) => {
          const appends = dice.whole(1, 6);
          it.journal.endAfter(appends, () => this.#crash(dice));
          return `the process dies at its ${appends}. write from here`;
        });
      case 'crash':
        return this.#withLife(() => this.#crash(dice));
      case 'disk-full': {
        this.#world.disk.fill(true);
        this.#later(dice.whole(1_000, HOLD_MS_MAX), () => {
          this.#crash(dice);
          this.#world.disk.fill(false);
        });
        return 'the disk is full';
      }
      case 'sleep':
        return this.#withLife(({ clock }) => {
          const ms = dice.whole(500, SLEEP_MS_MAX);
          clock.sleep(ms);
          return `the machine sleeps for ${ms} ms`;
        });
      case 'lose-upstream':
        return this.#loseUpstream(dice);
      case 'lose-quotes':
        return this.#withLife(({ broker }) => {
          const ms = dice.whole(500, DOWN_MS_MAX);
          broker.loseQuotes();
          this.#later(ms, () => broker.findQuotes());
          return `IBKR's farm of quotes is down for ${ms} ms`;
        });
      case 'freeze':
        return this.#withLife(({ line }) => {
          const ms = dice.whole(500, FREEZE_MS_MAX);
          line.freeze(ms);
          return `TWS is frozen for ${ms} ms`;
        });
      case 'duplicate-reports':
        return this.#withLife((it) => {
          it.line.copies = 2;
          this.#later(dice.whole(1_000, HOLD_MS_MAX), () => {
            it.line.copies = 1;
          });
          return 'every report comes twice for a while';
        });
      case 'shuffle-statuses':
        return this.#withLife((it) => {
          it.line.shufflesStatuses = true;
          this.#later(dice.whole(1_000, HOLD_MS_MAX), () => {
            it.line.shufflesStatuses = false;
          });
          return 'statuses come late and in any order for a while';
        });
      case 'repeat-execution': {
        const told = exchange.executions().filter(({ order }) => order.clientId === this.#world.options.clientId);
        if (told.length === 0 || life === null) return null;
        const execution = dice.pick(told);
        life.broker.tellAgain(execution);
        return `execution ${execution.execId} is told again`;
      }
      case 'correct-execution':
        return this.#correct(dice);
      case 'fill-before-cancel':
        return this.#ambush('cancel', (request) => {
          const order = request.kind === 'cancel' ? exchange.order(request.key) : undefined;
          if (order === undefined) return null;
          return { kind: 'met', by: () => this.#fillSome(order, dice, false), arrives: true };
        });
      case 'lose-request':
        return this.#ambush(dice.pick(['place', 'modify', 'cancel']), () => ({ kind: 'lost' }));
      case 'reject-place':
        return this.#ambush('place', () => ({ kind: 'refused', rejection: refusalOf(dice.pick(REJECTIONS)) }));
      case 'refuse-change':
        return this.#ambush('modify', () => ({ kind: 'refused', rejection: refusalOf(dice.pick(REFUSED_CHANGES)) }));
      case 'refuse-cancel':
        return this.#refuseCancel(dice);
      case 'partial-fill': {
        const order = this.#pickOrder(dice, (it) => it.stage === 'working');
        return order === null ? null : this.#fillSome(order, dice, false);
      }
      case 'fill-both-legs':
        return this.#fillBothLegs(dice);
      case 'thin-market': {
        const { symbol } = this.#stock(dice);
        exchange.limitLiquidity(symbol, dice.whole(1, 5));
        this.#later(dice.whole(1_000, HOLD_MS_MAX), () => exchange.limitLiquidity(symbol));
        return `${symbol} shows a few shares at a time`;
      }
      case 'reject-live': {
        const order = this.#pickOrder(dice, (it) => it.stage === 'working');
        if (order === null) return null;
        exchange.reject(order, 'the exchange thought better of it');
        return `order ${order.orderId} is rejected while it works`;
      }
      case 'cancel-in-tws': {
        const order = this.#pickOrder(dice, (it) => !it.cancelPending);
        if (order === null) return null;
        exchange.cancel(order);
        return `order ${order.orderId} is cancelled in TWS`;
      }
      case 'gap': {
        const { symbol } = this.#stock(dice);
        const percent = dice.whole(-60, 60) / 10;
        exchange.gap(symbol, percent);
        return `${symbol} gaps by ${percent} %`;
      }
      case 'plunge': {
        const { symbol } = this.#stock(dice);
        const percent = dice.whole(8, 40) * (dice.chance(0.5) ? 1 : -1);
        exchange.gap(symbol, percent);
        return `${symbol} jumps by ${percent} %`;
      }
      case 'halt': {
        const { symbol } = this.#stock(dice);
        exchange.halt(symbol);
        this.#later(dice.whole(500, HOLD_MS_MAX), () => exchange.resume(symbol));
        return `${symbol} is halted for a while`;
      }
      case 'close-market':
        exchange.closeMarket();
        this.#later(dice.whole(500, HOLD_MS_MAX), () => exchange.openMarket());
        return 'the market closes for a while';
      case 'split': {
        const { symbol } = this.#stock(dice);
        exchange.split(symbol, { from: 1, to: 2 });
        return `${symbol} splits 2 for 1`;
      }
      case 'transfer': {
        const { symbol } = this.#stock(dice);
        const shares = dice.whole(1, 20) * (dice.chance(0.5) ? 1 : -1);
        exchange.transfer(symbol, shares);
        return `${shares} ${symbol} are transferred`;
      }
      case 'foreign-order':
        exchange.place({
          ...this.#instruction(dice),
          clientId: FOREIGN_CLIENT,
          orderId: Math.max(exchange.nextOrderId(), 1_000_000),
        });
        return 'another client trades';
      case 'manual-order':
        exchange.placeByHand(this.#instruction(dice));
        return 'somebody trades in TWS';
    }
  }

  /** Ends everything that holds, so that what is left undone can be done. */
  calm(): void {
    const { exchange, life } = this.#world;
    this.#world.disk.fill(false);
    exchange.openMarket();
    for (const { symbol, index } of exchange.instruments) {
      if (exchange.isHalted({ ...this.#listed(index) })) exchange.resume(symbol);
      if (index < 2) exchange.limitLiquidity(symbol);
    }
    if (life === null) return;
    life.line.callOffAmbushes();
    life.journal.callOff();
    life.line.copies = 1;
    life.line.shufflesStatuses = false;
    life.line.isOpen = true;
    life.line.thaw();
    life.broker.restoreUpstream(false);
    life.broker.findQuotes();
    life.clock.wakeUp();
  }

  #withLife(act: (life: Life) => string): Struck {
    const { life } = this.#world;
    return life === null ? null : act(life);
  }

  #later(ms: number, act: () => void): void {
    this.#world.clock.wakeAt(laterBy(this.#world.now, ms), act);
  }

  #drop(life: Life, dice: Dice, rollsBackIds: boolean): string {
    const downMs = dice.chance(0.5) ? 0 : dice.whole(1, DOWN_MS_MAX);
    life.line.isOpen = false;
    life.line.cut(rollsBackIds);
    if (rollsBackIds) life.broker.restart('TWS restarts');
    else life.broker.drop('the connection broke');
    this.#later(downMs, () => {
      life.line.isOpen = true;
    });
    return `the connection breaks for ${downMs} ms${rollsBackIds ? ', and TWS forgets which ids were used' : ''}`;
  }

  /** The process dies, and another one starts after a while, on a machine whose clock may be another. */
  #crash(dice: Dice): string {
    if (this.#world.life === null) return 'it was dead already';
    const downMs = dice.chance(0.4) ? 0 : dice.whole(1, DOWN_MS_MAX);
    const aheadMs = dice.chance(0.6) ? 0 : dice.whole(-CLOCK_AHEAD_MS_MAX, CLOCK_AHEAD_MS_MAX);
    this.#world.kill();
    this.#later(downMs, () => {
      this.#world.afterwards(async () => {
        if (this.#world.life === null) await this.#world.start(aheadMs);
      });
    });
    return `the process dies, and starts again after ${downMs} ms`;
  }

  #loseUpstream(dice: Dice): Struck {
    return this.#withLife(({ broker }) => {
      const ms = dice.whole(200, DOWN_MS_MAX);
      const dataLost = dice.chance(0.5);
      broker.loseUpstream(dice.pick([1100, 2110]));
      this.#later(ms, () => broker.restoreUpstream(dataLost));
      return `TWS loses IBKR for ${ms} ms${dataLost ? ' with its data' : ''}`;
    });
  }

  #correct(dice: Dice): Struck {
    const { exchange, options } = this.#world;
    const told = exchange.executions().filter(({ order }) => order.clientId === options.clientId);
    const family = (id: string): string => id.slice(0, id.lastIndexOf('.'));
    const latest = told.filter(
      (it, index) => told.findLastIndex((other) => family(other.execId) === family(it.execId)) === index,
    );
    if (latest.length === 0) return null;
    const { execId, shares, order } = dice.pick(latest);
    // The simulated exchange leaves an order working whose last share a correction fills: one share stays to be filled.
    const more = Math.max(0, remainingOf(order) - 1);
    const corrected = Math.min(Math.max(1, shares + dice.whole(-2, 2)), shares + more);
    // An order that is over stays over: only what it has filled is another number.
    if (corrected !== shares && order.stage === 'filled' && corrected < shares) return null;
    exchange.correct(execId, { shares: corrected });
    return `execution ${execId} is corrected to ${corrected} shares`;
  }

  #ambush(kind: 'place' | 'modify' | 'cancel', fate: Parameters<Life['line']['lay']>[0]): Struck {
    return this.#withLife(({ line }) => {
      const callOff = line.lay((request) => {
        if (request.kind !== kind) return null;
        const met = fate(request);
        if (met !== null) callOff();
        return met;
      });
      return `the next ${kind} is waylaid`;
    });
  }

  #refuseCancel(dice: Dice): Struck {
    const { options } = this.#world;
    return this.#withLife(({ line, broker }) => {
      const callOff = line.lay((request) => {
        if (request.kind !== 'cancel') return null;
        callOff();
        const { code, text } = refusalOf(dice.pick(REFUSED_CANCELS));
        const by = (): void => broker.sayOrderError({ ...request.key, clientId: options.clientId }, { code, text });
        return { kind: 'met', by, arrives: false };
      });
      return 'the next cancel is refused';
    });
  }

  #fillSome(order: SimulatedOrder, dice: Dice, ignoringOca: boolean): string {
    if (order.stage !== 'working') return `order ${order.orderId} does not work any more`;
    const { exchange } = this.#world;
    const fillable =
      order.parent === undefined || isFinal(order.parent)
        ? remainingOf(order)
        : Math.max(0, Math.min(remainingOf(order), order.parent.filled - order.reduced - order.filled));
    if (fillable === 0) return `order ${order.orderId} may not fill yet`;
    const shares = dice.chance(0.3) ? fillable : dice.whole(1, fillable);
    const { last } = exchange.quoteOf(order.instrument);
    exchange.fill(order, { shares, price: formatUnits(last), ignoringOca });
    return `${shares} of order ${order.orderId} fill`;
  }

  #fillBothLegs(dice: Dice): Struck {
    const { exchange } = this.#world;
    const grouped = exchange.orders().filter(({ stage, oca }) => stage === 'working' && oca !== undefined);
    if (grouped.length === 0) return null;
    const { oca } = dice.pick(grouped);
    const legs = grouped.filter((it) => it.oca?.group === oca?.group);
    return legs.map((leg) => this.#fillSome(leg, dice, true)).join('; ');
  }

  #pickOrder(dice: Dice, isWanted: (order: SimulatedOrder) => boolean): SimulatedOrder | null {
    const { exchange, options } = this.#world;
    const live = exchange.orders().filter((it) => !isFinal(it) && it.stage !== 'held');
    const ours = live.filter((it) => it.clientId === options.clientId && it.orderId > 0 && isWanted(it));
    return ours.length === 0 ? null : dice.pick(ours);
  }

  #stock(dice: Dice): World['exchange']['instruments'][number] {
    return this.#listed(dice.chance(0.8) ? 0 : 1);
  }

  #listed(index: number): World['exchange']['instruments'][number] {
    const instrument = this.#world.exchange.instruments[index];
    if (instrument === undefined) throw new Error(`no instrument ${index}`);
    return instrument;
  }

  #instruction(dice: Dice): OrderInstruction {
    const { symbol, conId } = this.#stock(dice);
    return {
      ...{ conId, symbol, action: dice.pick(['BUY', 'SELL']), quantity: String(dice.whole(1, 10)), tif: 'DAY' },
      ...{ orderType: 'MKT', limitPrice: '', stopPrice: '', trailStopPrice: '', trailingPercent: '' },
      ...{ limitPriceOffset: '', goodTillDate: '', triggerPrice: '', adjustedOrderType: '', adjustedStopPrice: '' },
      ...{ adjustedStopLimitPrice: '', adjustedTrailingAmount: '', adjustableTrailingUnit: 0, conditions: [] },
      ...{ conditionsIgnoreRth: false, conditionsCancelOrder: false, ocaGroup: '', ocaType: 0, orderRef: '' },
      ...{ parentId: 0, transmit: true, outsideRth: true, triggerMethod: 0 },
    };
  }
}

function refusalOf(code: number): { readonly code: number; readonly text: string } {
  return { code, text: `refused by the storm (${code})` };
}
