/** What IBKR's protocol writes for a double, an integer that is not set. */
export const UNSET_DOUBLE = '1.7976931348623157E308';
export const UNSET_INTEGER = '2147483647';

const INTEGER = /^(0|-?[1-9]\d*)$/;
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const ASCII = /^[\x20-\x7e]*$/;

/** Reads one message field by field and refuses whatever does not have exactly the form IBKR gives it. */
export class StrictReader {
  readonly version: number;
  readonly values: Record<string, string> = {};
  readonly #message: string;
  readonly #fields: readonly string[];
  #next = 0;

  constructor(message: string, fields: readonly string[], version: number) {
    this.#message = message;
    this.#fields = fields;
    this.version = version;
  }

  /** Any printable ASCII, possibly nothing. */
  text(name: string): string {
    return this.#take(name, (field) => ASCII.test(field), 'ASCII text');
  }

  /** Printable ASCII, not empty. */
  word(name: string): string {
    return this.#take(name, (field) => field !== '' && ASCII.test(field), 'a word');
  }

  /** A field that plain orders leave empty. */
  empty(...names: readonly string[]): void {
    for (const name of names) this.#take(name, (field) => field === '', 'nothing');
  }

  constant(name: string, value: string): void {
    this.#take(name, (field) => field === value, `"${value}"`);
  }

  integer(name: string): number {
    return Number(this.#take(name, (field) => INTEGER.test(field), 'an integer'));
  }

  /** A plain decimal without exponent. */
  decimal(...names: readonly string[]): void {
    for (const name of names) this.#take(name, (field) => DECIMAL.test(field), 'a decimal');
  }

  /** A decimal, or the mark of an unset double. */
  amount(...names: readonly string[]): void {
    for (const name of names) {
      this.#take(name, (field) => field === UNSET_DOUBLE || DECIMAL.test(field), 'a decimal or unset');
    }
  }

  unsetInteger(...names: readonly string[]): void {
    for (const name of names) this.constant(name, UNSET_INTEGER);
  }

  flag(...names: readonly string[]): void {
    for (const name of names) this.#take(name, (field) => field === '0' || field === '1', '0 or 1');
  }

  oneOf(name: string, allowed: readonly string[]): string {
    return this.#take(name, (field) => allowed.includes(field), allowed.join(' or '));
  }

  matching(name: string, form: RegExp): string {
    return this.#take(name, (field) => form.test(field), form.source);
  }

  /** Nothing may be left. */
  end(): void {
    const left = this.#fields.slice(this.#next);
    if (left.length > 0) throw new Error(`${this.#message}: ${left.length} field(s) left: ${JSON.stringify(left)}`);
  }

  #take(name: string, fits: (field: string) => boolean, wanted: string): string {
    const field = this.#fields[this.#next];
    const place = `${this.#message} field ${this.#next} (${name}) at ${this.version}`;
    if (field === undefined) throw new Error(`${place}: missing`);
    if (!fits(field)) throw new Error(`${place}: wanted ${wanted}, got ${JSON.stringify(field)}`);
    this.#next += 1;
    this.values[name] = field;
    return field;
  }
}
