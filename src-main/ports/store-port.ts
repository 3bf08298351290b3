/** One document that outlives the process. */
export interface StorePort<T> {
  /**
   * The stored value, or the defaults when nothing was ever stored.
   * @throws StoreRefusal when the file is there but can not be trusted: it is kept, never silently replaced.
   */
  read(): Promise<T>;
  /**
   * Resolves once `value`, or a newer one written meanwhile, is on disk; rejects when it could not be written, and then
   * the old document is still whole.
   */
  write(value: T): Promise<void>;
}
