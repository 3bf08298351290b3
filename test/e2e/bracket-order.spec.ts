import { expect, test } from '#test/e2e/desk';

test('a bracket from ticket to fill, its stop modified, cancelled, everything cancelled, and all of it in Activity', async ({
  desk: { window, page },
}, info) => {
  const { activity, dialogs, orders, ticket } = window;
  const look = (name: string): Promise<Buffer> => page.screenshot({ path: info.outputPath(`${name}.png`) });
  await window.isReady();
  await expect(window.mode).toHaveText('DEMO');
  await look('1-empty');

  await window.press('b');
  await ticket.chooseSymbol('AAPL');
  const { ask } = await ticket.touch();
  const near = (factor: number): string => (ask * factor).toFixed(2);
  await ticket.fillBracket({
    symbol: 'AAPL',
    quantity: '40',
    type: 'Market',
    target: near(1.05),
    stop: near(0.95),
  });
  await look('2-ticket');
  await ticket.submit();
  const sent = await ticket.sentNumbers();
  expect(sent).toEqual([1, 2, 3]);

  await orders.becomes(2, /Working/);
  await orders.becomes(3, /Not elected/);
  await activity.tells(/^.*1 filled .*40/);
  await look('3-working');

  await orders.modify(3);
  await dialogs.isShown('Modify 3');
  await dialogs.field('New stop').fill(near(0.96));
  await look('4-modify');
  await dialogs.confirm();
  await expect(orders.cell(3, 'stop')).toHaveText(near(0.96));
  await activity.tells(new RegExp(`Modify 3: stop ${near(0.95)} → ${near(0.96)} requested \\(window\\)`));

  await orders.cancel(2);
  await dialogs.isShown(/Cancel/);
  await look('5-cancel');
  await dialogs.confirm();
  await activity.tells(/2 cancelled/);

  await orders.cancelAll();
  await dialogs.isShown('Cancel all orders');
  await expect(dialogs.open).toContainText('3');
  await look('6-cancel-all');
  await dialogs.confirm();
  await activity.tells(/3 cancelled/);
  await orders.show('Cancelled');
  await orders.becomes(2, /Cancelled/);
  await orders.becomes(3, /Cancelled/);
  await activity.tells(/Cancel 3 requested/);
  await look('7-after');
});

test('C 2 Enter acts on that order number, and a denied order says why with its numbers', async ({
  desk: { window },
}) => {
  const { activity, dialogs, orders, ticket } = window;
  await window.isReady();
  await ticket.chooseSymbol('MSFT');
  const { bid } = await ticket.touch();
  const passive = (bid * 0.9).toFixed(2);
  for (const quantity of ['5', '6']) {
    await ticket.fillSingle({ symbol: 'MSFT', quantity, price: passive });
    await ticket.submit();
    await orders.becomes(quantity === '5' ? 1 : 2, /Working/);
  }
  await orders.cancelByNumber(2);
  await activity.tells(/2 cancelled/);
  await expect(orders.status(1)).toHaveText(/Working/);

  await ticket.fillSingle({ symbol: 'MSFT', quantity: '9000', price: passive });
  await expect(ticket.panel).toContainText(/limit is \$100,000/);
  await expect(dialogs.open).toHaveCount(0);
});
