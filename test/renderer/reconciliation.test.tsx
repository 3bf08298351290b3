import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { ok } from '#domain/result';
import { StatusBar } from '#renderer/components/status-bar.tsx';
import { TitleBar } from '#renderer/components/title-bar.tsx';
import { Dialogs } from '#renderer/dialogs/dialogs.tsx';
import { Connection } from '#renderer/panels/connection/connection.tsx';
import { ACCEPTED } from '#test/renderer/fake-workstation';
import { TradingDay } from '#test/renderer/trading-day';
import { differ } from './differences';
import { follow, show } from './render';

/** A desk where IBKR holds 55 AAPL and the ledger had 50. */
async function desk() {
  const day = new TradingDay().connect();
  day.hold('AAPL', '50', '224.10');
  const apple = differ(day, 'AAPL', '50', '55');
  const session = await follow(day);
  show(
    session,
    <>
      <TitleBar onShowPanel={() => undefined} onResetLayout={() => undefined} />
      <Connection />
      <StatusBar />
      <Dialogs />
    </>,
  );
  const acknowledged = (): void =>
    act(() => {
      const { at, conId, symbol, ours, brokers } = present(day);
      day.event({
        type: 'differences-acknowledged',
        acknowledgement: {
          at: day.workstation.now,
          cause: 'transfer',
          reason: 'moved to savings',
          origin: 'window',
          differences: [{ at, conId, symbol, ours, brokers }],
        },
      });
    });
  return { day, session, apple, acknowledged };
}

function present(day: TradingDay) {
  const [difference] = day.workstation.state.unexplained.values();
  if (difference === undefined) throw new Error('the day has an unexplained difference');
  return difference;
}

async function openDialog() {
  const made = await desk();
  const [button] = screen.getAllByRole('button', { name: 'Acknowledge…' });
  if (button === undefined) throw new Error('a difference can be acknowledged');
  await userEvent.click(button);
  const box = await screen.findByRole('dialog');
  const settled = () => waitFor(() => expect(box.querySelector('.confirm-mark.waiting')).toBeNull());
  return { ...made, box, settled };
}

describe('a position that nothing explains', () => {
  test('stands in the panel with both figures, what it means and what to do', async () => {
    await desk();
    const block = screen.getByRole('region', { name: 'Unexplained differences' });
    expect(block.textContent).toContain('1 position unexplained');
    expect(within(block).getByRole('row', { name: /AAPL \+50 \+55 \+5/ })).toBeDefined();
    expect(block.textContent).toContain('Trading is REDUCING. Orders that add risk are denied');
  });

  test('its alarm is announced, and leads to the acknowledgement instead of off the screen', async () => {
    const { session } = await desk();
    const alarm = screen.getByRole('alert');
    expect(alarm.textContent).toContain('AAPL: the ledger had 50, IBKR has 55');
    expect(within(alarm).queryByRole('button', { name: 'Clear' })).toBeNull();
    await userEvent.click(within(alarm).getByRole('button', { name: 'Acknowledge…' }));
    expect(session.ui.getState().dialog).toEqual({ kind: 'acknowledge' });
  });

  test('stays in the title bar when its alarm was cleared elsewhere', async () => {
    const { day } = await desk();
    const [alarm] = day.workstation.state.alarms.keys();
    if (alarm === undefined) throw new Error('an alarm stands');
    act(() => day.event({ type: 'alarm-cleared', alarmId: alarm, origin: 'cli' }));
    await waitFor(() =>
      expect(screen.getByRole('alert').textContent).toContain(
        "The AAPL position differs from IBKR's without an explanation.",
      ),
    );
  });

  test('why trading is REDUCING stands in the status bar until it is over', async () => {
    const { day } = await desk();
    expect(screen.getByTestId('held-trading').textContent).toContain('REDUCING: AAPL: the ledger had 50, IBKR has 55');
    const since = day.workstation.now;
    act(() =>
      day.event({
        type: 'trading-state-changed',
        trading: { state: 'ACTIVE', since, reason: '', cause: 'person' },
        origin: 'window',
      }),
    );
    await waitFor(() => expect(screen.queryByTestId('held-trading')).toBeNull());
  });

  test('goes from everywhere once it is acknowledged; who said what stays with the proof', async () => {
    const { acknowledged } = await desk();
    acknowledged();
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Unexplained differences' })).toBeNull());
    expect(screen.getByRole('region', { name: 'Reconciliation proof' }).textContent).toContain(
      'Acknowledged 10:42:18 ET as a transfer (window): moved to savings AAPL +50 → +55',
    );
  });
});

describe('the acknowledgement', () => {
  test('wants a reason of 3 to 500 characters, and says so as one types', async () => {
    const { day, box, settled } = await openDialog();
    const verb = screen.getByRole('button', { name: /Acknowledge 1 difference/ });
    expect(verb).toHaveProperty('disabled', true);
    const reason = screen.getByLabelText('Reason');
    await userEvent.type(reason, 'no');
    expect(box.textContent).toContain('At least 3 characters.');
    expect(reason.getAttribute('aria-invalid')).toBe('true');
    fireEvent.change(reason, { target: { value: 'x'.repeat(512) } });
    expect(box.textContent).toContain('12 characters too many, at most 500.');
    await settled();
    fireEvent.keyDown(reason, { key: 'Enter' });
    expect(day.workstation.sent).toEqual([]);
    fireEvent.change(reason, { target: { value: '  moved to savings ' } });
    expect(verb).toHaveProperty('disabled', false);
  });

  test('sends cause and reason once, by Enter after the mark, and closes', async () => {
    const { day, session, apple, box, settled } = await openDialog();
    expect(box.textContent).toContain('Trading becomes ACTIVE again.');
    await userEvent.selectOptions(screen.getByLabelText('What it was'), 'A transfer');
    const reason = screen.getByLabelText('Reason');
    fireEvent.change(reason, { target: { value: '  moved to savings ' } });
    fireEvent.blur(window);
    fireEvent.focus(window);
    fireEvent.keyDown(reason, { key: 'Enter' });
    expect(day.workstation.sent).toEqual([]);
    await settled();
    fireEvent.keyDown(reason, { key: 'Enter' });
    fireEvent.keyDown(reason, { key: 'Enter', repeat: true });
    expect(day.workstation.sent).toEqual([
      {
        key: 'key-1',
        command: {
          kind: 'acknowledge-differences',
          seen: [{ conId: apple, brokers: '55' }],
          cause: 'transfer',
          reason: 'moved to savings',
        },
      },
    ]);
    await waitFor(() => expect(session.ui.getState().dialog).toBeNull());
  });

  test('Tab goes to what it was, Esc drops it', async () => {
    const { day, session, box } = await openDialog();
    fireEvent.keyDown(box, { key: 'Tab' });
    expect(document.activeElement).toBe(screen.getByLabelText('What it was'));
    await userEvent.keyboard('{Escape}');
    expect(session.ui.getState().dialog).toBeNull();
    expect(day.workstation.sent).toEqual([]);
  });

  test("a refusal stays with the engine's words", async () => {
    const { day, box, settled } = await openDialog();
    const message = 'There is no unexplained difference to acknowledge.';
    day.workstation.answer = () => Promise.resolve(ok({ ...ACCEPTED, outcome: 'refused', message }));
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'moved' } });
    await settled();
    fireEvent.keyDown(box, { key: 'Enter' });
    await waitFor(() => expect(box.textContent).toContain(message));
  });

  test('has nothing left to do when somebody else was faster', async () => {
    const { acknowledged, box } = await openDialog();
    acknowledged();
    await waitFor(() => expect(box.textContent).toContain('Nothing is unexplained any more.'));
    expect(screen.getByRole('button', { name: /Nothing to acknowledge/ })).toHaveProperty('disabled', true);
  });

  test('does not lift what a person has set', async () => {
    const { day, box } = await openDialog();
    const since = day.workstation.now;
    act(() =>
      day.event({
        type: 'trading-state-changed',
        trading: { state: 'HALTED', since, reason: 'enough for today', cause: 'person' },
        origin: 'window',
      }),
    );
    await waitFor(() => expect(box.textContent).toContain('Trading stays HALTED: enough for today.'));
  });
});

describe('the session', () => {
  test('names each farm with its state, and what was never told', async () => {
    const { day } = await desk();
    day.workstation.meters = { ...day.workstation.meters, farms: { quotes: 'down', history: 'idle' } };
    act(() => day.workstation.touch());
    await waitFor(() => expect(screen.getByText('quotes down')).toBeDefined());
    expect(screen.getByText('history idle').title).toContain('nobody asks');
    expect(screen.getByText('definitions –')).toBeDefined();
    expect(screen.getByText('Quotes farm down')).toBeDefined();
  });

  test('a slow TWS is told apart from a dead one', async () => {
    const { day } = await desk();
    day.workstation.meters = { ...day.workstation.meters, heartbeatLateMs: 1_200 };
    act(() => day.workstation.touch());
    await waitFor(() => expect(screen.getByText('slow, 1.2s late')).toBeDefined());
    expect(screen.getByRole('group', { name: 'Session with IBKR' }).textContent).toContain(
      'slow: the answer 1.2s late',
    );
  });

  test('the proof counts completed orders and words every finding', async () => {
    await desk();
    const proof = screen.getByRole('region', { name: 'Reconciliation proof' });
    expect(proof.textContent).toContain('Completed orders3 at IBKR');
    expect(proof.textContent).toContain("AAPL: our position was +50, IBKR's is +55: unexplained");
  });
});
