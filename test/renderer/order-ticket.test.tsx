import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { orderNumber, clientOrderId } from '#domain/ids';
import { ok } from '#domain/result';
import { OrderTicket } from '#renderer/panels/order-ticket/order-ticket.tsx';
import { ACCEPTED } from '#test/renderer/fake-workstation';
import { TradingDay } from '#test/renderer/trading-day';
import { follow, show } from './render';

async function ticket() {
  const day = new TradingDay().connect();
  const session = await follow(day);
  show(session, <OrderTicket />);
  return { day, session };
}

const submitButton = () => screen.getByRole('button', { name: /^(Buy|Sell)/ });

async function fillBracket(): Promise<void> {
  await userEvent.type(screen.getByLabelText('Symbol'), 'nvda{Enter}');
  await screen.findByText('NVIDIA CORP');
  await userEvent.type(screen.getByLabelText('Quantity'), '40');
  await userEvent.type(screen.getByLabelText('Entry price'), '181.70');
  await userEvent.type(screen.getByLabelText('Target price'), '188.60');
  await userEvent.type(screen.getByLabelText('Stop price'), '178.60');
}

describe('the ticket', () => {
  test('says what is still missing, and can not be submitted before', async () => {
    await ticket();
    expect(screen.getByText('Type a symbol.')).toBeDefined();
    expect(submitButton()).toHaveProperty('disabled', true);
  });

  test('a symbol that IBKR does not know is said to be unknown', async () => {
    await ticket();
    await userEvent.type(screen.getByLabelText('Symbol'), 'NOPE{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('IBKR knows no NOPE.');
  });

  test('a filled-in bracket shows verb and numbers, the verdict, reward to risk, and what will be sent', async () => {
    await ticket();
    await fillBracket();
    expect(submitButton().textContent).toContain('Buy 40 NVDA at 181.70');
    await screen.findByText(/checks pass/);
    expect(screen.getByText('2.23')).toBeDefined();
    expect(screen.getByText('3 orders, one group')).toBeDefined();
  });

  test('a quote that is not live and real-time says so, with the reason', async () => {
    const { day } = await ticket();
    await fillBracket();
    const found = day.workstation.known.get('NVDA');
    if (found === undefined) throw new Error('NVDA is known');
    const why = 'delayed by 15 minutes or so';
    act(() => day.workstation.setQuotes({ ...found.quote, kind: 'delayed', why }));
    await screen.findByText(
      'This quote is delayed by 15 minutes or so. Orders that add risk need live, real-time data.',
    );
    act(() => day.workstation.setQuotes({ ...found.quote, live: false, why: 'another session uses the data' }));
    await screen.findByText(
      'This quote is not live: another session uses the data. Orders that add risk need live, real-time data.',
    );
  });

  test('one press is one command with its own key, and the number of the order is told', async () => {
    const { day, session } = await ticket();
    day.workstation.answer = () =>
      Promise.resolve(ok({ ...ACCEPTED, orders: [{ id: clientOrderId('run-1-7'), number: orderNumber(7) }] }));
    await fillBracket();
    act(() => session.ui.setState(({ submitCount }) => ({ submitCount: submitCount + 1 })));
    act(() => session.ui.setState(({ submitCount }) => ({ submitCount: submitCount + 1 })));
    expect(day.workstation.sent).toMatchObject([
      { key: 'key-1', command: { kind: 'place-bracket', request: { symbol: 'NVDA' } } },
    ]);
    await screen.findByText(/Sent as 7/);
  });

  test('a denial opens the decision with its numbers', async () => {
    const { day, session } = await ticket();
    await fillBracket();
    await userEvent.clear(screen.getByLabelText('Quantity'));
    await userEvent.type(screen.getByLabelText('Quantity'), '6000');
    day.workstation.answer = (command) => {
      if (command.kind !== 'place-bracket') throw new Error('a bracket was expected');
      const decision = day.workstation.decideOn(command);
      return Promise.resolve(ok({ ...ACCEPTED, outcome: 'denied', decision, message: 'denied' }));
    };
    await userEvent.click(submitButton());
    await waitFor(() => expect(session.ui.getState().dialog).toMatchObject({ kind: 'denied' }));
  });

  test('leaving an off-tick price moves it onto the tick', async () => {
    await ticket();
    await userEvent.type(screen.getByLabelText('Symbol'), 'NVDA{Enter}');
    await screen.findByText('NVIDIA CORP');
    await userEvent.type(screen.getByLabelText('Entry price'), '181.703');
    expect(screen.getByText('Tick 0.01: becomes 181.70')).toBeDefined();
    await userEvent.tab();
    expect(screen.getByLabelText('Entry price')).toHaveProperty('value', '181.70');
  });

  test('the largest quantity that passes is one click away', async () => {
    await ticket();
    await fillBracket();
    await userEvent.click(await screen.findByRole('button', { name: 'Use 550' }));
    expect(screen.getByLabelText('Quantity')).toHaveProperty('value', '550');
  });

  test('without a link to the workstation nothing can be submitted', async () => {
    const { day } = await ticket();
    await fillBracket();
    await act(async () => {
      day.workstation.breakOff('the socket was closed');
      await Promise.resolve();
    });
    await waitFor(() => expect(submitButton()).toHaveProperty('disabled', true));
  });
});
