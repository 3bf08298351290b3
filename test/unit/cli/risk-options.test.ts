import { describe, expect, test } from 'vitest';
import type { RememberedReply } from '#domain/engine-event';
import type { LimitFigure } from '#domain/limit-figure';
import { money, quantity, ratio } from '#domain/money';
import { ok } from '#domain/result';
import type { CheckVerdict, RiskDecision } from '#domain/risk-decision';
import { aDecision } from '#test/builders/domain-records';
import { ACCEPTED, StubTerminal } from '#test/builders/stub-terminal';

const BUY = 'order --symbol AMD --side BUY --quantity 50 --type LMT --limit 164.10';
const POSITION: LimitFigure = {
  unit: 'units',
  limitName: 'position',
  of: 'AMD',
  source: 'symbol',
  largest: quantity('40'),
  before: quantity('100'),
  after: quantity('150'),
  limit: quantity('140'),
};
const NO_ROOM: LimitFigure = {
  unit: 'money',
  limitName: 'gross-exposure',
  of: '',
  source: 'global',
  largest: quantity('500'),
  currency: 'USD',
  before: money('0'),
  after: money('8205'),
  limit: money('0'),
};
const tooLong: CheckVerdict = {
  check: 'position',
  verdict: 'deny',
  reason: { code: 'POSITION_LIMIT', symbol: 'AMD', figure: POSITION },
  figures: [POSITION],
};
const gross: CheckVerdict = { check: 'gross-exposure', verdict: 'pass', figures: [NO_ROOM] };

/** `decision` in a portfolio whose names move together. */
function correlated(decision: RiskDecision): RiskDecision {
  const cluster = { before: money('0'), own: money('0'), limit: money('250000'), source: 'global' } as const;
  const msft = { symbol: 'MSFT', correlation: ratio('0.83'), amount: money('12000') };
  return {
    ...decision,
    context: {
      ...decision.context,
      exposure: {
        mark: null,
        unknown: [],
        gross: money('0'),
        own: money('0'),
        sector: { name: 'Technology', before: money('0'), limit: money('500000'), source: 'global' },
        clusters: [
          { ...cluster, symbol: 'AMD', direction: 'long', correlation: ratio('1'), members: [msft], others: 2 },
          { ...cluster, symbol: 'NVDA', direction: 'long', correlation: ratio('0.9'), members: [], others: 0 },
          { ...cluster, symbol: 'ZZZ', direction: 'short', correlation: null, members: [msft], others: 0 },
        ],
        correlations: { state: 'fresh', version: 'v1' },
      },
    },
  };
}

async function previewed(decision: RiskDecision): Promise<{ code: number; out: string; err: string }> {
  const terminal = new StubTerminal();
  terminal.client.commands.preview.mockResolvedValue(ok(decision));
  return terminal.run(`${BUY} --preview`);
}

describe('a preview', () => {
  test('shows every limit before and after, and the largest quantity that passes them all', async () => {
    const { out } = await previewed(aDecision([tooLong, gross]));
    expect(out).toMatch(/^Limit +Before +After +Most +From +Used$/m);
    expect(out).toMatch(/^Position AMD +100 +150 +140 +symbol +107\.14%$/m);
    expect(out).toMatch(/^Gross exposure +\$0 +\$8,205 +\$0 +global +–$/m);
    expect(out).toContain('Largest quantity that passes every limit: 40\n');
  });

  test('names what is correlated', async () => {
    const { out } = await previewed(correlated(aDecision([gross])));
    expect(out).toContain('Correlated with AMD, long: MSFT $12,000 (0.83), 2 more\n');
    expect(out).toContain('Correlated with NVDA (0.9), long: nothing that is held\n');
    expect(out).toContain('Correlated with ZZZ (same sector), short: MSFT $12,000 (0.83)\n');
  });

  test('names no largest quantity where none makes a difference', async () => {
    const { out } = await previewed(aDecision([{ ...gross, figures: [{ ...NO_ROOM, largest: null }] }]));
    expect(out).not.toContain('Largest');
  });

  test('of a denial that a person may let pass says how', async () => {
    const hint = 'To send it all the same, add --override --reason "…"; both are written down.\n';
    expect((await previewed(aDecision([tooLong]))).err).toContain(hint);
    const insane = { check: 'tick', verdict: 'deny', reason: { code: 'HALTED', symbol: 'AMD' } } as const;
    expect((await previewed(aDecision([tooLong, insane]))).err).not.toContain(hint);
  });

  test('asks for the margin, and with an override what it would let pass', async () => {
    const terminal = new StubTerminal();
    await terminal.runWords([...`${BUY} --preview --margin --override --reason`.split(' '), 'a hedge of the fund']);
    expect(terminal.client.commands.preview.mock.lastCall?.[0]).toMatchObject({
      margin: true,
      override: { reason: 'a hedge of the fund' },
    });
  });
});

describe('an order', () => {
  test('that is denied by a limit says how to send it all the same', async () => {
    const terminal = new StubTerminal();
    const reply = { ...ACCEPTED, outcome: 'denied', message: 'Too long.', decision: aDecision([tooLong]) } as const;
    terminal.client.commands.execute.mockResolvedValue(ok(reply));
    const { code, err } = await terminal.run(BUY);
    expect(code).toBe(1);
    expect(err).toBe(
      'Denied. Too long.\nTo send it all the same, add --override --reason "…"; both are written down.\n',
    );
  });

  test('that a person overrides goes out with the reason, and what it passed is told', async () => {
    const terminal = new StubTerminal();
    const decision = aDecision([{ ...tooLong, verdict: 'overridden' }]);
    terminal.client.commands.execute.mockImplementation(({ key }) => {
      const reply: RememberedReply = { outcome: 'accepted', orders: [], decisionId: null, message: '' };
      terminal.workstation.publish({ type: 'command-answered', key, payloadHash: 'h', reply });
      return Promise.resolve(ok({ ...ACCEPTED, decision }));
    });
    const { err } = await terminal.runWords([...`${BUY} --override --reason`.split(' '), 'a hedge of the fund']);
    expect(terminal.client.commands.execute.mock.lastCall?.[0].override).toEqual({ reason: 'a hedge of the fund' });
    expect(err).toContain('Warning: Position AMD would be 150 (now 100).');
  });

  test('says that it may cross zero', async () => {
    const terminal = new StubTerminal();
    await terminal.run(`${BUY} --allow-flip --preview`);
    expect(terminal.client.commands.preview.mock.lastCall?.[0].command).toMatchObject({ request: { allowFlip: true } });
  });

  test.each([
    [`${BUY} --override`, '--override: needs --reason'],
    [`${BUY} --reason because-so`, '--reason "because-so": goes with --override'],
    [`${BUY} --override --reason no`, '--reason "no":'],
    [`${BUY} --margin`, '--margin: only beside --preview'],
    ['modify 1053 --stop 161.50 --override', '--override: needs --reason'],
    ['close AMD --reason because-so', 'goes with --override'],
  ])('%s makes no sense', async (words, why) => {
    const terminal = new StubTerminal();
    const { code, err } = await terminal.run(words);
    expect(code).toBe(2);
    expect(err).toContain(why);
    expect(terminal.client.commands.execute).not.toHaveBeenCalled();
  });
});
