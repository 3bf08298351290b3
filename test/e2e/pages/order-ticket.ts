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

export interface TrailingEntry {
  readonly symbol: string;
  readonly quantity: string;
  readonly percent: string;
  readonly movedBy?: 'IBKR where it can' | 'IBKR' | 'This app';
  readonly activation?: string;
}

export interface OcoEntry {
  readonly symbol: string;
  readonly legs: readonly {
    readonly side: Side;
    readonly quantity: string;
    readonly type: Exclude<EntryType, 'Market'>;
    readonly price: string;
  }[];
  readonly whenBothFill: 'alarm' | 'alarm, trade the excess back';
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

  /** What the ask says now. */
  get ask(): Locator {
    return this.panel.locator('.touch.ask b');
  }

  async chooseSymbol(symbol: string): Promise<void> {
    await this.field('Symbol').fill(symbol);
    await this.field('Symbol').press('Enter');
    await expect(this.panel.locator('.nbbo')).toBeVisible({ timeout: 15_000 });
  }

  async fillSingle(entry: SingleEntry): Promise<void> {
    await this.showTab('Single');
    await this.#fillEntry(entry);
  }

  async fillBracket(entry: BracketEntry): Promise<void> {
    await this.showTab('Bracket');
    await this.#fillEntry(entry);
    await this.panel.getByLabel('Target', { exact: true }).setChecked(entry.target !== null);
    if (entry.target !== null) await this.field('Target price').fill(entry.target);
    await this.field('Stop price').fill(entry.stop);
  }

  async fillTrailing(entry: TrailingEntry): Promise<void> {
    await this.showTab('Trailing');
    await this.chooseSymbol(entry.symbol);
    await this.field('Quantity').fill(entry.quantity);
    await this.panel.getByLabel('Trail', { exact: true }).fill(entry.percent);
    await this.panel.getByLabel('Activation price', { exact: true }).fill(entry.activation ?? '');
    await this.panel
      .getByLabel('Moved by', { exact: true })
      .selectOption({ label: entry.movedBy ?? 'IBKR where it can' });
  }

  async fillOco({ symbol, legs, whenBothFill }: OcoEntry): Promise<void> {
    await this.showTab('OCO');
    await this.chooseSymbol(symbol);
    for (const [index, leg] of legs.entries()) {
      const field = (name: string): Locator => this.panel.getByLabel(`Order ${index + 1} ${name}`, { exact: true });
      await field('side').selectOption(leg.side);
      await field('type').selectOption({ label: leg.type });
      await field('quantity').fill(leg.quantity);
      await field('price').fill(leg.price);
    }
    await this.panel.getByLabel('When both fill').selectOption({ label: whenBothFill });
  }

  async showTab(name: 'Single' | 'Bracket' | 'Trailing' | 'OCO'): Promise<void> {
    await this.panel.getByRole('tab', { name: new RegExp(name) }).click();
  }

  /** Ctrl+Enter, from the field that has the focus. */
  async submit(): Promise<void> {
    await expect(this.submitButton).toBeEnabled();
    await this.panel
      .getByLabel(/uantity/)
      .first()
      .focus();
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
