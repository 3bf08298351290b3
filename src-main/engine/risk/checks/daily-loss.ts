import type { LimitFigure } from '#domain/limit-figure';
import { ratio, type Money, type Ratio } from '#domain/money';
import type { LossLatch, LossScope } from '#domain/loss-latch';
import type { CheckVerdict, RiskContext } from '#domain/risk-decision';
import type { LimitSource } from '#domain/limit-source';
import { isNear } from '#engine/risk/limit-verdict';
import { addsRisk, cannotKnow, deny, pass, warn, type RiskCheck } from '#engine/risk/risk-check';

/** Share of the limit of a day's loss from which the check warns. */
const WARN_AT: Ratio = ratio('0.7');

/**
 * The loss of the day, of the symbol and of the account. At the limit it latches, and then only what reduces passes, until
 * the next session day or until a person resets it; what it is beyond the limit after a reset only warns.
 */
export const dailyLoss: RiskCheck = {
  name: 'daily-loss',
  check: (context) => {
    const scopes = scopesOf(context);
    const figures = scopes.flatMap(({ figure }) => (figure === null ? [] : [figure]));
    if (!addsRisk(context)) return pass('daily-loss', figures);
    const latched = scopes.find(({ latch }) => latch !== null)?.latch ?? null;
    if (latched !== null) return deny('daily-loss', { code: 'LOSS_LATCHED', latch: latched }, figures);
    return whyUnknown(scopes, context) ?? nearest(scopes, figures);
  },
};

interface Scope {
  readonly over: LossScope;
  readonly latch: LossLatch | null;
  /** Why the loss is not known. */
  readonly why: string;
  /** null: the loss is not known. */
  readonly figure: Extract<LimitFigure, { unit: 'money' }> | null;
}

function scopesOf({ baseCurrency, day, instrument, limits, settings, subject }: RiskContext): readonly Scope[] {
  if (day === null || limits === null || instrument === null) return [];
  const figureOf = (loss: Money | null, of: string, limit: Money, source: LimitSource): Scope['figure'] => {
    if (loss === null) return null;
    const use = { before: loss, after: loss, limit };
    return { unit: 'money', limitName: 'daily-loss', of, source, largest: null, currency: baseCurrency, ...use };
  };
  const { symbol } = subject;
  const ofSymbol = limits.dailyLoss;
  return [
    {
      over: { over: 'symbol', conId: instrument.conId, symbol },
      latch: day.symbol.latch,
      why: day.symbol.why,
      figure: figureOf(day.symbol.loss, symbol, ofSymbol.value, ofSymbol.source),
    },
    {
      over: { over: 'account' },
      latch: day.account.latch,
      why: day.account.why,
      figure: figureOf(day.account.loss, '', settings.maxDailyLoss, 'global'),
    },
  ];
}

function whyUnknown(scopes: readonly Scope[], { subject }: RiskContext): CheckVerdict | null {
  const unknown = scopes.find(({ figure }) => figure === null);
  if (unknown === undefined) return null;
  const symbol = unknown.over.over === 'symbol' ? subject.symbol : 'the account';
  return cannotKnow('daily-loss', { code: 'DAY_PNL_UNKNOWN', symbol, why: unknown.why });
}

function nearest(scopes: readonly Scope[], figures: readonly LimitFigure[]): CheckVerdict {
  for (const { over, figure } of scopes) {
    if (figure !== null && isNear(figure.after, figure.limit, WARN_AT)) {
      return warn('daily-loss', { code: 'DAILY_LOSS', scope: over, figure }, figures);
    }
  }
  return pass('daily-loss', figures);
}
