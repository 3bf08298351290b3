import { describe, expect, test } from 'vitest';
import type { CorrelationPicture } from '#domain/correlation';
import { epochMs } from '#domain/ids';
import { ok } from '#domain/result';
import { aMatrix } from '#test/builders/correlations';
import { failed, StubTerminal } from '#test/builders/stub-terminal';

const matrix = aMatrix(
  ['AAPL', 'MSFT', 'TSLA', 'XOM'],
  { 'AAPL MSFT': 0.81234, 'AAPL TSLA': 0.75, 'MSFT TSLA': -0.9, 'AAPL XOM': 0.1 },
  epochMs(Date.UTC(2026, 0, 5, 9)),
);
const picture: CorrelationPicture = {
  ...matrix.toData(),
  sectors: ['Technology', 'Technology', 'Cars', ''],
  state: 'fresh',
  ageMs: 5 * 60_000,
};
const FACTS = [
  'Symbols   4',
  'Lookback  60 daily returns, to 2026-01-02',
  'Computed  2026-01-05 09:00:00, 5m 00s ago',
  'Unknown   2 of 6 pairs',
];
const lines = (text: string): string[] => text.trimEnd().split('\n');

function terminal(answer: CorrelationPicture | null = picture): StubTerminal {
  const stub = new StubTerminal();
  stub.client.risk.correlations.mockResolvedValue(ok(answer));
  return stub;
}

describe('correlations', () => {
  test('shows the pairs from 0.7 on, either way, strongest first', async () => {
    const { code, out } = await terminal().run('correlations');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      ...FACTS,
      '',
      'Symbol  With  Correlation',
      'MSFT    TSLA       -0.900',
      'AAPL    MSFT        0.812',
      'AAPL    TSLA        0.750',
    ]);
  });

  test('of one symbol, from another threshold on', async () => {
    const { out } = await terminal().run('correlations --symbol aapl --threshold 0.1');
    expect(lines(out).slice(6)).toEqual([
      'AAPL    MSFT        0.812',
      'AAPL    TSLA        0.750',
      'AAPL    XOM         0.100',
    ]);
    expect((await terminal().run('correlations --threshold 1')).out).toContain('No pair is correlated by 1 or more.');
  });

  test.each([
    ['stale', '; stale'],
    ['missing', '; too old to be used'],
  ] as const)('says when they are %s', async (state, words) => {
    const { out } = await terminal({ ...picture, state }).run('correlations');
    expect(out).toContain(`5m 00s ago${words}\n`);
  });

  test('as a document has every number', async () => {
    expect(JSON.parse((await terminal().run('correlations --json')).out)).toEqual(picture);
    expect((await terminal(null).run('correlations --json')).out).toBe('null\n');
  });

  test('without any says how to get some; of a symbol that is not in it says so', async () => {
    expect(await terminal(null).run('correlations')).toEqual({
      code: 1,
      out: '',
      err: 'No correlations were computed yet: ibkr-trader update-correlations --symbols AAPL,MSFT\n',
    });
    expect(await terminal().run('correlations --symbol IBM')).toEqual({
      code: 1,
      out: '',
      err: 'IBM is not among the 4 symbols of the correlations.\n',
    });
  });

  test('a workstation that can not answer is told', async () => {
    const stub = new StubTerminal();
    stub.client.risk.correlations.mockResolvedValue(failed('CLOSED'));
    expect((await stub.run('correlations')).code).toBe(3);
  });

  test.each(['1.1', 'high', '-0.5', '0.'])('the threshold "%s" is refused', async (text) => {
    const { code, err } = await terminal().run(`correlations --threshold=${text}`);
    expect({ code, err }).toEqual({
      code: 2,
      err: `--threshold "${text}": expected a number from 0 to 1 such as 0.7\n`,
    });
  });
});

describe('update-correlations', () => {
  const done = { kind: 'done', summary: matrix.summary, missing: [] } as const;

  test('asks for what is named, tells how far it is, each step once, and shows the strongest pairs', async () => {
    const stub = terminal();
    const { updateCorrelations } = stub.client.risk;
    for (const symbol of ['', 'AAPL', 'AAPL']) {
      const progress = { kind: 'under-way', done: symbol === '' ? 0 : 1, of: 4, symbol } as const;
      updateCorrelations.mockResolvedValueOnce(ok(progress));
    }
    updateCorrelations.mockResolvedValueOnce(ok(done));
    const { code, out, err } = await stub.run('update-correlations --symbols aapl,MSFT,tsla,brk.b,AAPL --lookback 90');
    expect(code).toBe(0);
    expect(updateCorrelations).toHaveBeenCalledTimes(4);
    expect(updateCorrelations).toHaveBeenLastCalledWith({
      symbols: ['AAPL', 'MSFT', 'TSLA', 'BRK B'],
      lookback: 90,
      waitMs: 1_000,
    });
    expect(lines(err)).toEqual([
      '0 of 4 symbols have their prices',
      '1 of 4 symbols have their prices, the latest AAPL',
    ]);
    expect(lines(out).slice(0, 7)).toEqual([...FACTS, '', 'Symbol  With  Correlation', 'MSFT    TSLA       -0.900']);
  });

  test('without symbols is of the portfolio; what is not in it is named', async () => {
    const stub = terminal();
    const missing = [{ symbol: 'NEW', why: 'no data' }];
    stub.client.risk.updateCorrelations.mockResolvedValue(ok({ ...done, missing }));
    const { code, err } = await stub.run('update-correlations');
    expect({ code, err }).toEqual({ code: 0, err: 'NEW is not in it: no data\n' });
    const wish = { symbols: null, lookback: null, waitMs: 1_000 };
    expect(stub.client.risk.updateCorrelations).toHaveBeenCalledWith(wish);
    const document = JSON.parse((await stub.run('update-correlations --json')).out) as unknown;
    expect(document).toEqual({ summary: matrix.summary, missing });
  });

  test('where every pair is unknown, there is no table', async () => {
    const unknown = aMatrix(['AAPL', 'NEW'], {}, matrix.summary.computedAt).toData();
    const summary = { ...unknown.summary, asOf: null };
    const stub = terminal({ ...picture, ...unknown, summary, sectors: ['', ''] });
    stub.client.risk.updateCorrelations.mockResolvedValue(ok(done));
    const { out } = await stub.run('update-correlations');
    expect(lines(out)).toHaveLength(4);
    expect(out).toContain('60 daily returns, to –');
  });

  test('a failure of the update, or of looking at it, is told', async () => {
    const stub = terminal();
    stub.client.risk.updateCorrelations.mockResolvedValue(failed('NOT_FOUND'));
    expect((await stub.run('update-correlations')).code).toBe(1);
    stub.client.risk.updateCorrelations.mockResolvedValue(ok(done));
    stub.client.risk.correlations.mockResolvedValue(failed('CLOSED'));
    expect((await stub.run('update-correlations')).code).toBe(3);
  });

  test.each([
    ['--symbols AAPL', '--symbols "AAPL": expected 2 to 2000 symbols, with commas between them\n'],
    ['--symbols AAPL,*', '--symbols "*": expected a symbol such as AAPL or BRK B\n'],
    ['--lookback 19', '--lookback "19": expected a whole number from 20 to 1000\n'],
  ])('%s is refused', async (words, expected) => {
    const { code, err } = await terminal().run(`update-correlations ${words}`);
    expect({ code, err }).toEqual({ code: 2, err: expected });
  });
});
