import { entryReference, isEntered } from '#domain/bracket';
import { compare, type Price } from '#domain/money';
import { limitOf, oppositeOf, stopOf } from '#domain/order-spec';
import type { CheckVerdict, RiskContext, RiskLeg } from '#domain/risk-decision';
import { deny, farTouch, mainLegOf, pass, unknownUnlessReducing, type RiskCheck } from '#engine/risk/risk-check';

/**
 * Prices stand on the side where they make sense: BUY wants stop < entry < target (SELL the mirror), and a stop must
 * not be triggered already: a sell stop below the bid, a buy stop above the ask.
 */
export const geometry: RiskCheck = {
  name: 'geometry',
  check: (context) => {
    const main = mainLegOf(context);
    if (context.subject.action === 'modify' && context.subject.entry !== null) {
      return checkExitAgainst(main, context.subject.entry);
    }
    const triggered = checkNotTriggered(context, main);
    if (triggered !== null) return triggered;
    const exits = context.subject.action === 'place' ? context.subject.legs.slice(1) : context.subject.exits;
    return exits.length === 0 ? pass('geometry') : checkBracket(context, main, exits);
  },
};

function checkNotTriggered(context: RiskContext, leg: RiskLeg): CheckVerdict | null {
  const { side, terms, role } = leg;
  const stop = stopOf(terms);
  if (stop === null) return null;
  // A buy stop is triggered by the ask it would pay, a sell stop by the bid it would get.
  const touch = farTouch(context, side);
  if (touch === null) {
    return unknownUnlessReducing('geometry', context, { code: 'NO_QUOTE', symbol: context.subject.symbol });
  }
  const beyond = compare(stop, touch) === (side === 'BUY' ? 1 : -1);
  return beyond ? null : deny('geometry', { code: 'STOP_ALREADY_TRIGGERED', leg: role, side, stop, touch });
}

function checkBracket(context: RiskContext, main: RiskLeg, exits: readonly RiskLeg[]): CheckVerdict {
  // An entry that was made a trailing one in TWS has no price of its own that its exits could be on a side of.
  if (!isEntered(main.terms)) return pass('geometry');
  const { bid, ask } = context.quote ?? { bid: null, ask: null };
  const entry = entryReference(main.terms, main.side, bid, ask);
  if (entry === null) {
    return unknownUnlessReducing('geometry', context, { code: 'NO_QUOTE', symbol: context.subject.symbol });
  }
  for (const leg of exits) {
    const verdict = checkExitAgainst(leg, entry);
    if (verdict.verdict !== 'pass') return verdict;
  }
  return pass('geometry');
}

/** An exit against the price of its entry, which is of the opposite side: the stop behind it, the target beyond it. */
function checkExitAgainst(exit: RiskLeg, entry: Price): CheckVerdict {
  const isStop = exit.role === 'stop-loss';
  const price = isStop ? stopOf(exit.terms) : limitOf(exit.terms);
  if (price === null) return pass('geometry');
  // The exit of a BUY entry sells: its stop is below the entry and its target above.
  const wanted = isStop === (exit.side === 'SELL') ? -1 : 1;
  if (compare(price, entry) === wanted) return pass('geometry');
  const side = oppositeOf(exit.side);
  return deny('geometry', { code: 'BRACKET_GEOMETRY', leg: exit.role, side, price, entry });
}
