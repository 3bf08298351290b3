import { describe, expect, test } from 'vitest';
import type { Fault } from '#simulator/fault-schema';
import { FaultBoard, type FaultyRequest } from '#simulator/faults';

const NOON = Date.UTC(2026, 0, 5, 17);
const ORDERS_KNOWN_MAX = 10_000;

/** A board, and what it had carried out. */
function aBoard(): { readonly board: FaultBoard; readonly done: string[] } {
  const done: string[] = [];
  const hands = {
    strike: ({ fault }: Fault) => void done.push(fault),
    lift: ({ fault }: Fault) => void done.push(`${fault} over`),
    release: () => void done.push('released'),
  };
  return { board: new FaultBoard(hands, NOON), done };
}

const order = (orderId: number): FaultyRequest => ({
  message: 'place-order',
  key: { clientId: 1, orderId },
  isChild: false,
});
const cancel: FaultyRequest = { message: 'cancel-order', key: undefined, isChild: false };
const other: FaultyRequest = { message: undefined, key: undefined, isChild: false };

describe('when a fault strikes', () => {
  test('at once, or when its time has come', () => {
    const { board, done } = aBoard();
    board.inject({ fault: 'drop' });
    board.inject({ fault: 'restart', at: { seconds: 5 } });
    expect(done).toEqual(['drop']);
    board.passTo(NOON + 4_999);
    expect(done).toEqual(['drop']);
    board.passTo(NOON + 5_000);
    expect(done).toEqual(['drop', 'restart']);
  });

  test('at the n-th message of its kind, and only once', () => {
    const { board, done } = aBoard();
    board.inject({ fault: 'freeze', at: { message: 'cancel-order', count: 2 } });
    for (const request of [cancel, order(1), other]) board.meet(request);
    expect(done).toEqual([]);
    board.meet(cancel);
    board.meet(cancel);
    expect(done).toEqual(['freeze']);
  });

  test('when the n-th order is placed, or has come so far', () => {
    const { board, done } = aBoard();
    board.inject({ fault: 'drop', at: { order: 2 } });
    board.inject({ fault: 'freeze', at: { order: 1, is: 'filled' } });
    expect(board.meet(order(7)).drop).toBe(false);
    expect(board.meet(order(8))).toMatchObject({ drop: true, reaches: false });
    board.orderIs({ clientId: 1, orderId: 7 }, 'working');
    board.orderIs({ clientId: 1, orderId: 8 }, 'filled');
    board.strikeDue();
    expect(done).toEqual([]);
    board.orderIs({ clientId: 1, orderId: 7 }, 'filled');
    expect(done).toEqual([]); // the exchange is not done yet
    board.strikeDue();
    expect(done).toEqual(['freeze']);
  });

  test('the orders of long ago are not waited for any more', () => {
    const { board, done } = aBoard();
    for (let id = 1; id <= ORDERS_KNOWN_MAX + 1; id += 1) board.meet(order(id));
    board.inject({ fault: 'freeze', at: { order: 1, is: 'filled' } });
    board.inject({ fault: 'drop', at: { order: 2, is: 'filled' } });
    board.orderIs({ clientId: 1, orderId: 1 }, 'filled');
    board.orderIs({ clientId: 1, orderId: 2 }, 'filled');
    board.strikeDue();
    expect(done).toEqual(['drop']);
  });

  test('not at all when the fault is none', () => {
    const { board } = aBoard();
    expect(() => board.inject({ fault: 'slow', milliseconds: 0 })).toThrow();
  });
});

describe('how long a fault holds', () => {
  test('so many seconds, or until it is released', () => {
    const { board, done } = aBoard();
    board.inject({ fault: 'freeze', forSeconds: 2 });
    board.inject({ fault: 'delay', milliseconds: 300 });
    board.inject({ fault: 'drop', at: { seconds: 60 } });
    expect([board.frozen, board.delayMs, board.slowMs, board.copies]).toEqual([true, 300, 0, 1]);
    board.passTo(NOON + 2_000);
    expect([board.frozen, board.delayMs]).toEqual([false, 300]);
    board.clear();
    board.passTo(NOON + 60_000);
    expect(board.delayMs).toBe(0);
    expect(done).toEqual(['freeze', 'delay', 'freeze over', 'delay over', 'released']);
  });

  test('what hits requests hits one, every one for a while, or every one until it is released', () => {
    const { board } = aBoard();
    const refusals = (): readonly (number | undefined)[] =>
      [board.meet(cancel), board.meet(cancel)].map(({ refusal }) => refusal?.code);
    board.inject({ fault: 'cancel-refused' });
    expect(refusals()).toEqual([10_148, undefined]);
    board.inject({ fault: 'cancel-refused', code: 161, forSeconds: 1 });
    expect(refusals()).toEqual([161, 161]);
    board.passTo(NOON + 1_000);
    expect(refusals()).toEqual([undefined, undefined]);
    board.inject({ fault: 'cancel-refused', at: { message: 'cancel-order' }, until: 'release' });
    expect(refusals()).toEqual([10_148, 10_148]);
    board.clear();
    expect(refusals()).toEqual([undefined, undefined]);
  });

  test('two of a kind hit two requests, two of different kinds the same', () => {
    const { board } = aBoard();
    board.inject({ fault: 'reject', code: 201 });
    board.inject({ fault: 'reject', code: 460, text: 'No trading permission' });
    board.inject({ fault: 'withhold' });
    expect(board.meet(order(1))).toMatchObject({ rejection: { code: 201 }, withheld: true });
    expect(board.meet(order(2))).toMatchObject({
      rejection: { code: 460, text: 'No trading permission' },
      withheld: false,
    });
    expect(board.fateOf('order')).toMatchObject({ rejection: { code: 460 } });
  });

  test('one that waits for another message is kept for its own', () => {
    const { board } = aBoard();
    board.inject({ fault: 'reject', at: { message: 'cancel-order' } });
    board.meet(cancel);
    expect(board.meet(order(1)).rejection?.code).toBe(201);
  });

  test('a code without words of its own is said as such', () => {
    const { board } = aBoard();
    board.inject({ fault: 'reject', code: 4_711 });
    expect(board.meet(order(1)).rejection).toEqual({ code: 4_711, text: 'Error 4711' });
  });

  test('an unreadable message is one, or all of them for a while', () => {
    const { board } = aBoard();
    expect(board.takeUnreadable()).toBe(false);
    board.inject({ fault: 'unreadable' });
    expect([board.takeUnreadable(), board.takeUnreadable()]).toEqual([true, false]);
    board.inject({ fault: 'unreadable', until: 'release' });
    expect([board.takeUnreadable(), board.takeUnreadable()]).toEqual([true, true]);
  });
});
