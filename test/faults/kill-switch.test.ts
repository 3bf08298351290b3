import { describe, expect, test } from 'vitest';
import type { CommandReply } from '#domain/command';
import { FaultDesk } from '#test/faults/fault-desk';

const kill = (desk: FaultDesk, everywhere = false): Promise<CommandReply> =>
  desk.commands({
    kind: 'set-trading-state',
    state: 'HALTED',
    includingStops: everywhere,
    everywhere,
    reason: 'the feed is wrong',
  });

describe('the kill switch over the socket', () => {
  test('takes an order that is in flight, and leaves what protects', async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'withhold', at: { message: 'place-order' } });
    const inFlight = await desk.orders();
    expect(desk.phaseOf(inFlight)).toBe('submitting');
    expect((await kill(desk)).outcome).toBe('accepted');
    await desk.until('it is gone', () => desk.phaseOf(inFlight) === 'cancelled');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe('filled working pending');
    expect(desk.screen.trading.state).toBe('HALTED');
  });

  test('the entry of a resting bracket goes, and its exits with it', async () => {
    const { desk, bracket } = await FaultDesk.withRestingBracket();
    await kill(desk);
    await desk.until('all are gone', () => desk.phasesOf(bracket) === 'cancelled cancelled cancelled');
    await desk.closesTheBooks();
  });

  test.each([false, true])('a link that drops under the cancel (that arrived: %s) loses nothing', async (reaches) => {
    const { desk, bracket } = await FaultDesk.withBracket();
    const resting = await desk.orders();
    await desk.until('it rests', () => desk.phaseOf(resting) === 'working');
    desk.inject({ fault: 'drop', reaches, at: { message: 'cancel-order' } });
    await kill(desk);
    await desk.until('the link is back', () => desk.phases.includes('disconnected') && desk.phase === 'ready');
    await desk.until('it is gone', () => desk.phaseOf(resting) === 'cancelled');
    await desk.closesTheBooks();
    expect(desk.phasesOf(bracket)).toBe('filled working pending');
  });

  test("everywhere, IBKR's global cancel takes the orders of others and the stops", async () => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'foreign-order', symbol: 'AAPL', action: 'BUY', shares: 5, limit: '97' });
    await desk.until('it is seen', () => desk.externalOrders().length === 1);
    await kill(desk, true);
    await desk.until('all are gone', () => desk.phasesOf(bracket) === 'filled cancelled cancelled');
    await desk.until('the other too', () => desk.externalOrders()[0]?.state.phase === 'cancelled');
    expect(desk.naked).toBe('10');
  });

  test.each([false, true])('everywhere, over a link that drops under it (that arrived: %s)', async (reaches) => {
    const { desk, bracket } = await FaultDesk.withBracket();
    desk.inject({ fault: 'drop', reaches, at: { message: 'global-cancel' } });
    await kill(desk, true);
    await desk.until('all are gone', () => desk.phasesOf(bracket) === 'filled cancelled cancelled');
    expect(desk.screen.trading.kill).toMatchObject({ globalCancel: 'sent' });
  });
});
