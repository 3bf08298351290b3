import type { Locator, Page } from 'playwright/test';

/** How symbols go together. */
export class CorrelationPanel {
  readonly panel: Locator;

  constructor(page: Page) {
    this.panel = page.locator('[data-panel="correlation"]');
  }

  get map(): Locator {
    return this.panel.getByRole('group', { name: /^Heat map of/ });
  }

  /** The pair under the pointer or the keyboard, in words. */
  get chosen(): Locator {
    return this.panel.locator('.correlation-foot [role="status"]');
  }

  /** The pairs above the threshold. */
  get pairs(): Locator {
    return this.panel.getByRole('region', { name: /^Pairs from/ });
  }

  async zoom(to: 'All' | 'Names' | 'Values'): Promise<void> {
    await this.panel.getByRole('radio', { name: to }).click();
  }
}
