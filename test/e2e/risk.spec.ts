import { ALL_INSTRUMENTS } from '#simulator/instruments';
import type { TwsServer } from '#simulator/tws/tws-server';
import { expect, test, type Desk } from '#test/e2e/desk';

const SYMBOL = 'AAPL';
const SYMBOLS_ON_MAP = 120;

/** The stock trades at `last` on the test's own exchange, and stays there; seen on screen before anything else. */
async function trades({ window }: Desk, market: TwsServer, last: number): Promise<void> {
  market.exchange.tradeAt(SYMBOL, last.toFixed(2));
  await expect(window.ticket.ask).toHaveText((last + 0.01).toFixed(2));
}

async function sends(
  { window }: Desk,
  side: 'BUY' | 'SELL',
  quantity: number,
  limit: number | null = null,
): Promise<void> {
  await window.ticket.fillSingle({
    ...{ symbol: SYMBOL, side, quantity: String(quantity), type: limit === null ? 'Market' : 'Limit' },
    ...(limit === null ? {} : { price: limit.toFixed(2) }),
  });
  await window.ticket.submit();
}

test('a limit set in the panel and by command fills up with the position, warns, latches the loss of the day over a restart, and lets reducing pass', async ({
  steeredDesk: desk,
  market,
}, info) => {
  test.slow(); // the workstation starts twice
  const { window, page } = desk;
  const { dialogs, limits, ticket } = window;
  market.exchange.tradeAt(SYMBOL, '100');
  await window.isReady();
  await ticket.chooseSymbol(SYMBOL);
  await trades(desk, market, 100);

  await limits.set();
  await dialogs.isShown('Set limits of a symbol');
  await dialogs.input('Symbol').fill(SYMBOL);
  await dialogs.input('Position, shares').fill('20000');
  await expect(dialogs.open).toContainText('Looser than the global limit 10,000.');
  await expect(dialogs.verb).toBeDisabled();
  await dialogs.input('Position, shares').fill('50');
  await page.screenshot({ path: info.outputPath('1-set-limits.png') });
  await dialogs.confirm();
  await limits.says(`Position ${SYMBOL}`, /Used 0 of 50 .*limit of the symbol/);
  const command = await desk.command('set-symbol-limit', '--symbol', SYMBOL, '--max-loss', '100');
  expect(command.code, command.err).toBe(0);
  await limits.says(`Daily loss ${SYMBOL}`, /Used 0 of 100 .*limit of the symbol/);

  await sends(desk, 'BUY', 60);
  await dialogs.isShown(/^Denied: BUY 60/);
  await expect(dialogs.open).toContainText('Position AAPL would be 60 (now 0). The limit is 50 (symbol).');
  await page.screenshot({ path: info.outputPath('2-denied.png') });
  await dialogs.drop();
  await sends(desk, 'BUY', 40);
  await limits.says(`Position ${SYMBOL}`, /^near the limit: Used 40 of 50 .* 10 left/);
  await page.screenshot({ path: info.outputPath('3-position-warns.png') });

  await trades(desk, market, 98.1);
  await limits.says(`Daily loss ${SYMBOL}`, /^near the limit: /);
  await page.screenshot({ path: info.outputPath('4-loss-warns.png') });
  await trades(desk, market, 97.4);
  await expect(limits.latch(SYMBOL)).toContainText('Reduce only.', { timeout: 20_000 });
  await sends(desk, 'BUY', 1, 97);
  await dialogs.isShown(/^Denied: BUY 1/);
  await expect(dialogs.open).toContainText('Only reducing is allowed');
  await dialogs.drop();
  await sends(desk, 'SELL', 10);
  await limits.says(`Position ${SYMBOL}`, /Used 30 of 50/);
  await page.screenshot({ path: info.outputPath('5-latched.png') });

  const again = await desk.killAndRestart();
  market.exchange.tradeAt(SYMBOL, '97.3');
  await again.window.isReady();
  await expect(again.window.limits.latch(SYMBOL)).toContainText('Reduce only.');
  await again.window.limits.latch(SYMBOL).getByRole('button', { name: 'Reset…' }).click();
  await again.window.dialogs.isShown(`Reset the daily loss of ${SYMBOL}`);
  await again.window.dialogs.input('Reason').fill('a hedge stands elsewhere');
  await again.page.screenshot({ path: info.outputPath('6-reset.png') });
  await again.window.dialogs.confirm();
  await expect(again.window.limits.latch(SYMBOL)).toHaveCount(0);
});

test('the kill switch is held, cancels what works, blocks what adds until a person sets it back', async ({
  steeredDesk: desk,
  market,
}, info) => {
  const { window, page } = desk;
  const { dialogs, orders, ticket } = window;
  market.exchange.tradeAt(SYMBOL, '100');
  await window.isReady();
  await ticket.chooseSymbol(SYMBOL);
  await trades(desk, market, 100);
  await sends(desk, 'BUY', 10, 99);
  await orders.becomes(1, /Working/);

  await window.press('Control+Shift+Backspace');
  await dialogs.isShown('Kill switch');
  await expect(dialogs.open).toContainText('our 1 working order');
  await page.screenshot({ path: info.outputPath('1-kill-switch.png') });
  await dialogs.hold();
  await expect(window.trading).toHaveText('HALTED');
  await orders.show('Cancelled');
  await orders.becomes(1, /Cancelled/);
  await sends(desk, 'BUY', 1, 99);
  await dialogs.isShown(/^Denied: BUY 1/);
  await expect(dialogs.open).toContainText('Trading is HALTED');
  await dialogs.drop();
  await page.screenshot({ path: info.outputPath('2-halted.png') });

  await page.getByRole('button', { name: 'HALTED: change…' }).click();
  await dialogs.isShown('Kill switch');
  await dialogs.confirm();
  await expect(window.trading).toHaveText('ACTIVE');
  await sends(desk, 'BUY', 1, 98);
  await orders.show('Live');
  await orders.becomes(3, /Working/);
});

test('the correlations of 120 symbols are computed before one’s eyes, and can be read as a map, by the keyboard and as a list', async ({
  steeredDesk: desk,
}, info) => {
  test.slow(); // the daily prices of 120 symbols are asked for, a few at a time
  const { window, page } = desk;
  const { correlation } = window;
  await window.isReady();
  await window.showPanel('Correlation');
  await expect(correlation.panel).toContainText('No correlations yet');
  const symbols = ALL_INSTRUMENTS.slice(0, SYMBOLS_ON_MAP).map(({ symbol }) => symbol);
  const updated = desk.command('update-correlations', '--symbols', symbols.join(','));
  await expect(correlation.panel.getByRole('progressbar')).toBeVisible({ timeout: 20_000 });
  expect((await updated).code, (await updated).err).toBe(0);
  await expect(correlation.map).toHaveAccessibleName(`Heat map of ${SYMBOLS_ON_MAP} symbols: the arrows choose a pair`);
  await expect(correlation.panel).toContainText('60 days · 120 symbols');
  await page.screenshot({ path: info.outputPath('1-all.png') });
  await page.getByRole('button', { name: 'Enlarge' }).click();
  await page.screenshot({ path: info.outputPath('1-enlarged.png') });
  await page.getByRole('button', { name: 'Back to its place' }).click();
  await correlation.map.focus();
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await expect(correlation.chosen).toHaveText(/^[A-Z.]+ – [A-Z.]+ (−?\.\d\d|−?1\.00|not known) · /);
  await correlation.zoom('Names');
  await page.screenshot({ path: info.outputPath('2-names.png') });
  await correlation.zoom('Values');
  await page.screenshot({ path: info.outputPath('3-values.png') });
  await correlation.panel.getByLabel('Threshold of correlation').fill('0.3');
  await expect(correlation.pairs).toContainText('≥ .30');
  await window.switchTheme();
  await correlation.zoom('All');
  await page.screenshot({ path: info.outputPath('4-light.png') });
});
