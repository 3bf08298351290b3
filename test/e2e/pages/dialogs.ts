import { expect, type Locator, type Page } from 'playwright/test';
import type { PressKey } from '#test/e2e/press-key';

/** The dialog that is open. Enter confirms it once its ⏎ is shown, and these wait for that as a person would. */
export class Dialogs {
  readonly open: Locator;

  readonly #page: Page;
  readonly #press: PressKey;

  constructor(page: Page, press: PressKey) {
    this.#page = page;
    this.#press = press;
    this.open = page.getByRole('dialog');
  }

  get title(): Locator {
    return this.open.getByRole('heading', { level: 2 });
  }

  /** The verb of the dialog, with its number. */
  get verb(): Locator {
    return this.open.locator('[data-verb] button');
  }

  /** What the checks say about the change. */
  get verdict(): Locator {
    return this.open.locator('.verdict');
  }

  /** New limit, new stop or new quantity of the modify dialog. */
  field(name: 'New limit' | 'New stop' | 'New quantity'): Locator {
    return this.open.getByLabel(name, { exact: true });
  }

  /** What a difference was, and the reason given for it. */
  async fillAcknowledgement(cause: string, reason: string): Promise<void> {
    await this.open.getByLabel('What it was').selectOption({ label: cause });
    await this.open.getByLabel('Reason').fill(reason);
  }

  /** The tick before a group of cancel all: entries, targets or stops. */
  tick(group: 'entr' | 'target' | 'stop'): Locator {
    return this.open.getByRole('checkbox', { name: new RegExp(group) });
  }

  async isShown(title: string | RegExp): Promise<void> {
    await expect(this.title).toHaveText(title);
  }

  /** Enter, once it counts. */
  async confirm(): Promise<void> {
    await expect(this.verb).toBeEnabled();
    await expect(this.open.locator('.confirm-mark kbd')).toBeVisible();
    await this.#press('Enter');
    await expect(this.open).toHaveCount(0);
  }

  /** Holds Enter until it counts. */
  async hold(): Promise<void> {
    await expect(this.verb).toBeEnabled();
    await this.#page.keyboard.down('Enter');
    await expect(this.open).toHaveCount(0);
    await this.#page.keyboard.up('Enter');
  }

  /** A field of any dialog, by its label. */
  input(label: string): Locator {
    return this.open.getByLabel(label, { exact: true });
  }

  /** Esc. */
  async drop(): Promise<void> {
    await this.#press('Escape');
    await expect(this.open).toHaveCount(0);
  }
}
