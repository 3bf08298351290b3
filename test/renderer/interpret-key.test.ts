import { describe, expect, test } from 'vitest';
import { interpretKey, type KeyContext, type KeyPress } from '#renderer/hotkeys/interpret-key';

const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrl: false,
  alt: false,
  shift: false,
  repeat: false,
  ...part,
});
const inOrders: KeyContext = { panel: 'active-orders', typing: false, dialog: null, pending: null, hasSelection: true };

describe('single letters', () => {
  test('C cancels and M modifies the selected order', () => {
    expect(interpretKey(press('c'), inOrders)).toEqual({ kind: 'cancel-selected' });
    expect(interpretKey(press('m'), inOrders)).toEqual({ kind: 'modify-selected' });
  });

  test('they do nothing while one types', () => {
    for (const key of ['c', 'm', 'a', 'n', 'b', 'h', 'j', '?']) {
      expect(interpretKey(press(key), { ...inOrders, typing: true })).toBeNull();
    }
  });

  test('C, M and A do nothing outside Active Orders', () => {
    for (const key of ['c', 'm', 'a']) expect(interpretKey(press(key), { ...inOrders, panel: 'activity' })).toBeNull();
  });

  test('a held key acts once, moving apart', () => {
    expect(interpretKey(press('c', { repeat: true }), inOrders)).toEqual({ kind: 'swallow' });
    expect(interpretKey(press('a', { repeat: true }), inOrders)).toEqual({ kind: 'swallow' });
    expect(interpretKey(press('j', { repeat: true }), inOrders)).toEqual({ kind: 'move', by: 1 });
  });

  test('they do nothing while a dialog is open', () => {
    expect(interpretKey(press('a'), { ...inOrders, dialog: 'keys' })).toBeNull();
  });

  test('chords of the system are left alone', () => {
    expect(interpretKey(press('c', { ctrl: true }), inOrders)).toBeNull();
    expect(interpretKey(press('c', { alt: true }), inOrders)).toBeNull();
  });
});

describe('an order number', () => {
  test('C without a selected order asks for a number', () => {
    expect(interpretKey(press('c'), { ...inOrders, hasSelection: false })).toEqual({
      kind: 'pending',
      pending: { verb: 'cancel', digits: '' },
    });
  });

  test('C 1 2 Enter acts on order 12, whether or not a row is selected', () => {
    expect(interpretKey(press('1'), { ...inOrders, dialog: 'cancel' })).toEqual({
      kind: 'pending',
      pending: { verb: 'cancel', digits: '1' },
    });
    const one: KeyContext = { ...inOrders, pending: { verb: 'cancel', digits: '1' } };
    expect(interpretKey(press('2'), one)).toEqual({ kind: 'pending', pending: { verb: 'cancel', digits: '12' } });
    const twelve: KeyContext = { ...inOrders, pending: { verb: 'cancel', digits: '12' } };
    expect(interpretKey(press('Enter'), twelve)).toEqual({ kind: 'act-on-number', verb: 'cancel', number: 12 });
  });

  test('Enter without digits does nothing, and a held Enter does nothing', () => {
    expect(interpretKey(press('Enter'), { ...inOrders, pending: { verb: 'cancel', digits: '' } })).toEqual({
      kind: 'swallow',
    });
    const twelve: KeyContext = { ...inOrders, pending: { verb: 'modify', digits: '12' } };
    expect(interpretKey(press('Enter', { repeat: true }), twelve)).toEqual({ kind: 'swallow' });
  });

  test('digits in a field of the modify dialog are a price, not an order', () => {
    expect(interpretKey(press('1'), { ...inOrders, dialog: 'modify', typing: true })).toBeNull();
  });

  test('Esc drops it', () => {
    expect(interpretKey(press('Escape'), { ...inOrders, pending: { verb: 'cancel', digits: '4' } })).toEqual({
      kind: 'pending',
      pending: null,
    });
  });
});

describe('everywhere', () => {
  test('Ctrl+Enter submits only when the ticket has the keyboard', () => {
    const enter = press('Enter', { ctrl: true });
    expect(interpretKey(enter, { ...inOrders, panel: 'order-ticket', typing: true })).toEqual({
      kind: 'submit-ticket',
    });
    expect(interpretKey(enter, inOrders)).toBeNull();
    expect(interpretKey({ ...enter, repeat: true }, { ...inOrders, panel: 'order-ticket' })).toEqual({
      kind: 'swallow',
    });
  });

  test('F6 goes to the next panel, even while one types, and Ctrl+2 to the ticket', () => {
    expect(interpretKey(press('F6'), { ...inOrders, typing: true })).toEqual({ kind: 'next-panel', by: 1 });
    expect(interpretKey(press('F6', { shift: true }), inOrders)).toEqual({ kind: 'next-panel', by: -1 });
    expect(interpretKey(press('2', { ctrl: true }), inOrders)).toEqual({ kind: 'show-panel', panel: 'order-ticket' });
  });

  test('B and N open the ticket from any panel', () => {
    expect(interpretKey(press('b'), { ...inOrders, panel: 'activity' })).toEqual({ kind: 'ticket', ticket: 'bracket' });
    expect(interpretKey(press('n'), inOrders)).toEqual({ kind: 'ticket', ticket: 'single' });
  });
});
