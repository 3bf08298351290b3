import { expect, type Locator, type Page } from 'playwright/test';
import type { PressKey } from '#test/e2e/press-key';
import { ActiveOrders } from '#test/e2e/pages/active-orders';
import { Activity } from '#test/e2e/pages/activity';
import { Dialogs } from '#test/e2e/pages/dialogs';
import { ConnectionPanel } from '#test/e2e/pages/connection';
import { CorrelationPanel } from '#test/e2e/pages/correlation';
import { Limits } from '#test/e2e/pages/limits';
import { Positions } from '#test/e2e/pages/positions';
import { OrderTicket } from '#test/e2e/pages/order-ticket';

/** The words of the tabs. */
export type PanelName =
  'Active Orders' | 'Order ticket' | 'Positions' | 'Activity' | 'Connection' | 'Limits' | 'Correlation';

/** The whole window, as a trader sees it. */
export class Workstation {
  readonly orders: ActiveOrders;
  readonly ticket: OrderTicket;
  readonly activity: Activity;
  readonly positions: Positions;
  readonly connection: ConnectionPanel;
  readonly limits: Limits;
  readonly correlation: CorrelationPanel;
  readonly dialogs: Dialogs;

  readonly #page: Page;
  readonly #press: PressKey;

  constructor(page: Page, press: PressKey) {
    this.#page = page;
    this.#press = press;
    this.orders = new ActiveOrders(page, press);
    this.ticket = new OrderTicket(page, press);
    this.activity = new Activity(page);
    this.positions = new Positions(page);
    this.connection = new ConnectionPanel(page);
    this.limits = new Limits(page);
    this.correlation = new CorrelationPanel(page);
    this.dialogs = new Dialogs(page, press);
  }

  /** Waits until orders may be sent. */
  async isReady(): Promise<void> {
    await expect(this.#page.getByTestId('connection')).toHaveText('Connected', { timeout: 30_000 });
  }

  /** DEMO, PAPER or LIVE, as the title bar says. */
  get mode(): Locator {
    return this.#page.getByTestId('mode');
  }

  /** The worst that is wrong now. */
  get caution(): Locator {
    return this.#page.locator('.caution');
  }

  /** ACTIVE, REDUCING or HALTED. */
  get trading(): Locator {
    return this.#page.getByTestId('trading');
  }

  /** Why trading is not ACTIVE; nothing while it is. */
  get heldTrading(): Locator {
    return this.#page.getByTestId('held-trading');
  }

  /** The keys of the panel that has the keyboard, and the health of the session. */
  get statusBar(): Locator {
    return this.#page.locator('.foot');
  }

  /** A short fact or a problem beside the work. */
  notice(words: string | RegExp): Locator {
    return this.#page.locator('.toast').filter({ hasText: words });
  }

  /** `C 12` while it is being typed. */
  get pendingNumber(): Locator {
    return this.#page.locator('.hud');
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#press(key);
  }

  async showPanel(name: PanelName): Promise<void> {
    await this.#page.locator('.panel-tab').filter({ hasText: name }).click();
  }

  async switchTheme(): Promise<void> {
    await this.#page.getByRole('button', { name: /^(Light|Dark) theme$/ }).click();
  }
}
