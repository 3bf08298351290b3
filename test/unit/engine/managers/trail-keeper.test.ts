import { describe, expect, test } from 'vitest';
import { price, quantity } from '#domain/money';
import { PUT_BACK_MS } from '#engine/managers/trail-keeper';
import { TrailingDesk } from '#test/builders/trailing-desk';

/** 10 AAPL behind a native trail of 2 whose stop IBKR shows at 149, of which 4 are then sold by hand. */
function sellsSome(): { readonly desk: TrailingDesk; readonly stop: number } {
  const desk = TrailingDesk.holding();
  const trail = { by: 'amount', amount: price('2') } as const;
  const stop = desk.rests({ mode: 'native', trail });
  desk.settlesAt('151');
  desk.showsStop(stop, '149');
  desk.settlesAt('150');
  const sale = desk.places({ side: 'SELL', quantity: quantity('4'), terms: { type: 'MKT' } });
  desk.fills(sale, '4');
  return { desk, stop };
}

/** IBKR takes our change over, and shows the stop at `at`. */
function answers(desk: TrailingDesk, stop: number, at: string): void {
  const { spec } = desk.order(stop);
  const terms = spec.terms.type === 'TRAIL' ? { ...spec.terms, stop: price(at) } : spec.terms;
  const shown = { ...spec, terms, quantity: quantity('6') };
  desk.reports(stop, { kind: 'acknowledged', hold: 'trigger' }, { spec: shown });
}

const lastTerms = (desk: TrailingDesk) => desk.last('modify').order.value.spec;

describe('a trailing stop of IBKR that is made smaller', () => {
  test('is changed without naming its stop, and left alone where IBKR keeps it', () => {
    const { desk, stop } = sellsSome();
    expect(lastTerms(desk)).toMatchObject({ quantity: '6', terms: { type: 'TRAIL', stop: null } });
    answers(desk, stop, '149');
    desk.passes(10_000);
    expect(desk.effectsOf('modify')).toHaveLength(1);
    expect(desk.stopOf(stop)).toBe('149');
  });

  test('is put back where it stood when IBKR starts it anew, further away', () => {
    const { desk, stop } = sellsSome();
    answers(desk, stop, '148');
    expect(lastTerms(desk)).toMatchObject({ quantity: '6', terms: { type: 'TRAIL', stop: '149' } });
    answers(desk, stop, '149');
    expect(desk.effectsOf('modify')).toHaveLength(2);
    expect(desk.alarms).toEqual([]);
  });

  test('and that the market is through meanwhile can not be put back, and a person is told', () => {
    const { desk, stop } = sellsSome();
    desk.settlesAt('148.5');
    answers(desk, stop, '147');
    expect(desk.effectsOf('modify')).toHaveLength(1);
    expect(desk.alarms).toEqual([
      expect.stringMatching(
        /^Stop 1 of AAPL stands at 147 since its quantity was changed; it was at 149, and could not/,
      ),
    ]);
  });

  test('and that IBKR does not put back is told to a person', () => {
    const { desk, stop } = sellsSome();
    answers(desk, stop, '148');
    desk.errs(stop, 201, 'rejected');
    desk.answersSnapshot(() => {
      desk.reportsPosition('6');
      answers(desk, stop, '148');
    });
    desk.passes(PUT_BACK_MS - 1);
    expect(desk.alarms).toEqual([]);
    desk.passes(1);
    expect(desk.effectsOf('modify')).toHaveLength(2);
    expect(desk.alarms).toEqual([expect.stringContaining('could not be put back: IBKR did not take it.')]);
  });

  test('and is put back is kept, though a report from before comes late, before its answer or after it', () => {
    const { desk, stop } = sellsSome();
    answers(desk, stop, '148');
    answers(desk, stop, '148');
    answers(desk, stop, '149');
    answers(desk, stop, '148');
    answers(desk, stop, '149');
    desk.passes(60_000);
    expect(desk.effectsOf('modify')).toHaveLength(2);
    expect(desk.allOf('alarm-raised')).toEqual([]);
  });

  test('is not looked for any more once somebody has made it an order of another type', () => {
    const { desk, stop } = sellsSome();
    const { spec } = desk.order(stop);
    const fixed = { ...spec, quantity: quantity('6'), terms: { type: 'STP', stop: price('140') } } as const;
    desk.reports(stop, { kind: 'acknowledged', hold: 'trigger' }, { spec: fixed });
    expect(desk.state.observed.trailsInChange.size).toBe(0);
    expect(desk.effectsOf('modify')).toHaveLength(1);
  });

  test('and is shown further away before IBKR has answered is put back when it has', () => {
    const { desk, stop } = sellsSome();
    desk.showsStop(stop, '148');
    expect(desk.effectsOf('modify')).toHaveLength(1);
    answers(desk, stop, '148');
    expect(lastTerms(desk)).toMatchObject({ quantity: '6', terms: { type: 'TRAIL', stop: '149' } });
  });

  test('is not judged before IBKR has answered', () => {
    const { desk, stop } = sellsSome();
    answers(desk, stop, '148');
    desk.passes(PUT_BACK_MS);
    expect(desk.allOf('alarm-raised')).toEqual([]);
    answers(desk, stop, '148');
    expect(desk.allOf('alarm-raised')).toHaveLength(1);
  });

  describe('what was told of it is taken back', () => {
    /** The stop stood at 149, and IBKR left it at 148. */
    function loosened(): { readonly desk: TrailingDesk; readonly stop: number } {
      const { desk, stop } = sellsSome();
      answers(desk, stop, '148');
      answers(desk, stop, '148');
      desk.passes(PUT_BACK_MS);
      expect(desk.alarms).toHaveLength(1);
      desk.showsStop(stop, '148.99');
      expect(desk.alarms).toHaveLength(1);
      return { desk, stop };
    }

    test.each(['149', '149.5'])('when the stop stands at %s', (at) => {
      const { desk, stop } = loosened();
      desk.showsStop(stop, at);
      expect(desk.alarms).toEqual([]);
    });

    test('when the order is over', () => {
      const { desk, stop } = loosened();
      desk.fills(stop, '6', '148');
      expect(desk.alarms).toEqual([]);
    });

    test('also in another process', () => {
      const { desk, stop } = loosened();
      desk.crashes();
      desk.holds('6', '0', () => answers(desk, stop, '148.99'));
      expect(desk.alarms).toHaveLength(1);
      desk.showsStop(stop, '149');
      expect(desk.alarms).toEqual([]);
    });
  });

  test('is somebody else’s doing when it is looser long after', () => {
    const { desk, stop } = sellsSome();
    answers(desk, stop, '149');
    desk.passes(10_001);
    desk.showsStop(stop, '147');
    expect(desk.effectsOf('modify')).toHaveLength(1);
    expect(desk.stopOf(stop)).toBe('147');
  });

  test('and loosened by a person who names its stop stays where the person wants it', () => {
    const { desk, stop } = sellsSome();
    answers(desk, stop, '149');
    desk.modifies(stop, { stop: price('146') });
    answers(desk, stop, '146');
    expect(desk.effectsOf('modify')).toHaveLength(2);
    expect(desk.stopOf(stop)).toBe('146');
  });

  test('is not looked for any more once it has ended, nor while other orders move', () => {
    const { desk, stop } = sellsSome();
    const other = desk.places();
    desk.works(other);
    answers(desk, stop, '149');
    desk.fills(stop, '6', '148');
    answers(desk, stop, '147');
    expect(desk.effectsOf('modify')).toHaveLength(1);
    expect(desk.phaseOf(stop)).toBe('filled');
  });
});

test('a trailing stop over a short position is looser when it is higher', () => {
  const desk = TrailingDesk.holding({ held: '-10' });
  const trail = { by: 'amount', amount: price('2') } as const;
  const stop = desk.rests({ mode: 'native', side: 'BUY', trail });
  desk.showsStop(stop, '151');
  const cover = desk.places({ side: 'BUY', quantity: quantity('4'), terms: { type: 'MKT' } });
  desk.fills(cover, '4');
  answers(desk, stop, '152');
  expect(lastTerms(desk)).toMatchObject({ quantity: '6', terms: { type: 'TRAIL', stop: '151' } });
});
