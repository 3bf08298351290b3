import { expect, type Locator, type Page } from 'playwright/test';

/** What is held, and how much of it has a stop. */
export class Positions {
  readonly panel: Locator;

  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.panel = page.locator('[data-panel="positions"]');
  }

  row(symbol: string): Locator {
    return this.panel.locator('tbody tr').filter({ hasText: symbol });
  }

  /** Waits until so many are held, and so many of them have a stop at IBKR. */
  async become(symbol: string, { held, covered }: { readonly held: number; readonly covered: number }): Promise<void> {
    await this.#page.locator('.panel-tab').filter({ hasText: 'Positions' }).click();
    const cells = this.row(symbol).locator('td');
    await expect(cells.nth(1)).toHaveText(`+${held}`, { timeout: 20_000 });
    await expect(cells.nth(9)).toHaveText(String(covered), { timeout: 20_000 });
    await expect(cells.nth(10)).toHaveText(String(held - covered), { timeout: 20_000 });
  }

  async areFlat(): Promise<void> {
    await this.#page.locator('.panel-tab').filter({ hasText: 'Positions' }).click();
    await expect(this.panel).toContainText('The account is flat', { timeout: 20_000 });
  }
}
