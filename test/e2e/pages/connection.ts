import type { Locator, Page } from 'playwright/test';

/** The session with IBKR, what differs from it, and the proof. */
export class ConnectionPanel {
  readonly panel: Locator;

  constructor(page: Page) {
    this.panel = page.locator('[data-panel="connection"]');
  }

  /** What nothing explains, with both figures. */
  get unexplained(): Locator {
    return this.panel.getByRole('region', { name: 'Unexplained differences' });
  }

  get proof(): Locator {
    return this.panel.getByRole('region', { name: 'Reconciliation proof' });
  }

  /** Opens the dialog that settles it. */
  async acknowledge(): Promise<void> {
    await this.unexplained.getByRole('button', { name: 'Acknowledge…' }).click();
  }
}
