import { startTwsServer } from '#simulator/tws/tws-server';
import { aRequest } from '#test/unit/simulator/trading-floor';
import { BUSY_CLIENT, EXECUTIONS, ORDERS, type AccountNews, type AccountOrder } from './busy-account';

// A TWS whose account has been busy: thousands of executions today, and a thousand orders of our client still open.

const START = Date.UTC(2026, 0, 5, 15, 0);
const SHARES_PER_ORDER = 100;
const CASH_DOLLARS = 1_000_000_000;

const tws = await startTwsServer({
  port: 0,
  seed: 4,
  startingCash: CASH_DOLLARS,
  autoTick: false,
  clock: { now: () => START, every: () => () => undefined },
});
const { exchange } = tws;
const stocks = exchange.instruments.filter(({ secType, currency }) => secType === 'STK' && currency === 'USD');
for (let n = 0; n < ORDERS; n += 1) {
  const stock = stocks[n % stocks.length];
  if (stock === undefined) throw new Error('the market has stocks');
  const key = { clientId: BUSY_CLIENT, orderId: n + 1 };
  const quantity = String(SHARES_PER_ORDER);
  const price = { orderType: 'LMT', limitPrice: '0.01', tif: 'GTC', orderRef: `bench-${n + 1}` };
  exchange.place(aRequest({ ...key, conId: stock.conId, symbol: stock.symbol, quantity, ...price }));
  const fills = Math.floor(((n + 1) * EXECUTIONS) / ORDERS) - Math.floor((n * EXECUTIONS) / ORDERS);
  for (let fill = 0; fill < fills; fill += 1) exchange.fill(key, { shares: 1, price: '0.01' });
}
const executions = exchange.executionsOfDay().length;
if (executions !== EXECUTIONS) throw new Error(`${executions} executions instead of ${EXECUTIONS}`);

process.on('message', (order: AccountOrder) => {
  tws.faults.inject({ fault: order });
});
process.on('disconnect', () => process.exit());
const news: AccountNews = { port: tws.port };
process.send?.(news);
