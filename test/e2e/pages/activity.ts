import { expect, type Locator, type Page } from 'playwright/test';

/** Every event in words, newest first. */
export class Activity {
  readonly panel: Locator;

  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.panel = page.locator('[data-panel="activity"]');
  }

  get lines(): Locator {
    return this.panel.locator('.event');
  }

  line(words: string | RegExp): Locator {
    return this.lines.filter({ hasText: words });
  }

  /** Waits until an event with these words is there. */
  async tells(words: string | RegExp): Promise<void> {
    await this.#page.locator('.panel-tab').filter({ hasText: 'Activity' }).click();
    await expect(this.line(words).first()).toBeVisible({ timeout: 20_000 });
  }

  async show(filter: 'All' | 'Orders' | 'Risk' | 'Session' | 'Manual'): Promise<void> {
    await this.#page.locator('.panel-tab').filter({ hasText: 'Activity' }).click();
    await this.#page.getByRole('radiogroup', { name: 'Events shown' }).getByRole('radio', { name: filter }).click();
  }

  /** A click on a line opens the history of its order. */
  async openHistory(words: string | RegExp): Promise<void> {
    await this.#page.locator('.panel-tab').filter({ hasText: 'Activity' }).click();
    await this.line(words).first().click();
  }
}
