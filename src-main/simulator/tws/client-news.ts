import type { Exchange } from '#simulator/exchange';
import type { ExchangeEvent } from '#simulator/exchange-types';
import type { SimulatedExecution } from '#simulator/simulated-order';
import type { AccountReports } from '#simulator/tws/account-reports';
import type { ClientConnection } from '#simulator/tws/client-connection';
import { errorMessage } from '#simulator/tws/encode';
import type { MarketData } from '#simulator/tws/market-data';
import type { OrderReports } from '#simulator/tws/order-reports';

/** How many events are kept while nothing can be told; a client that missed more has to ask. */
const MISSED_MAX = 10_000;

/** Brings what happens at the exchange to the clients it concerns: the order's own, and the master client. */
export class ClientNews {
  readonly #exchange: Exchange;
  readonly #marketData: MarketData;
  readonly #orders: OrderReports;
  readonly #account: AccountReports;
  readonly #connections: ReadonlySet<ClientConnection>;
  readonly #masterClientId: number | undefined;
  #missed: ExchangeEvent[] = [];

  constructor(
    exchange: Exchange,
    reports: { readonly marketData: MarketData; readonly orders: OrderReports; readonly account: AccountReports },
    connections: ReadonlySet<ClientConnection>,
    masterClientId: number | undefined,
  ) {
    this.#exchange = exchange;
    this.#marketData = reports.marketData;
    this.#orders = reports.orders;
    this.#account = reports.account;
    this.#connections = connections;
    this.#masterClientId = masterClientId;
  }

  tell(event: ExchangeEvent): void {
    switch (event.kind) {
      case 'quote':
        this.#marketData.quoteChanged(event.instrument);
        return;
      case 'halt':
        this.#marketData.haltChanged(event.instrument, event.halted);
        return;
      case 'position':
        this.#positionChanged(event);
        return;
      case 'order':
        for (const connection of this.#hearers(event.order.clientId)) {
          this.#orders.orderNews(connection, event.order, event.why);
        }
        return;
      case 'execution':
        this.#tellExecution(event.execution);
        return;
      case 'commission':
        this.#positionChanged(event.execution.order);
        this.#tellCommission(event.execution);
        return;
      case 'order-error':
        for (const connection of this.#hearers(event.key.clientId)) {
          const { orderId } = event.key;
          connection.sendAboutOrder(orderId, errorMessage(orderId, event.rejection.code, event.rejection.text));
        }
    }
  }

  /** Reports an execution that was reported before. */
  tellAgain(execution: SimulatedExecution | undefined): void {
    if (execution === undefined) return;
    this.#tellExecution(execution);
    this.#tellCommission(execution);
  }

  /** Keeps an event for later: IBKR behind TWS is out of reach. Of a market that runs on, only what stands counts. */
  miss(event: ExchangeEvent): void {
    if (event.kind === 'quote') return;
    this.#missed.push(event);
    if (this.#missed.length > MISSED_MAX) this.#missed.shift();
  }

  /** Tells what was missed. */
  catchUp(): void {
    const missed = this.#missed;
    this.#missed = [];
    for (const event of missed) this.tell(event);
  }

  /** Tells every quote as it stands now. */
  tellQuotes(): void {
    for (const instrument of this.#exchange.instruments) this.#marketData.quoteChanged(instrument);
  }

  #tellExecution(execution: SimulatedExecution): void {
    for (const connection of this.#hearers(execution.order.clientId)) {
      this.#orders.executionNews(connection, execution);
    }
  }

  #tellCommission(execution: SimulatedExecution): void {
    for (const connection of this.#hearers(execution.order.clientId)) {
      this.#orders.commissionNews(connection, execution);
    }
  }

  #positionChanged({ instrument }: Pick<SimulatedExecution['order'], 'instrument'>): void {
    const holding = this.#exchange.holdingOf(instrument);
    for (const connection of this.#connections) this.#account.fillBooked(connection, holding);
  }

  #hearers(owner: number): readonly ClientConnection[] {
    return [...this.#connections].filter(
      ({ clientId }) => clientId !== undefined && (clientId === owner || clientId === this.#masterClientId),
    );
  }
}
