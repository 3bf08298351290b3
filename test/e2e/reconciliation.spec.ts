import { expect, test } from '#test/e2e/desk';

/** The ledger waits ten seconds for an execution that explains it, then asks IBKR for everything. */
const NOTICED = { timeout: 30_000 };

test.use({
  plan: { faults: [{ fault: 'transfer', symbol: 'AAPL', shares: 5, at: { order: 1, is: 'working' } }] },
});

test('shares that came from nowhere raise the alarm and stop what adds risk until a person acknowledges them', async ({
  desk: { window, page, command },
}, info) => {
  const { activity, connection, dialogs, orders, ticket } = window;
  const look = (name: string): Promise<Buffer> => page.screenshot({ path: info.outputPath(`${name}.png`) });
  await window.isReady();
  await window.showPanel('Connection');
  await expect(connection.proof).toContainText('none');
  await look('1-agreed');

  await ticket.chooseSymbol('MSFT');
  const { bid } = await ticket.touch();
  const passive = (bid * 0.9).toFixed(2);
  await ticket.fillSingle({ symbol: 'MSFT', quantity: '5', price: passive });
  await ticket.submit();
  await orders.becomes(1, /Working/);

  await expect(window.caution).toContainText('AAPL: the ledger had 0, IBKR has 5', NOTICED);
  await expect(window.heldTrading).toContainText('REDUCING: AAPL: the ledger had 0, IBKR has 5');
  await expect(connection.unexplained.getByRole('row', { name: /AAPL 0 \+5 \+5/ })).toBeVisible();
  await expect(connection.proof).toContainText("AAPL: our position was 0, IBKR's is +5: unexplained");
  await orders.show('Cancelled');
  await orders.becomes(1, /Cancelled/);
  await look('2-unexplained');

  await ticket.fillSingle({ symbol: 'MSFT', quantity: '6', price: passive });
  await expect(ticket.panel).toContainText('Trading is REDUCING: AAPL: the ledger had 0, IBKR has 5');

  await connection.acknowledge();
  await dialogs.isShown('Acknowledge position differences');
  await dialogs.fillAcknowledgement('A transfer', 'moved here from the savings account');
  await look('3-acknowledge');
  await dialogs.confirm();
  await expect(connection.unexplained).toHaveCount(0);
  await expect(window.caution).toHaveCount(0);
  await expect(window.heldTrading).toHaveCount(0);
  await expect(connection.proof).toContainText('as a transfer (window): moved here from the savings account');
  await look('4-acknowledged');

  await ticket.submit();
  await orders.show('Live');
  await orders.becomes(2, /Working/);
  await window.showPanel('Activity');
  await activity.tells('Difference of AAPL acknowledged as a transfer: moved here from the savings account (window)');

  const told = await command('reconciliation', '--json');
  expect(JSON.parse(told.out)).toMatchObject({
    unexplained: [],
    acknowledgement: { cause: 'transfer', origin: 'window', differences: [{ symbol: 'AAPL', brokers: '5' }] },
  });
});

test('the same by command: the difference is told, adding is denied with the reason, the acknowledgement frees it', async ({
  desk: { window, command },
}) => {
  const { connection } = window;
  await window.isReady();
  await window.showPanel('Connection');
  const nothing = await command('reconciliation', '--acknowledge', '--reason', 'just in case');
  expect(nothing).toMatchObject({ code: 1, err: 'Refused. There is no unexplained difference to acknowledge.' });
  const resting = ['--side', 'BUY', '--quantity', '5', '--type', 'LMT', '--limit', '1'];
  expect((await command('order', '--symbol', 'MSFT', ...resting)).code).toBe(0);

  await expect(connection.unexplained).toBeVisible(NOTICED);
  const told = await command('reconciliation');
  expect(told).toMatchObject({ code: 0, err: '' });
  expect(told.out).toContain('AAPL: 0 here, +5 at IBKR, since');
  expect((await command('status')).out).toMatch(/^Unexplained {2}AAPL: 0 here, \+5 at IBKR/m);
  const adding = ['order', '--symbol', 'AAPL', '--side', 'BUY', '--quantity', '1', '--type', 'MKT'];
  const denied = await command(...adding);
  expect(denied.code).toBe(1);
  expect(denied.err).toContain('Trading is REDUCING: AAPL: the ledger had 0, IBKR has 5');

  const words = ['--cause', 'transfer', '--reason', 'moved here from the savings account'];
  const freed = await command('reconciliation', '--acknowledge', ...words);
  expect(freed).toMatchObject({ code: 0, err: '' });
  // What was seen, and then what it was said to be.
  expect(freed.out).toMatch(/^AAPL: 0 here, \+5 at IBKR, since .*\nAcknowledged as a transfer\.$/);
  await expect(connection.unexplained).toHaveCount(0);
  await expect(connection.proof).toContainText('as a transfer (cli): moved here from the savings account');
  expect((await command(...adding)).code).toBe(0);
});
