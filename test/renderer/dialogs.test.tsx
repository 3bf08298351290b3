import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { clientOrderId } from '#domain/ids';
import { ok } from '#domain/result';
import { Dialogs } from '#renderer/dialogs/dialogs.tsx';
import type { OpenDialog } from '#renderer/stores/ui-store';
import { ACCEPTED } from '#test/renderer/fake-workstation';
import { follow, show } from './render';
import { aFullDay } from '#test/renderer/trading-day';

const orderId = (number: number) => clientOrderId(`run-1-${number}`);

async function open(dialog: OpenDialog) {
  const day = aFullDay();
  const session = await follow(day);
  session.ui.setState({ dialog });
  show(session, <Dialogs />);
  const box = await screen.findByRole('dialog');
  /** The ⏎ mark is the sign that Enter counts from now on. */
  const settled = () => waitFor(() => expect(box.querySelector('.confirm-mark.waiting')).toBeNull());
  return { day, session, box, settled };
}

describe('cancel', () => {
  test('Enter that arrives with the focus does not confirm; once the mark is shown it does, once', async () => {
    const { day, session, box, settled } = await open({ kind: 'cancel', orderId: orderId(51) });
    fireEvent.blur(window);
    fireEvent.focus(window);
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(day.workstation.sent).toEqual([]);
    await settled();
    fireEvent.keyDown(box, { key: 'Enter' });
    fireEvent.keyDown(box, { key: 'Enter', repeat: true });
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(day.workstation.sent).toEqual([{ key: 'key-1', command: { kind: 'cancel-orders', numbers: [51] } }]);
    await waitFor(() => expect(session.ui.getState().dialog).toBeNull());
  });

  test('of a stop says how many shares it uncovers', async () => {
    const { box } = await open({ kind: 'cancel', orderId: orderId(41) });
    expect(box.textContent).toContain('Cancel stop 41');
    expect(box.textContent).toContain('25 of 40 JPM shares will have no stop.');
  });

  test('Esc drops it and sends nothing', async () => {
    const { day, session } = await open({ kind: 'cancel', orderId: orderId(51) });
    await userEvent.keyboard('{Escape}');
    expect(session.ui.getState().dialog).toBeNull();
    expect(day.workstation.sent).toEqual([]);
  });

  test('a refusal stays on screen with its reason', async () => {
    const { day, box, settled, session } = await open({ kind: 'cancel', orderId: orderId(51) });
    day.workstation.answer = () =>
      Promise.resolve(ok({ ...ACCEPTED, outcome: 'refused', message: 'Order 51 is filled already.' }));
    await settled();
    fireEvent.keyDown(box, { key: 'Enter' });
    await waitFor(() => expect(box.textContent).toContain('Order 51 is filled already.'));
    expect(session.ui.getState().dialog).not.toBeNull();
  });
});

describe('cancel all', () => {
  test('stops are ticked at first, with the shares that would lose their stop beside them', async () => {
    const { day, box, settled } = await open({ kind: 'cancel-all' });
    expect(screen.getByRole('checkbox', { name: /4 stops/ })).toHaveProperty('checked', true);
    expect(box.textContent).toContain('105 shares lose their stop');
    await settled();
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(day.workstation.sent).toMatchObject([{ command: { kind: 'cancel-all', symbol: null, keepStops: false } }]);
  });

  test('S unticks them: they stay, and the button counts one group less', async () => {
    const { day, box, settled } = await open({ kind: 'cancel-all' });
    expect(screen.getByRole('button', { name: /Cancel 10 orders/ })).toBeDefined();
    fireEvent.keyDown(box, { key: 's' });
    expect(box.textContent).toContain('105 shares stay protected');
    expect(screen.getByRole('button', { name: /Cancel 6 orders/ })).toBeDefined();
    await settled();
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(day.workstation.sent).toMatchObject([{ command: { kind: 'cancel-all', keepStops: true } }]);
  });

  test('entries can stay too: then exactly the named orders are cancelled', async () => {
    const { day, box, settled } = await open({ kind: 'cancel-all' });
    await userEvent.click(screen.getByRole('checkbox', { name: /4 entries/ }));
    fireEvent.keyDown(box, { key: 's' });
    await settled();
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(day.workstation.sent).toMatchObject([{ command: { kind: 'cancel-orders', numbers: [45, 52] } }]);
  });
});

describe('modify', () => {
  test('says what an off-tick price becomes and sends only what changed', async () => {
    const { day, box, settled } = await open({ kind: 'modify', orderId: orderId(53) });
    expect(screen.getByRole('button', { name: 'No change' })).toHaveProperty('disabled', true);
    const field = screen.getByLabelText('New stop');
    await userEvent.clear(field);
    await userEvent.type(field, '161.507');
    expect(box.textContent).toContain('Tick 0.01: becomes 161.50');
    await settled();
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(day.workstation.sent).toEqual([
      {
        key: 'key-1',
        command: {
          kind: 'modify-order',
          request: { number: 53, quantity: null, limit: null, stop: '161.5', timeInForce: null },
        },
      },
    ]);
  });

  test('shows the verdict on what is typed', async () => {
    const { box } = await open({ kind: 'modify', orderId: orderId(51) });
    const field = screen.getByLabelText('New quantity');
    await userEvent.clear(field);
    await userEvent.type(field, '9000');
    await waitFor(() => expect(box.textContent).toContain('Order exposure would be $1,476,900.'));
  });

  test('does not go below what has filled', async () => {
    const { box } = await open({ kind: 'modify', orderId: orderId(51) });
    const field = screen.getByLabelText('New quantity');
    await userEvent.clear(field);
    await userEvent.type(field, '20');
    expect(box.textContent).toContain('20 have filled already.');
  });

  test('a command without an answer can be asked again under the same key', async () => {
    const { day, box, settled } = await open({ kind: 'modify', orderId: orderId(53) });
    day.workstation.answer = () =>
      Promise.resolve({ ok: false, error: { code: 'DEADLINE', reason: 'no answer within 10 s' } });
    const field = screen.getByLabelText('New stop');
    await userEvent.clear(field);
    await userEvent.type(field, '162');
    await settled();
    fireEvent.keyDown(field, { key: 'Enter' });
    await waitFor(() => expect(box.textContent).toContain('It may or may not have been carried out'));
    day.workstation.answer = () => Promise.resolve(ok(ACCEPTED));
    await userEvent.click(screen.getByRole('button', { name: 'Ask again' }));
    await waitFor(() => expect(day.workstation.sent.map(({ key }) => key)).toEqual(['key-1', 'key-1']));
  });
});

describe('a decision', () => {
  test('is told with its numbers and replayed', async () => {
    const day = aFullDay();
    const session = await follow(day);
    const [decision] = [...day.workstation.state.decisions.values()];
    if (decision === undefined) throw new Error('the day has a denied order');
    session.ui.setState({ dialog: { kind: 'denied', decision, command: null } });
    show(session, <Dialogs />);
    const box = await screen.findByRole('dialog');
    expect(box.textContent).toContain('Denied: BUY 140 LLY LMT 912.00');
    await waitFor(() => expect(box.textContent).toContain('replayed now: same answer'));
    await userEvent.click(screen.getByRole('button', { name: 'Use 109 in ticket' }));
    expect(session.ui.getState()).toMatchObject({ dialog: null, ticketKind: 'single', ticketWish: { symbol: 'LLY' } });
  });
});
