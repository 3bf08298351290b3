import { expect, test } from 'vitest';
import { EngineHarness } from '#test/builders/engine-harness';

const LONG = 'x'.repeat(5_000);

/** The harness reads every event back as the journal would: a text that is too long fails there. */
test('whatever IBKR and the system write, the journal can be read back', () => {
  const trader = EngineHarness.ready();
  trader.fact({ kind: 'notice', code: 2104, text: LONG });
  trader.fact({ kind: 'data-farm', farm: 'quotes', state: 'down', text: LONG });
  trader.ticks();
  const texts = ['rejected', 'refused-change', 'cancelled', 'uncertain', 'warning'] as const;
  for (const [index, meaning] of texts.entries()) {
    trader.passes(10_000);
    trader.ticks();
    const order = trader.places();
    trader.errs(order, 10_000 + index, meaning, LONG);
  }
  trader.passes(10_000);
  trader.answersSnapshot();
  trader.ticks();
  const order = trader.places();
  trader.status(order, { kind: 'inactive', why: LONG });
  trader.works(order);
  trader.cancels(order);
  trader.errs(order, 10_147, 'cancel-failed', LONG);
  trader.works(order);
  trader.errs(order, 104, 'refused-change', LONG);
  trader.outcome = { result: 'not-sent', reason: LONG };
  trader.cancels(order);
  trader.fact({ kind: 'upstream-lost', code: 1100, text: LONG });
  trader.linkDown(LONG);
  trader.fact({ kind: 'link-connecting', endpoint: LONG });
  trader.fact({ kind: 'link-handshaking', endpoint: LONG });
  trader.input({ kind: 'halt', cause: 'fault', reason: LONG });
  expect(trader.durable.connection).toMatchObject({ phase: 'handshaking', endpoint: 'x'.repeat(200) });
  expect(trader.state.observed.halted?.reason).toHaveLength(500);
});
