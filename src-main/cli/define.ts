import type { Command } from 'commander';
import type { CliIo } from './cli-io';

/** Gives a command its options and what it does; `end` hears its exit code. */
export type Define = (command: Command, io: CliIo, end: (exitCode: number) => void) => void;
