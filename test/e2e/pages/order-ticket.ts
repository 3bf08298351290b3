import { expect, type Locator, type Page } from 'playwright/test';
import type { PressKey } from '#test/e2e/press-key';

export type Side = 'BUY' | 'SELL';
export type EntryType = 'Limit' | 'Market' | 'Stop';

export interface SingleEntry {
  readonly symbol: string;
  readonly side?: Side;
  readonly quantity: string;
  readonly type?: EntryType;
  /** The limit, or the stop price; none at market. */
  readonly price?: string;
}

export interface BracketEntry extends SingleEntry {
  /** null: no target. */
  readonly target: string | null;
  readonly stop: string;
}

/** The order ticket, filled in as a trader does. */
export class OrderTicket {
  readonly panel: Locator;

  readonly #press: PressKey;

  constructor(page: Page, press: PressKey) {
    this.#press = press;
    this.panel = page.locator('[data-panel="order-ticket"]');
  }

  field(name: 'Symbol' | 'Quantity' | 'Entry price' | 'Target price' | 'Stop price'): Locator {
    return this.panel.getByLabel(name, { exact: true });
  }

  /** The button that says what it will do. */
  get submitButton(): Locator {
    return this.panel.locator('.go .btn.big');
  }

  /** What the checks say now. */
  get verdict(): Locator {
    return this.panel.locator('.go .verdict, .go .msg').first();
  }

  /** Bid and ask as shown; null while there is none. */
  async touch(): Promise<{ readonly bid: number; readonly ask: number }> {
    const read = async (name: 'bid' | 'ask'): Promise<number> => {
      const price = this.panel.locator(`.touch.${name} b`);
      await expect(price).toHaveText(/\d/, { timeout: 15_000 });
      return Number((await price.innerText()).replaceAll(',', ''));
    };
    return { bid: await read('bid'), ask: await read('ask') };
  }

  async chooseSymbol(symbol: string): Promise<void> {
    await this.field('Symbol').fill(symbol);
    await this.field('Symbol').press('Enter');
    await expect(this.panel.locator('.nbbo')).toBeVisible({ timeout: 15_000 });
  }

  async fillSingle(entry: SingleEntry): Promise<void> {
    await this.panel.getByRole('tab', { name: /Single/ }).click();
    await this.#fillEntry(entry);
  }

  async fillBracket(entry: BracketEntry): Promise<void> {
    await this.panel.getByRole('tab', { name: /Bracket/ }).click();
    await this.#fillEntry(entry);
    await this.panel.getByLabel('Target', { exact: true }).setChecked(entry.target !== null);
    if (entry.target !== null) await this.field('Target price').fill(entry.target);
    await this.field('Stop price').fill(entry.stop);
  }

  /** Ctrl+Enter, from the field that has the focus. */
  async submit(): Promise<void> {
    await expect(this.submitButton).toBeEnabled();
    await this.field('Quantity').focus();
    await this.#press('Control+Enter');
  }

  /** Waits for the answer and returns the numbers of the orders that were sent, the entry first. */
  async sentNumbers(): Promise<readonly number[]> {
    const line = this.panel.getByText(/^Sent as /);
    await expect(line).toBeVisible({ timeout: 15_000 });
    return (await line.innerText()).match(/\d+/g)?.map(Number) ?? [];
  }

  async #fillEntry({ symbol, side = 'BUY', quantity, type = 'Limit', price }: SingleEntry): Promise<void> {
    await this.chooseSymbol(symbol);
    await this.panel.getByRole('radio', { name: side }).click();
    await this.field('Quantity').fill(quantity);
    await this.panel.getByLabel('Entry type').selectOption({ label: type });
    if (price !== undefined) await this.field('Entry price').fill(price);
  }
}
