import { expect, test } from './desk';

test('smoke', async ({ desk }) => {
  await expect(desk.page.getByText('DEMO')).toBeVisible();
  await desk.page.screenshot({ path: `/tmp/e2e/${desk.kind}.png` });
});
