import { assertNever } from '#domain/assert';
import {
  formatAge,
  formatDateTime,
  formatMoney,
  formatPercent,
  formatPrice,
  formatQuantity,
  formatSeconds,
  formatSignedQuantity,
} from '#domain/format';
import { describeLatch, describeLimitReason } from '#domain/limit-words';
import { decimalPlacesOf } from '#domain/money';
import type { LegRole } from '#domain/order-record';
import { limitOf, stopOf, type ObservedTerms } from '#domain/order-spec';
import { describeOrder, describeTerms, withReason } from '#domain/order-words';
import {
  denialsOf,
  overriddenOf,
  warningsOf,
  type CheckName,
  type CheckVerdict,
  type RiskDecision,
  type RiskReason,
  type RiskSubject,
} from '#domain/risk-decision';

const QUANTITY_OF = {
  parent: 'Quantity',
  'take-profit': 'Target quantity',
  'stop-loss': 'Stop-loss quantity',
  cover: 'Cover quantity',
  'protective-stop': 'Quantity',
  oco: 'Quantity',
} as const satisfies Record<LegRole, string>;
const LEG = {
  parent: 'Entry',
  'take-profit': 'Target',
  'stop-loss': 'Stop-loss',
  cover: 'Cover',
  'protective-stop': 'Stop',
  oco: 'OCO order',
} as const satisfies Record<LegRole, string>;
/** Orders that a person knows by themselves, not as a part of something. */
const standsAlone = (leg: LegRole): boolean => leg === 'parent' || leg === 'oco' || leg === 'protective-stop';

/** The subject of a sentence about a price: an order's own price is just `Price`. */
function priceOf(leg: LegRole): string {
  return standsAlone(leg) ? 'Price' : `${LEG[leg]} price`;
}

/**
 * Why a check did not simply pass, in full sentences: fact, number, limit, what next.
 * Tests, the window and the command line show exactly these words.
 */
export function describeReason(reason: RiskReason): string {
  switch (reason.code) {
    case 'NOT_READY':
      return `Not connected and reconciled: the session is ${reason.phase}. Orders pass once it is ready.`;
    case 'TRADING_STATE':
      return reason.state === 'REDUCING'
        ? `${withReason('Trading is REDUCING', reason.reason)}. Only orders that reduce a position pass until a person resets or acknowledges it.`
        : `${withReason(`Trading is ${reason.state}`, reason.reason)}. New orders are denied until a person resets it.`;
    case 'INSTRUMENT_UNKNOWN':
      return `IBKR knows no stock or ETF ${reason.symbol}. Search by name to find its symbol.`;
    case 'INSTRUMENT_NOT_TRADABLE':
      return `${reason.symbol} is of type ${reason.securityType}. Only stocks and ETFs (STK) can be ordered.`;
    case 'QUANTITY_ZERO':
      return `${QUANTITY_OF[reason.leg]} is 0. It must be more than 0.`;
    case 'QUANTITY_INCREMENT':
      return `${QUANTITY_OF[reason.leg]} ${formatQuantity(reason.quantity)} is not a multiple of ${formatQuantity(reason.increment)}.`;
    case 'QUANTITY_MINIMUM':
      return `${QUANTITY_OF[reason.leg]} ${formatQuantity(reason.quantity)} is below the smallest order, ${formatQuantity(reason.minimum)}.`;
    case 'QUANTITY_LIMIT':
      return `Quantity is ${formatQuantity(reason.quantity)}. The limit is ${formatQuantity(reason.limit)} (global).`;
    case 'QUANTITY_BELOW_FILLED':
      return `Quantity ${formatQuantity(reason.quantity)} is below the ${formatQuantity(reason.filled)} already filled. Cancel the order to stop the rest.`;
    case 'PRICE_NOT_POSITIVE':
      return `${priceOf(reason.leg)} ${formatPrice(reason.price)} is not above zero.`;
    case 'PRICE_OFF_TICK': {
      const places = decimalPlacesOf(reason.increment);
      return `${priceOf(reason.leg)} ${formatPrice(reason.price)} is not a multiple of the tick ${reason.increment}. Nearest: ${formatPrice(reason.below, places)} and ${formatPrice(reason.above, places)}.`;
    }
    case 'BRACKET_GEOMETRY': {
      const below = (reason.leg === 'stop-loss') === (reason.side === 'BUY');
      return `${LEG[reason.leg]} ${formatPrice(reason.price)} must be ${below ? 'below' : 'above'} the entry ${formatPrice(reason.entry)} of a ${reason.side} bracket.`;
    }
    case 'STOP_ALREADY_TRIGGERED': {
      const [relation, touch] = reason.side === 'SELL' ? ['below', 'bid'] : ['above', 'ask'];
      return `${standsAlone(reason.leg) ? 'Stop' : LEG[reason.leg]} ${formatPrice(reason.stop)} would trigger at once: a ${reason.side} stop must be ${relation} the ${touch} ${formatPrice(reason.touch)}.`;
    }
    case 'TRAIL_BELOW_TICK':
      return `A trail of ${formatPrice(reason.distance)} is less than the tick ${reason.increment}: the stop could not keep its distance.`;
    case 'SCALE_OUT_QUANTITY':
      return `The levels add up to ${formatQuantity(reason.sum)}; the entry is for ${formatQuantity(reason.quantity)}. They must be the same.`;
    case 'PROTECTS_TOO_MUCH':
      return `A stop for ${formatQuantity(reason.quantity)} is more than the position ${formatSignedQuantity(reason.position)} has left to protect: ${formatQuantity(reason.covered)} of it has an exit already.`;
    case 'NO_QUOTE':
      return `There is no quote for ${reason.symbol} yet; orders that add risk need one.`;
    case 'NO_EXCHANGE_RATE':
      return reason.to === ''
        ? `IBKR has not said yet which currency the account is kept in; a value in ${reason.from} can not be known.`
        : `IBKR has given no exchange rate from ${reason.from} to ${reason.to}; the value of this order can not be known.`;
    case 'QUOTE_NOT_REAL_TIME':
      return `The ${reason.symbol} quote is ${reason.kind}; orders that add risk need real-time data.`;
    case 'QUOTE_STALE':
      return `The ${reason.symbol} quote is ${formatSeconds(reason.ageMs)} old; orders that add risk need one under ${formatSeconds(reason.limitMs)}.`;
    case 'HALTED':
      return `${reason.symbol} is halted. Orders that add risk pass once it trades again.`;
    case 'PRICE_COLLAR':
      return `Price ${formatPrice(reason.price)} is ${formatPercent(reason.deviation)} through ${formatPrice(reason.reference)}. Warned from ${formatPercent(reason.warnAt)}, denied from ${formatPercent(reason.denyAt)}.`;
    case 'ORDER_NOTIONAL':
      return `Order exposure would be ${formatMoney(reason.projected, reason.currency)}. The limit is ${formatMoney(reason.limit, reason.currency)} (${reason.source}). Largest that passes: ${formatQuantity(reason.largest)}.`;
    case 'SHORT_NOT_ALLOWED':
      return `Position ${formatSignedQuantity(reason.position)} could become ${formatSignedQuantity(reason.projected)}. Selling short is off (risk.allowShort).`;
    case 'POSITION_LIMIT':
    case 'GROSS_EXPOSURE':
    case 'SECTOR_EXPOSURE':
    case 'CORRELATED_EXPOSURE':
    case 'DAILY_LOSS':
      return describeLimitReason(reason);
    case 'CORRELATIONS_STALE':
      return `The correlations are ${formatAge(reason.ageMs)} old. Update them with update-correlations.`;
    case 'CORRELATIONS_MISSING':
      return `No correlations are known of ${reason.symbols.join(', ')}: ${ON_MISSING[reason.policy]}. Update them with update-correlations.`;
    case 'EXPOSURE_UNKNOWN':
      return `The value of ${reason.symbols.join(', ')} is not known: no price, or no exchange rate. Orders that add risk pass once it is.`;
    case 'LOSS_LATCHED':
      return describeLatch(reason.latch);
    case 'DAY_PNL_UNKNOWN':
      return `The profit and loss of the day of ${reason.symbol} is not known: ${reason.why}.`;
    case 'SYMBOL_NOT_ALLOWED':
      return reason.list === 'denied'
        ? `${reason.symbol} is on the list of denied symbols (risk.deniedSymbols).`
        : `${reason.symbol} is not on the list of allowed symbols (risk.allowedSymbols).`;
    case 'MARKET_CLOSED':
      return `The market of ${reason.symbol} is closed${reason.opensAt === null ? '' : `; it opens ${formatDateTime(reason.opensAt, 'UTC')} UTC`}. Override with a reason, or set risk.orderManagementWhenClosed.`;
    case 'HOURS_UNKNOWN':
      return `IBKR has given no trading hours of ${reason.symbol}: only cancels are allowed. Override with a reason, or set risk.orderManagementWhenClosed.`;
    case 'FLIP_NOT_ALLOWED':
      return `Position ${formatSignedQuantity(reason.position)} would cross zero to ${formatSignedQuantity(reason.projected)}. Close it first, or say that it may (--allow-flip).`;
    case 'ORDERS_PER_SIDE':
      return `${reason.working} orders to ${reason.side} it work already. The limit is ${reason.limit}; IBKR takes 20 of one symbol and side.`;
    case 'ORDER_RATE':
      return `${reason.inLastSecond} orders and changes were sent in the last second. The limit is ${reason.limit} (risk.ordersPerSecondMax).`;
    case 'ORDER_EFFICIENCY':
      return `${reason.messages} messages about orders for ${reason.executions} executions today. IBKR asks for fewer than 20 for each; warned from ${reason.warnAt}.`;
    case 'SELF_CROSS':
      return `It would meet our own order ${reason.number} at ${formatPrice(reason.price)}. Cancel that one first.`;
    case 'MARGIN':
      return `Initial margin would be ${formatMoney(reason.needed, reason.currency)}; equity with loan value would be ${formatMoney(reason.available, reason.currency)}.`;
    case 'MARGIN_UNKNOWN':
      return `IBKR has not said what margin it needs: ${reason.why}.`;
    case 'POSITION_UNKNOWN':
      return `The position in ${reason.symbol} is not known yet; IBKR has sent no snapshot.`;
    case 'DUPLICATE':
      return `The same as order ${reason.of}, sent ${formatSeconds(reason.ageMs)} ago. Repeats pass after ${formatSeconds(reason.windowMs)}.`;
    default:
      return assertNever(reason);
  }
}

const ON_MISSING = {
  sector: 'names of the same sector count as correlated, the others as not',
  warn: 'they count as not correlated',
  deny: 'orders that add risk are denied',
} as const satisfies Record<Extract<RiskReason, { code: 'CORRELATIONS_MISSING' }>['policy'], string>;

type ExitRole = 'take-profit' | 'stop-loss';
const isExitRole = (role: LegRole): role is ExitRole => role === 'take-profit' || role === 'stop-loss';

/** An exit beside its entry, where the type goes without saying: `target 170.00`, `stop-loss 161.00`. */
export function describeExit(role: ExitRole, terms: ObservedTerms): string {
  const price = stopOf(terms) ?? limitOf(terms);
  return `${LEG[role].toLowerCase()} ${price === null ? describeTerms(terms) : formatPrice(price)}`;
}

const CHECK_LABELS = {
  connection: 'Connection',
  'trading-state': 'Trading state',
  'daily-loss': 'Daily loss',
  'symbol-list': 'Symbol list',
  instrument: 'Instrument',
  'market-hours': 'Market hours',
  quantity: 'Quantity',
  tick: 'Tick',
  geometry: 'Geometry',
  freshness: 'Price freshness',
  collar: 'Price collar',
  notional: 'Order exposure',
  position: 'Position',
  'gross-exposure': 'Gross exposure',
  'sector-exposure': 'Sector exposure',
  'correlated-exposure': 'Correlated exposure',
  short: 'Short selling',
  flip: 'Crossing zero',
  protection: 'Protection',
  'order-count': 'Orders per side',
  'order-rate': 'Order rate',
  'self-cross': 'Own orders',
  duplicate: 'Duplicate',
  margin: 'Margin',
} as const satisfies Record<CheckName, string>;

const VERDICT_WORDS = {
  pass: 'passes',
  warn: 'warns',
  deny: 'denies',
  'cannot-know': 'cannot know',
  overridden: 'is overridden',
} as const satisfies Record<CheckVerdict['verdict'], string>;

/** The name of a check as people read it. */
export function describeCheck(check: CheckName): string {
  return CHECK_LABELS[check];
}

/** What one check said: `Order exposure denies. Order exposure would be …`. */
export function describeVerdict(verdict: CheckVerdict): string {
  const said = `${CHECK_LABELS[verdict.check]} ${VERDICT_WORDS[verdict.verdict]}.`;
  return verdict.verdict === 'pass' ? said : `${said} ${describeReason(verdict.reason)}`;
}

/** What was asked: `BUY 50 AMD LMT 164.10, target 170.00, stop-loss 161.00`, or `modify 1053: STP 161.00 → STP 161.50`. */
export function describeSubject(subject: RiskSubject): string {
  if (subject.action === 'place') {
    return subject.legs
      .map((leg) =>
        isExitRole(leg.role) ? describeExit(leg.role, leg.terms) : describeOrder({ ...leg, symbol: subject.symbol }),
      )
      .join(', ');
  }
  const { before, after, symbol, number } = subject;
  return `modify ${number}: ${describeOrder({ ...before, symbol })} → ${describeOrder({ ...after, symbol })}`;
}

/** A decision in one line: what was asked, the outcome, and every reason against it or warning. */
export function describeDecision(decision: RiskDecision): string {
  const asked = describeSubject(decision.context.subject);
  const reasons = decision.outcome === 'denied' ? denialsOf(decision) : warningsOf(decision);
  const why = reasons.map(describeReason).join(' ');
  if (decision.outcome === 'denied') return `Denied: ${asked}. ${why}`;
  const passed = overriddenOf(decision).map(describeReason);
  if (passed.length > 0) return `Approved by override: ${asked}. ${[...passed, why].join(' ').trimEnd()}`;
  return why === '' ? `Approved: ${asked}.` : `Approved with a warning: ${asked}. ${why}`;
}
