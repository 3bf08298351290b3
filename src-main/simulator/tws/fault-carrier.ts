import type { Exchange } from '#simulator/exchange';
import type { Fault, FaultOf } from '#simulator/fault-schema';
import type { FaultHands } from '#simulator/faults';
import { formatUnits } from '#simulator/fixed';
import type { Readings } from '#simulator/readings';
import {
  remainingOf,
  type OrderInstruction,
  type SimulatedExecution,
  type SimulatedOrder,
} from '#simulator/simulated-order';
import type { ClientConnection } from '#simulator/tws/client-connection';
import { farmIdleWords, farmWords, type Farm } from '#simulator/tws/farm-words';
import type { MarketData } from '#simulator/tws/market-data';

/** What a fault can do to the server. */
export interface FaultedServer {
  readonly exchange: Exchange;
  readonly marketData: MarketData;
  readonly connections: Iterable<ClientConnection>;
  sendInfo(code: number, text: string): void;
  restart(options: { readonly downMs: number; readonly rollBackIds: boolean }): void;
  moveTo(port: number): void;
  moveBack(): void;
  /** Reports an execution once more; without one, nothing. */
  tellAgain(execution: SimulatedExecution | undefined): void;
  /** Forgets that a fault holds. */
  end(isOver: (fault: Fault) => boolean): void;
  /** What was held back goes out; what was withheld about single orders only `withheldToo`. */
  recover(withheldToo: boolean): void;
}

const SECOND_MS = 1_000;
/** What TWS says when it loses IBKR. */
export const UPSTREAM_LOST = {
  1100: 'Connectivity between IBKR and Trader Workstation has been lost.',
  2110: 'Connectivity between Trader Workstation and server is broken. It will be restored automatically.',
};
const RESTORED = 'Connectivity between IBKR and Trader Workstation has been restored - data';

/** Carries out the faults that are more than the fate of one request. */
export class FaultCarrier implements FaultHands {
  readonly #server: FaultedServer;

  constructor(server: FaultedServer) {
    this.#server = server;
  }

  strike(fault: Fault): void {
    const { exchange, marketData, connections } = this.#server;
    switch (fault.fault) {
      case 'drop':
        for (const connection of connections) connection.drop();
        return;
      case 'freeze':
        for (const connection of connections) connection.setReading(false);
        return;
      case 'restart':
        this.#server.restart({ downMs: fault.downSeconds * SECOND_MS, rollBackIds: fault.rollBackIds });
        return;
      case 'port-change':
        this.#server.moveTo(fault.port);
        return;
      case 'partial-fills':
        exchange.limitLiquidity(fault.symbol, fault.shares);
        return;
      case 'duplicate-execution':
        this.#server.tellAgain(exchange.executions().at(-1));
        return;
      case 'correct-execution':
        this.#correct(fault);
        return;
      case 'both-oca-legs-fill':
        this.#fillBothLegs();
        return;
      case 'foreign-order':
        exchange.place({ ...entryOf(fault), clientId: fault.clientId, orderId: exchange.nextOrderId() });
        return;
      case 'manual-order':
        exchange.placeByHand(entryOf(fault));
        return;
      case 'transfer':
        exchange.transfer(fault.symbol, fault.shares);
        return;
      case 'upstream-lost':
        this.#server.sendInfo(fault.code, UPSTREAM_LOST[fault.code]);
        return;
      case 'upstream-restored':
        this.#server.end((it) => it.fault === 'upstream-lost');
        this.#restoreUpstream(fault.dataLost);
        return;
      case 'farm-down':
        this.#tellFarm(fault.farm, false);
        return;
      case 'farm-up':
        this.#server.end((it) => it.fault === 'farm-down' && it.farm === fault.farm);
        this.#raiseFarm(fault.farm);
        return;
      case 'farm-idle': {
        const { code, text } = farmIdleWords(fault.farm);
        this.#server.sendInfo(code, text);
        return;
      }
      case 'competing-session':
        marketData.serve('competing');
        return;
      case 'delayed-data':
        marketData.serve('delayed');
        return;
      case 'no-market-data':
        marketData.serve('none');
        return;
      case 'halt':
        exchange.halt(fault.symbol);
        return;
      case 'resume':
        this.#server.end((it) => it.fault === 'halt' && it.symbol === fault.symbol);
        exchange.resume(fault.symbol);
        return;
      case 'split':
        exchange.split(fault.symbol, { from: fault.from, to: fault.to });
        return;
      case 'price':
        exchange.tradeAt(fault.symbol, fault.last);
        return;
      case 'reading':
        exchange.readAs(readingsOf(fault));
        return;
      case 'gap':
        exchange.gap(fault.symbol, fault.percent);
        return;
      case 'market-close':
        exchange.closeMarket();
        return;
      default: // the server asks the board at each connection and message
    }
  }

  lift(fault: Fault): void {
    const { exchange, marketData } = this.#server;
    switch (fault.fault) {
      case 'port-change':
        this.#server.moveBack();
        break;
      case 'partial-fills':
        exchange.limitLiquidity(fault.symbol, undefined);
        break;
      case 'upstream-lost':
        this.#restoreUpstream(fault.dataLost);
        break;
      case 'farm-down':
        this.#raiseFarm(fault.farm);
        break;
      case 'competing-session':
      case 'delayed-data':
      case 'no-market-data':
        marketData.serve('live');
        break;
      case 'halt':
        exchange.resume(fault.symbol);
        break;
      case 'market-close':
        exchange.openMarket();
        break;
      default: // nothing but what was held back
    }
    this.#server.recover(fault.fault === 'withhold');
  }

  release(): void {
    this.#server.recover(true);
  }

  #restoreUpstream(dataLost: boolean): void {
    if (dataLost) {
      for (const connection of this.#server.connections) {
        this.#server.marketData.closeAll(connection);
        connection.subscriptions.forget();
      }
    }
    if (dataLost) this.#server.sendInfo(1101, `${RESTORED} lost.`);
    else this.#server.sendInfo(1102, `${RESTORED} maintained.`);
    this.#server.recover(false);
  }

  #raiseFarm(farm: Farm): void {
    this.#tellFarm(farm, true);
    this.#server.recover(false);
  }

  #tellFarm(farm: Farm, isUp: boolean): void {
    const { code, text } = farmWords(farm, isUp);
    this.#server.sendInfo(code, text);
  }

  #correct({ shares, price }: FaultOf<'correct-execution'>): void {
    const last = this.#server.exchange.executions().at(-1);
    if (last !== undefined) this.#server.exchange.correct(last.execId, { shares, price });
  }

  /** The exits of the latest OCA group that has two of them working. */
  #fillBothLegs(): void {
    const { exchange } = this.#server;
    const working = exchange.orders().filter((order) => order.stage === 'working' && order.oca !== undefined);
    const last = working.at(-1)?.oca?.group;
    for (const order of working.filter(({ oca }) => oca?.group === last)) fillWhole(exchange, order, true);
  }
}

/** Those that the fault names. */
function readingsOf({ bracketChildren, ocaReduction, trailChange, exitGroups }: FaultOf<'reading'>): Partial<Readings> {
  return {
    ...(bracketChildren === undefined ? {} : { bracketChildren }),
    ...(ocaReduction === undefined ? {} : { ocaReduction }),
    ...(trailChange === undefined ? {} : { trailChange }),
    ...(exitGroups === undefined ? {} : { exitGroups }),
  };
}

/** Fills what is left of an order at the last trade. */
export function fillWhole(exchange: Exchange, order: SimulatedOrder, ignoringOca = false, sharesMax = Infinity): void {
  if (order.stage !== 'working') return;
  const shares = Math.min(remainingOf(order), sharesMax);
  exchange.fill(order, { shares, price: formatUnits(exchange.quoteOf(order.instrument).last), ignoringOca });
}

function entryOf(fault: FaultOf<'foreign-order' | 'manual-order'>): OrderInstruction {
  return {
    ...{ conId: 0, symbol: fault.symbol, action: fault.action, quantity: String(fault.shares), tif: 'DAY' },
    ...{ orderType: fault.limit === undefined ? 'MKT' : 'LMT', limitPrice: fault.limit ?? '', stopPrice: '' },
    ...{ trailStopPrice: '', trailingPercent: '', limitPriceOffset: '', goodTillDate: '', triggerPrice: '' },
    ...{ adjustedOrderType: '', adjustedStopPrice: '', adjustedStopLimitPrice: '', adjustedTrailingAmount: '' },
    ...{ adjustableTrailingUnit: 0, conditions: [], conditionsIgnoreRth: false, conditionsCancelOrder: false },
    ...{ ocaGroup: '', ocaType: 0, orderRef: '', parentId: 0, transmit: true, outsideRth: true, triggerMethod: 0 },
  };
}
