/** Tells of changes of files that people edit. */
export interface FileWatch {
  /** Calls `changed` after each change of the file `name`, also when another file takes its place. @returns the way to stop. */
  watch(name: string, changed: () => void): () => void;
}
