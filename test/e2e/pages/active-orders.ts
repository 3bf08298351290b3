import { expect, type Locator, type Page } from 'playwright/test';
import type { PressKey } from '#test/e2e/press-key';

/** The words of the tabs. */
export type OrdersTab = 'Live' | 'Filled' | 'Cancelled' | 'All';

/** The list of orders. Orders are named by the number a trader sees. */
export class ActiveOrders {
  readonly panel: Locator;

  readonly #page: Page;
  readonly #press: PressKey;

  constructor(page: Page, press: PressKey) {
    this.#page = page;
    this.#press = press;
    this.panel = page.locator('[data-panel="active-orders"]');
  }

  /** The row of an order. */
  order(number: number): Locator {
    return this.panel.locator('.ag-row:not(.ag-full-width-row)').filter({
      has: this.#page.locator('[col-id="number"]', { hasText: new RegExp(`^${number}$`) }),
    });
  }

  /** One cell of it, by the column's id: symbol, side, filled, type, limit, stop, distance, tif, status, custody, age. */
  cell(number: number, column: string): Locator {
    return this.order(number).locator(`[col-id="${column}"]`);
  }

  /** The status word of an order. */
  status(number: number): Locator {
    return this.cell(number, 'status');
  }

  /** The reason under a denied or rejected order. */
  get reasons(): Locator {
    return this.panel.locator('.ag-full-width-row');
  }

  /** The numbers on screen, top to bottom. */
  async numbers(): Promise<readonly number[]> {
    const rows = this.panel.locator('.ag-pinned-left-cols-container .ag-row, .ag-row').locator('[col-id="number"]');
    const placed = await rows.evaluateAll((cells) =>
      cells.map((cell) => ({ number: Number(cell.textContent), top: cell.getBoundingClientRect().top })),
    );
    return placed.sort((a, b) => a.top - b.top).map(({ number }) => number);
  }

  /** Waits until the row shows this status. */
  async becomes(number: number, status: string | RegExp): Promise<void> {
    await expect(this.status(number)).toHaveText(status, { timeout: 20_000 });
  }

  async select(number: number): Promise<void> {
    await this.cell(number, 'symbol').click();
  }

  async show(tab: OrdersTab): Promise<void> {
    await this.#page.getByRole('radio', { name: tab }).first().click();
  }

  /** Gives the panel the keyboard without choosing an order. */
  async takeKeyboard(): Promise<void> {
    await this.panel.focus();
  }

  /** `M` on an order: its dialog opens. */
  async modify(number: number): Promise<void> {
    await this.select(number);
    await this.#press('m');
  }

  /** `C` on an order: its dialog opens. */
  async cancel(number: number): Promise<void> {
    await this.select(number);
    await this.#press('c');
  }

  /** `C 12 Enter`: acts at once, a stop asks first. */
  async cancelByNumber(number: number): Promise<void> {
    await this.#typeNumber('c', number);
  }

  /** `M 12 Enter`: its dialog opens. */
  async modifyByNumber(number: number): Promise<void> {
    await this.#typeNumber('m', number);
  }

  /** `A`: the dialog of cancel all opens. */
  async cancelAll(): Promise<void> {
    await this.takeKeyboard();
    await this.#press('a');
  }

  async #typeNumber(verb: 'c' | 'm', number: number): Promise<void> {
    await this.takeKeyboard();
    for (const key of [verb, ...String(number).split(''), 'Enter']) await this.#press(key);
  }
}
