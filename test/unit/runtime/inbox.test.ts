import { describe, expect, test } from 'vitest';
import { conId } from '#domain/ids';
import { price } from '#domain/money';
import type { QuotePatch } from '#domain/quote';
import { Inbox, INBOX_LENGTH_MAX, type Unstamped } from '#runtime/inbox';

const tick = (n: number, patch: QuotePatch): Unstamped => ({
  kind: 'fact',
  fact: { kind: 'quote', conId: conId(n), patch },
});
const notice = (code: number): Unstamped => ({ kind: 'fact', fact: { kind: 'notice', code, text: '' } });

function allOf(inbox: Inbox): Unstamped[] {
  const all: Unstamped[] = [];
  for (let input = inbox.take(); input !== undefined; input = inbox.take()) all.push(input);
  return all;
}

test('inputs come out in the order in which they came in', () => {
  const inbox = new Inbox();
  inbox.put(notice(1));
  inbox.put({ kind: 'clock' });
  inbox.put(notice(2));
  expect(allOf(inbox)).toEqual([notice(1), { kind: 'clock' }, notice(2)]);
});

test('a halt goes before everything that waits', () => {
  const inbox = new Inbox();
  inbox.put(notice(1));
  const halt: Unstamped = { kind: 'halt', cause: 'fault', reason: 'broken' };
  inbox.putFirst(halt);
  expect(allOf(inbox)).toEqual([halt, notice(1)]);
});

describe('quotes that wait', () => {
  test('conflate to the latest value of each field, in the place of the first', () => {
    const inbox = new Inbox();
    inbox.put(tick(1, { bid: price('1'), ask: price('2') }));
    inbox.put(tick(2, { bid: price('7') }));
    inbox.put(notice(1));
    inbox.put(tick(1, { bid: price('1.5'), last: price('1.6') }));
    expect(inbox.length).toBe(3);
    expect(allOf(inbox)).toEqual([
      tick(1, { bid: price('1.5'), ask: price('2'), last: price('1.6') }),
      tick(2, { bid: price('7') }),
      notice(1),
    ]);
  });

  test('once taken are done with: the next tick is a new one', () => {
    const inbox = new Inbox();
    inbox.put(tick(1, { bid: price('1') }));
    inbox.take();
    inbox.put(tick(1, { ask: price('2') }));
    expect(allOf(inbox)).toEqual([tick(1, { ask: price('2') })]);
  });
});

test('with 10,000 inputs waiting there is no room for a command, and facts are still kept', () => {
  const inbox = new Inbox();
  for (let n = 0; n < INBOX_LENGTH_MAX; n += 1) {
    expect(inbox.hasRoom).toBe(true);
    inbox.put(notice(n));
  }
  expect(inbox.hasRoom).toBe(false);
  inbox.put(notice(INBOX_LENGTH_MAX));
  expect(allOf(inbox)).toHaveLength(INBOX_LENGTH_MAX + 1);
});
