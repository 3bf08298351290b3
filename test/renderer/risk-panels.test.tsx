import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import type { CorrelationPicture } from '#domain/correlation';
import { sessionDateSchema } from '#domain/bar';
import { clientOrderId, laterBy } from '#domain/ids';
import { money, quantity } from '#domain/money';
import { Dialogs } from '#renderer/dialogs/dialogs.tsx';
import { Correlation } from '#renderer/panels/correlation/correlation.tsx';
import { Limits } from '#renderer/panels/limits/limits.tsx';
import { orderedBySector, pairsFrom } from '#renderer/stores/correlation-map';
import type { OpenDialog } from '#renderer/stores/ui-store';
import { FAKE_START } from '#test/renderer/fake-workstation';
import { A_PICTURE, JPM_LATCH } from '#test/renderer/risk-pictures';
import { aFullDay, TradingDay } from '#test/renderer/trading-day';
import { follow, show } from './render';

const MATRIX: CorrelationPicture = {
  summary: {
    ...{ version: 'm-1', symbols: 4, lookback: 60, unknownPairs: 1 },
    asOf: sessionDateSchema.parse('2026-11-16'),
    computedAt: laterBy(FAKE_START, -37 * 60_000),
  },
  symbols: ['AAPL', 'JPM', 'MSFT', 'XYZ'],
  sectors: ['Technology', 'Financials', 'Technology', ''],
  // AAPL–JPM, AAPL–MSFT, AAPL–XYZ, JPM–MSFT, JPM–XYZ, MSFT–XYZ
  values: [0.4, 0.84, null, 0.35, -0.72, 0.1],
  state: 'fresh',
  ageMs: 37 * 60_000,
};

async function opened(dialog: OpenDialog, day: TradingDay = aFullDay()) {
  const session = await follow(day);
  session.ui.setState({ dialog });
  show(session, <Dialogs />);
  const box = await screen.findByRole('dialog');
  return { day, session, box };
}

describe('limits', () => {
  async function panel() {
    const day = new TradingDay().connect();
    day.workstation.risk = A_PICTURE;
    day.workstation.touch();
    const session = await follow(day);
    show(session, <Limits />);
    const says = (name: string) => screen.getByRole('meter', { name }).getAttribute('aria-valuetext');
    return { session, says };
  }

  test('say what is used of each, how much is left, and where they come from', async () => {
    const { says } = await panel();
    expect(says('Position AAPL')).toBe('near the limit: Used 90 of 100 (90%), 10 left; limit of the symbol');
    expect(says('Daily loss JPM')).toBe(
      'at the limit or over it: Used 56 of 50 USD (112%), 6 over; limit of the symbol',
    );
    expect(says('Gross exposure')).toBe(
      'near the limit: Used 850,000 of 1,000,000 USD (85%), 150,000 left; limit global',
    );
    expect(says('Sector Technology')).toContain('limit of the sector');
  });

  test('never show what is not known as zero', async () => {
    const { says } = await panel();
    expect(says('Correlated exposure AAPL')).toContain('not known: Used: – of 60,000 USD, it can not be known now');
  });

  test('tell until when a loss has latched, and lead to its reset', async () => {
    const { session } = await panel();
    const latch = screen.getByRole('group', { name: 'Daily loss of JPM' });
    expect(latch.textContent).toContain('JPM lost $56.00 of $50.00 today. Opens by itself Tue 17 Nov 23:55 ET.');
    await userEvent.click(within(latch).getByRole('button', { name: 'Reset…' }));
    expect(session.ui.getState().dialog).toEqual({ kind: 'reset-latch', scope: JPM_LATCH.scope });
  });

  test('are set by what was typed alone, and never looser than the global ones', async () => {
    const { day, box } = await opened({ kind: 'edit-limits', symbol: 'AAPL' });
    const position = within(box).getByLabelText('Position, shares');
    fireEvent.change(position, { target: { value: '20000' } });
    expect(box.textContent).toContain('Looser than the global limit 10,000.');
    fireEvent.change(position, { target: { value: '150' } });
    await userEvent.click(within(box).getByRole('button', { name: /^Set limits of AAPL/ }));
    const change = { maxPositionSize: quantity('150'), maxOrderExposure: null, maxDailyLoss: null };
    expect(day.workstation.sent[0]?.command).toEqual({
      ...{ kind: 'set-symbol-limit', symbol: 'AAPL' },
      change: { ...change, maxCorrelationExposure: null },
    });
  });

  test('of a symbol’s own are taken away as a whole', async () => {
    const day = aFullDay();
    const after = { maxPositionSize: quantity('50'), maxOrderExposure: null, maxDailyLoss: money('200') };
    day.workstation.emit({
      type: 'limits-changed',
      symbols: [{ symbol: 'AAPL', before: null, after: { ...after, maxCorrelationExposure: null } }],
      origin: 'cli',
    });
    const { box } = await opened({ kind: 'edit-limits', symbol: 'AAPL' }, day);
    expect(within(box).getByLabelText('Daily loss, USD')).toHaveProperty('value', '200');
    await userEvent.click(within(box).getByRole('button', { name: 'Remove its own limits' }));
    expect(day.workstation.sent[0]?.command).toEqual({ kind: 'set-symbol-limit', symbol: 'AAPL', change: null });
  });

  test('that latched open only with a reason', async () => {
    const day = aFullDay();
    day.workstation.emit({ type: 'loss-latched', latch: JPM_LATCH });
    const { box } = await opened({ kind: 'reset-latch', scope: JPM_LATCH.scope }, day);
    const verb = within(box).getByRole('button', { name: /^Allow adding in JPM/ });
    expect(verb).toHaveProperty('disabled', true);
    fireEvent.change(within(box).getByLabelText('Reason'), { target: { value: 'hedged elsewhere' } });
    await userEvent.click(verb);
    expect(day.workstation.sent[0]?.command).toEqual({
      ...{ kind: 'reset-loss-latch', symbol: 'JPM', reason: 'hedged elsewhere' },
    });
  });
});

describe('the trading state', () => {
  test('HALTED is reached by holding: letting go early does nothing', async () => {
    const { day, box } = await opened({ kind: 'trading-state' });
    fireEvent.keyDown(box, { key: 'Enter' });
    fireEvent.keyUp(box, { key: 'Enter' });
    expect(day.workstation.sent).toEqual([]);
    fireEvent.keyDown(box, { key: 'Enter' });
    fireEvent.keyDown(box, { key: 'Enter', repeat: true });
    await waitFor(() => expect(day.workstation.sent).toHaveLength(1), { timeout: 5_000 });
    expect(day.workstation.sent[0]?.command).toEqual({
      ...{ kind: 'set-trading-state', state: 'HALTED', includingStops: false, everywhere: false, reason: '' },
    });
  });

  test('everywhere takes the stops too, and says what that uncovers', async () => {
    const { day, box } = await opened({ kind: 'trading-state' });
    expect(box.textContent).toMatch(/protective exits? stays? at IBKR/);
    await userEvent.click(within(box).getByRole('checkbox', { name: /^Everywhere/ }));
    expect(box.textContent).toContain('shares lose their stop');
    fireEvent.keyDown(box, { key: 'Enter' });
    await waitFor(() => expect(day.workstation.sent).toHaveLength(1), { timeout: 5_000 });
    expect(day.workstation.sent[0]?.command).toMatchObject({ includingStops: true, everywhere: true });
  });

  test('REDUCING is confirmed, not held', async () => {
    const { day, box } = await opened({ kind: 'trading-state' });
    await userEvent.click(within(box).getByRole('radio', { name: /^REDUCING/ }));
    await userEvent.click(within(box).getByRole('button', { name: /^Set REDUCING/ }));
    expect(day.workstation.sent[0]?.command).toMatchObject({ state: 'REDUCING', includingStops: false });
  });
});

describe('a closed market', () => {
  test('holds up a cancel until a person overrides it with a reason', async () => {
    const day = aFullDay();
    for (const instrument of day.workstation.state.instruments.values()) {
      const opens = laterBy(FAKE_START, 60 * 60_000);
      const liquidHours = [{ opens, closes: laterBy(opens, 60_000) }];
      day.workstation.emit({ type: 'instrument-defined', instrument: { ...instrument, liquidHours } });
    }
    const { box } = await opened({ kind: 'cancel', orderId: clientOrderId('run-1-51') }, day);
    expect(box.textContent).toContain('is closed. It opens Tue 17 Nov 11:42 ET.');
    const verb = within(box).getByRole('button', { name: /^Override and cancel order 51/ });
    expect(verb).toHaveProperty('disabled', true);
    fireEvent.change(within(box).getByLabelText('Override, why'), { target: { value: 'no longer wanted' } });
    await userEvent.click(verb);
    expect(day.workstation.sent[0]).toMatchObject({
      command: { kind: 'cancel-orders', numbers: [51] },
      override: { reason: 'no longer wanted' },
    });
  });
});

describe('correlations', () => {
  async function panel(correlations: CorrelationPicture | null) {
    const day = new TradingDay().connect();
    day.workstation.correlations = correlations;
    day.workstation.risk = A_PICTURE;
    const session = await follow(day);
    show(session, <Correlation />);
    return { day, session };
  }

  test('stand sector by sector, and what has no sector last', () => {
    expect(orderedBySector(MATRIX).map(({ symbol }) => symbol)).toEqual(['JPM', 'AAPL', 'MSFT', 'XYZ']);
  });

  test('of pairs above the threshold are listed, the strongest first, negative ones too', () => {
    const pairs = pairsFrom(MATRIX, orderedBySector(MATRIX), 0.7);
    expect(pairs.map(({ a, b, value }) => `${a.symbol} ${b.symbol} ${value}`)).toEqual([
      'AAPL MSFT 0.84',
      'JPM XYZ -0.72',
    ]);
  });

  test('are told with their age, and each pair by the keyboard', async () => {
    await panel(MATRIX);
    const map = await screen.findByRole('group', { name: /^Heat map of 4 symbols/ });
    expect(screen.getByText(/37m 00s old · 60 days · 4 symbols · 1 pair not known/)).toBeDefined();
    map.scrollTo = () => undefined;
    fireEvent.keyDown(map, { key: 'ArrowRight' });
    expect(screen.getByText('JPM – AAPL .40 · Financials / Technology')).toBeDefined();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) fireEvent.keyDown(map, { key });
    expect(screen.getByText('AAPL – XYZ not known · Technology / Sector not known')).toBeDefined();
    expect(screen.getByText('The correlations are 2 days old.')).toBeDefined();
  });

  test('that were never computed say what to do, and an update names what it left out', async () => {
    const { day } = await panel(null);
    await screen.findByText('No correlations yet');
    day.workstation.updates = [
      { kind: 'under-way', done: 1, of: 4, symbol: 'JPM' },
      { kind: 'done', summary: MATRIX.summary, missing: [{ symbol: 'NEWCO', why: 'only 7 sessions' }] },
    ];
    await userEvent.click(screen.getByRole('button', { name: 'Update' }));
    await screen.findByText('Without NEWCO: only 7 sessions');
  });
});
