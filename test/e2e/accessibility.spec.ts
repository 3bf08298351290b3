import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { expect, test } from '#test/e2e/desk';

/** Every fault that axe finds on what is shown now, in words. */
async function faultsOn(page: Page): Promise<readonly string[]> {
  // Legacy mode runs in the page itself: the Electron window lets nobody open another one.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

test('panels and dialogs are clean for a screen reader, dark and light', async ({ desk: { window, page } }) => {
  test.slow(); // axe looks at everything many times over
  const { dialogs, orders, ticket } = window;
  await window.isReady();
  await ticket.chooseSymbol('AAPL');
  const { bid } = await ticket.touch();
  await ticket.fillSingle({ symbol: 'AAPL', quantity: '5', price: (bid * 0.9).toFixed(2) });
  await ticket.submit();
  await orders.becomes(1, /Working/);
  for (const theme of ['dark', 'light']) {
    if (theme === 'light') await window.switchTheme();
    expect(await faultsOn(page), `${theme}: the window`).toEqual([]);
    for (const tab of ['Bracket', 'Trailing', 'OCO'] as const) {
      await ticket.showTab(tab);
      expect(await faultsOn(page), `${theme}: ${tab}`).toEqual([]);
    }
    await orders.modify(1);
    await dialogs.isShown('Modify 1');
    expect(await faultsOn(page), `${theme}: modify`).toEqual([]);
    await dialogs.drop();
    await orders.cancelAll();
    await dialogs.isShown('Cancel all orders');
    expect(await faultsOn(page), `${theme}: cancel all`).toEqual([]);
    await dialogs.drop();
    await window.showPanel('Connection');
    expect(await faultsOn(page), `${theme}: connection`).toEqual([]);
  }
});

test('limits, correlations and the kill switch are clean for a screen reader, dark and light', async ({
  desk: { window, page, command },
}) => {
  test.slow(); // axe looks at everything many times over
  const { dialogs, limits } = window;
  await window.isReady();
  await limits.set();
  await dialogs.isShown('Set limits of a symbol');
  await dialogs.input('Symbol').fill('AAPL');
  await dialogs.input('Position, shares').fill('50');
  await dialogs.confirm();
  await limits.says('Position AAPL', /Used 0 of 50/);
  expect((await command('update-correlations', '--symbols', 'AAPL,MSFT,XOM')).code).toBe(0);
  for (const theme of ['dark', 'light']) {
    if (theme === 'light') await window.switchTheme();
    for (const panel of ['Correlation', 'Limits'] as const) {
      await window.showPanel(panel);
      expect(await faultsOn(page), `${theme}: ${panel}`).toEqual([]);
    }
    await limits.set();
    await dialogs.isShown('Set limits of a symbol');
    expect(await faultsOn(page), `${theme}: set limits`).toEqual([]);
    await dialogs.drop();
    await window.press('Control+Shift+Backspace');
    await dialogs.isShown('Kill switch');
    expect(await faultsOn(page), `${theme}: kill switch`).toEqual([]);
    await dialogs.drop();
  }
});

test.describe('a position that nothing explains, at delayed prices', () => {
  test.use({
    plan: {
      faults: [
        { fault: 'delayed-data', at: { order: 1, is: 'working' } },
        { fault: 'transfer', symbol: 'AAPL', shares: 5, at: { order: 1, is: 'working' } },
      ],
    },
  });

  test('is clean for a screen reader, dark and light, and so is its acknowledgement', async ({
    desk: { window, page },
  }) => {
    test.slow();
    const { connection, dialogs, ticket } = window;
    await window.isReady();
    await window.showPanel('Connection');
    await ticket.chooseSymbol('MSFT');
    const { bid } = await ticket.touch();
    await ticket.fillSingle({ symbol: 'MSFT', quantity: '5', price: (bid * 0.9).toFixed(2) });
    await ticket.submit();
    await expect(connection.unexplained).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('alert').filter({ hasText: 'AAPL: the ledger had 0, IBKR has 5' })).toBeVisible();
    for (const theme of ['dark', 'light']) {
      if (theme === 'light') await window.switchTheme();
      expect(await faultsOn(page), `${theme}: the difference`).toEqual([]);
      await connection.acknowledge();
      await dialogs.isShown('Acknowledge position differences');
      expect(await faultsOn(page), `${theme}: acknowledge`).toEqual([]);
      await dialogs.fillAcknowledgement('A transfer', 'no');
      await expect(dialogs.verb).toBeDisabled();
      expect(await faultsOn(page), `${theme}: acknowledge, with a reason that is too short`).toEqual([]);
      await dialogs.drop();
    }
  });
});
