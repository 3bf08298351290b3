import type { Page } from 'playwright/test';
import { present } from '#domain/assert';
import type { TwsServer } from '#simulator/tws/tws-server';
import { expect, test, type Desk } from '#test/e2e/desk';

const SYMBOL = 'AAPL';

/** The stock trades at `last` on the test's own exchange, and stays there. */
const trades = (market: TwsServer, last: string): void => market.exchange.tradeAt(SYMBOL, last);

/** Two trades on the way to `last`, each seen on screen: one alone might be a misprint, and moves no stop. */
async function moves({ window }: Desk, market: TwsServer, last: number): Promise<void> {
  for (const trade of [last - 0.3, last]) {
    trades(market, trade.toFixed(2));
    await expect(window.ticket.ask).toHaveText((trade + 0.01).toFixed(2));
  }
}

/** Shares bought at the market, so that there is something to protect. */
async function buy({ window }: Desk, quantity: number): Promise<void> {
  const { positions, ticket } = window;
  await window.isReady();
  await ticket.chooseSymbol(SYMBOL);
  await ticket.touch();
  await ticket.fillSingle({ symbol: SYMBOL, quantity: String(quantity), type: 'Market' });
  await ticket.submit();
  await positions.become(SYMBOL, { held: quantity, covered: 0 });
}

/** Everything that the stop's cell of the first row says from now on, each change once. */
async function watchStop(page: Page): Promise<() => Promise<readonly number[]>> {
  await page.evaluate(() => {
    const seen: string[] = [];
    const look = (): void => {
      const text = document.querySelector('[data-panel="active-orders"] .ag-cell[col-id="stop"]')?.textContent ?? '';
      if (text === '' || text === seen.at(-1)) return;
      seen.push(text);
      document.documentElement.dataset['stopsSeen'] = seen.join(' ');
    };
    const grid = document.querySelector('[data-panel="active-orders"]');
    if (grid !== null)
      new MutationObserver(look).observe(grid, { subtree: true, childList: true, characterData: true });
    look();
  });
  return () =>
    page.evaluate(() => (document.documentElement.dataset['stopsSeen'] ?? '').split(' ').map((text) => Number(text)));
}

test('a trailing stop follows the price path on screen and never widens, and after a kill -9 goes on from where it rests', async ({
  steeredDesk: desk,
  market,
}, info) => {
  test.slow(); // the workstation starts twice, and a stop moves once a second
  trades(market, '100');
  await buy(desk, 10);
  const { window, page } = desk;
  await window.ticket.fillTrailing({ symbol: SYMBOL, quantity: '10', percent: '2', movedBy: 'This app' });
  await expect(window.ticket.panel).toContainText('This app moves this: a stop rests at IBKR');
  await page.screenshot({ path: info.outputPath('1-trailing-ticket.png') });
  await window.ticket.submit();
  await window.orders.becomes(2, /Not elected/);
  await expect(window.orders.cell(2, 'custody')).toHaveText(/App moves/);
  await expect(window.orders.cell(2, 'stop')).toHaveText('98.00');
  await window.positions.become(SYMBOL, { held: 10, covered: 10 });

  const seen = await watchStop(page);
  for (const [last, stop] of [
    [101, '98.98'],
    [102, '99.96'],
    [100.5, '99.96'],
    [102.5, '100.45'],
  ] as const) {
    await moves(desk, market, last);
    await expect(window.orders.cell(2, 'stop')).toHaveText(stop);
  }
  const steps = await seen();
  expect(steps.length).toBeGreaterThan(2);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  await window.orders.select(2);
  await window.press('h');
  await window.dialogs.isShown('History of 2');
  await expect(window.dialogs.open.getByLabel('Where the stop stood')).toContainText('100.45');
  await page.screenshot({ path: info.outputPath('2-history.png') });
  await window.dialogs.drop();

  const again = await desk.killAndRestart();
  trades(market, '101');
  await again.window.isReady();
  await again.window.orders.becomes(2, /Not elected/);
  await expect(again.window.orders.cell(2, 'stop')).toHaveText('100.45');
  await again.window.ticket.chooseSymbol(SYMBOL);
  await moves(again, market, 101.5);
  await expect(again.window.orders.cell(2, 'stop')).toHaveText('100.45');
  await moves(again, market, 103);
  await expect(again.window.orders.cell(2, 'stop')).toHaveText('100.94');
  await again.window.positions.become(SYMBOL, { held: 10, covered: 10 });
});

test('an OCO group of which both orders fill raises the alarm, and the excess is traded back where it was asked for', async ({
  steeredDesk: desk,
  market,
}, info) => {
  trades(market, '100');
  await buy(desk, 10);
  const { window, page } = desk;
  await window.ticket.fillOco({
    symbol: SYMBOL,
    legs: [
      { side: 'SELL', quantity: '10', type: 'Limit', price: '110' },
      { side: 'SELL', quantity: '10', type: 'Stop', price: '90' },
    ],
    whenBothFill: 'alarm, trade the excess back',
  });
  await expect(window.ticket.panel).toContainText('IBKR holds this: it reduces the others by itself');
  await page.screenshot({ path: info.outputPath('1-oco-ticket.png') });
  await window.ticket.submit();
  await window.orders.becomes(2, /Working/);
  await window.orders.becomes(3, /Not elected/);
  market.faults.inject({ fault: 'both-oca-legs-fill' });
  await expect(window.caution).toContainText(/OCO/, { timeout: 20_000 });
  await window.positions.areFlat();
  await page.screenshot({ path: info.outputPath('2-flat-again.png') });
  await window.activity.tells(/too much; the excess is traded back/);
});

test('a bracket whose entry fills in three parts protects the position at each step', async ({
  steeredDesk: desk,
  market,
}, info) => {
  trades(market, '100');
  const { window, page } = desk;
  await window.isReady();
  await window.ticket.fillBracket({ symbol: SYMBOL, quantity: '30', price: '99', target: '110', stop: '90' });
  await window.ticket.submit();
  await window.orders.becomes(1, /Working/);
  const entry = present(
    market.exchange.orders().find(({ action }) => action === 'BUY'),
    'the entry at the exchange',
  );
  for (const held of [10, 20, 30]) {
    market.exchange.fill(entry, { shares: 10, price: '99' });
    await window.positions.become(SYMBOL, { held, covered: held });
    await page.screenshot({ path: info.outputPath(`${held}-held.png`) });
  }
});
