import { randomInt, randomUUID } from 'node:crypto';
import { runId } from '#domain/ids';
import type { IdSource } from '#ports/id-source';

/** 36⁸ milliseconds: enough until the year 2059. */
const TIME_LENGTH = 8;
const RANDOM_LENGTH = 4;

function base36(value: number, length: number): string {
  return value.toString(36).padStart(length, '0');
}

/** Ids from the time of their making and chance. `wall` gives milliseconds since 1970. */
export function systemIds(wall: () => number = () => Date.now()): IdSource {
  return {
    newRunId: () => runId(base36(wall(), TIME_LENGTH) + base36(randomInt(36 ** RANDOM_LENGTH), RANDOM_LENGTH)),
    newJournalId: () => randomUUID(),
  };
}
