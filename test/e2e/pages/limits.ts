import { expect, type Locator, type Page } from 'playwright/test';

/** What is used of every limit, and the trading day's way past a latched one. */
export class Limits {
  readonly panel: Locator;

  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.panel = page.locator('[data-panel="limits"]');
  }

  /** The use of one limit: `Position AAPL`, `Daily loss AAPL`, `Gross exposure`. */
  meter(name: string): Locator {
    return this.panel.getByRole('meter', { name, exact: true });
  }

  /** Waits until a meter says this: `Used 40 of 50 (80%)`. */
  async says(name: string, words: RegExp): Promise<void> {
    await expect(this.meter(name)).toHaveAttribute('aria-valuetext', words, { timeout: 20_000 });
  }

  /** A loss of the day that reached its limit. */
  latch(of: string): Locator {
    return this.panel.getByRole('group', { name: `Daily loss of ${of}` });
  }

  /** Opens the dialog for a symbol that is not in the list yet. */
  async set(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Set limits…' }).click();
  }
}
