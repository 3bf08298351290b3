import { laterBy, type ClientOrderId, type EpochMs } from '#domain/ids';
import type { Turn } from '#engine/turn';

/** How long IBKR may take to answer before we ask it what it knows. */
export const ANSWER_DUE_MS = 5_000;

const key = (id: ClientOrderId): string => `answer:${id}`;

/** From now on an answer about `id` is owed: when it stays out, a snapshot asks. */
export function expectAnswer(turn: Turn, id: ClientOrderId): void {
  turn.state.observed.deadlines.set(key(id), laterBy(turn.at, ANSWER_DUE_MS), { kind: 'answer-due', order: id });
}

/** The answer came. */
export function answerCame(turn: Turn, id: ClientOrderId): void {
  turn.state.observed.deadlines.clear(key(id));
}

/** At `at` IBKR is asked for its whole picture again. */
export function askAgain(turn: Turn, at: EpochMs): void {
  turn.state.observed.deadlines.set('snapshot', at, { kind: 'snapshot' });
}
