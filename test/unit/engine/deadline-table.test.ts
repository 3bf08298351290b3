import { expect, test } from 'vitest';
import { epochMs } from '#domain/ids';
import { DeadlineTable } from '#engine/deadline-table';

function tableOf(...entries: readonly (readonly [string, number])[]): DeadlineTable<string> {
  const table = new DeadlineTable<string>();
  for (const [key, at] of entries) table.set(key, epochMs(at), key);
  return table;
}

test('without deadlines there is nothing to wait for', () => {
  expect(new DeadlineTable().next).toBeNull();
  expect(new DeadlineTable().takeDue(epochMs(9))).toEqual([]);
});

test('the next is the earliest, whatever came first', () => {
  expect(tableOf(['b', 20], ['a', 10], ['c', 30]).next).toBe(10);
});

test('what is due comes out once, earliest first', () => {
  const table = tableOf(['c', 30], ['b', 20], ['a', 10]);
  expect(table.takeDue(epochMs(9))).toEqual([]);
  expect(table.takeDue(epochMs(20))).toEqual(['a', 'b']);
  expect(table.takeDue(epochMs(20))).toEqual([]);
  expect(table.next).toBe(30);
});

test('a key has one deadline: a new one takes the place of the old', () => {
  const table = tableOf(['a', 10], ['b', 20]);
  table.set('a', epochMs(40), 'a');
  expect(table.next).toBe(20);
  table.set('b', epochMs(30), 'b');
  expect(table.next).toBe(30);
  table.set('a', epochMs(5), 'a');
  expect(table.next).toBe(5);
  expect(table.takeDue(epochMs(99))).toEqual(['a', 'b']);
});

test('a cleared deadline does not come', () => {
  const table = tableOf(['a', 10], ['b', 20], ['c', 30]);
  table.clear('a');
  expect(table.has('a')).toBe(false);
  expect(table.next).toBe(20);
  table.clear('c');
  expect(table.next).toBe(20);
  table.clear('never set');
  expect(table.takeDue(epochMs(99))).toEqual(['b']);
  expect(table.next).toBeNull();
});
