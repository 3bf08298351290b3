import { expect, type Locator, type Page } from 'playwright/test';
import { ActiveOrders } from '#test/e2e/pages/active-orders';
import { Activity } from '#test/e2e/pages/activity';
import { Dialogs } from '#test/e2e/pages/dialogs';
import { OrderTicket } from '#test/e2e/pages/order-ticket';

/** The whole window, as a trader sees it. */
export class Workstation {
  readonly orders: ActiveOrders;
  readonly ticket: OrderTicket;
  readonly activity: Activity;
  readonly dialogs: Dialogs;

  constructor(readonly page: Page) {
    this.orders = new ActiveOrders(page);
    this.ticket = new OrderTicket(page);
    this.activity = new Activity(page);
    this.dialogs = new Dialogs(page);
  }

  /** Waits until orders may be sent. */
  async isReady(): Promise<void> {
    await expect(this.page.getByTestId('connection')).toHaveText('Connected', { timeout: 30_000 });
  }

  /** DEMO, PAPER or LIVE, as the title bar says. */
  get mode(): Locator {
    return this.page.getByTestId('mode');
  }

  /** The worst that is wrong now. */
  get caution(): Locator {
    return this.page.locator('.caution');
  }

  /** The keys of the panel that has the keyboard, and the health of the session. */
  get statusBar(): Locator {
    return this.page.locator('.foot');
  }

  /** A short fact or a problem beside the work. */
  notice(words: string | RegExp): Locator {
    return this.page.locator('.toast').filter({ hasText: words });
  }

  /** `C 12` while it is being typed. */
  get pendingNumber(): Locator {
    return this.page.locator('.hud');
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async showPanel(name: 'Active Orders' | 'Order ticket' | 'Positions' | 'Activity' | 'Connection'): Promise<void> {
    await this.page.locator('.panel-tab').filter({ hasText: name }).click();
  }

  async switchTheme(): Promise<void> {
    await this.page.getByRole('button', { name: /^(Light|Dark) theme$/ }).click();
  }
}
