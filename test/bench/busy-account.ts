import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** quality.md's setting: what one reconciliation has to go through. */
export const ORDERS = 1_000;
export const EXECUTIONS = 5_000;
/** The API client whose orders they are. */
export const BUSY_CLIENT = 1;

export interface AccountNews {
  readonly port: number;
}
export type AccountOrder = 'drop';

/** A TWS with a busy account, in a process of its own. */
export interface BusyAccount {
  readonly port: number;
  /** Breaks every connection. */
  drop(): void;
  stop(): Promise<void>;
}

export async function startBusyAccount(): Promise<BusyAccount> {
  const child = fork(fileURLToPath(new URL('./busy-account-process.ts', import.meta.url)));
  const { port } = await new Promise<AccountNews>((resolve, reject) => {
    child.once('message', (news: AccountNews) => resolve(news));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the account's process ended with ${String(code)}`)));
  });
  return {
    port,
    drop: () => void child.send('drop' satisfies AccountOrder),
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
