import { expect, test } from 'vitest';
import { facts, plain, sideCell, table } from '#cli/format';

test('figures stand right, words left, and colour never moves them', () => {
  const columns = [
    { title: 'Side', align: 'left' },
    { title: 'Quantity', align: 'right' },
    { title: 'Status', align: 'left' },
  ] as const;
  const rows = [
    [sideCell('BUY'), plain('5'), { text: 'Denied', style: 'bad' } as const],
    [sideCell('SELL'), plain('1,000'), plain('Working')],
  ];
  expect(table(columns, rows, false)).toBe(
    ['Side  Quantity  Status', 'BUY          5  Denied', 'SELL     1,000  Working', ''].join('\n'),
  );
  const coloured = table(columns, rows, true);
  expect(coloured).toContain('\u001b[34mBUY\u001b[0m ');
  expect(coloured).toContain('\u001b[31mSELL\u001b[0m  ');
  expect(coloured).toContain('\u001b[2mQuantity\u001b[0m');
  const unpainted = ['34', '31', '2', '0'].reduce((text, code) => text.replaceAll(`\u001b[${code}m`, ''), coloured);
  expect(unpainted).toBe(table(columns, rows, false));
  expect(facts([['Mode', 'DEMO']], true)).toBe('\u001b[2mMode\u001b[0m  DEMO\n');
});
