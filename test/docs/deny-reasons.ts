import { present } from '#domain/assert';
import { checkNameSchema, isOverridable, type CheckName, type RiskReason } from '#domain/risk-decision';
import { describeCheck, describeReason } from '#domain/risk-words';
import { REASONS } from '#test/builders/risk-reasons';

type Code = RiskReason['code'];
type Says = 'denies' | 'warns' | 'warns, then denies' | 'can not know';

interface Entry {
  readonly checks: readonly CheckName[];
  readonly says: Says;
  readonly when: string;
  readonly next: string;
  readonly rule: string;
}

/** Where the page stands. */
export const DENY_REASONS_PAGE = 'docs/deny-reasons.md';

const ERRONEOUS = 'SEC 15c3-5 (c)(1)(ii): erroneous orders';
const CREDIT = 'SEC 15c3-5 (c)(1)(i): capital thresholds; RTS 6 art. 15(4)';
const OWN = 'our own';
const IBKR = 'IBKR';
const needsPrice: readonly CheckName[] = ['freshness', 'collar', 'notional', 'geometry'];

const entry = (
  checks: CheckName | readonly CheckName[],
  says: Says,
  when: string,
  next: string,
  rule: string,
): Entry => ({
  checks: typeof checks === 'string' ? [checks] : checks,
  says,
  when,
  next,
  rule,
});

const ENTRIES = {
  NOT_READY: entry('connection', 'denies', 'The session is not up and reconciled.', 'Wait until it is ready.', OWN),
  TRADING_STATE: entry(
    'trading-state',
    'denies',
    'Trading is REDUCING or HALTED, and the order does not only reduce.',
    'Reset the trading state, or send what reduces.',
    'RTS 6 art. 12: kill functionality',
  ),
  LOSS_LATCHED: entry(
    'daily-loss',
    'denies',
    'The loss of the day of the symbol or the account has reached its limit.',
    'Wait for the next session day, or reset-loss-latch with a reason.',
    CREDIT,
  ),
  DAILY_LOSS: entry(
    'daily-loss',
    'warns',
    'The loss of the day is at 70 % of its limit or beyond it.',
    'Reduce, or know that the limit is near.',
    CREDIT,
  ),
  DAY_PNL_UNKNOWN: entry(
    'daily-loss',
    'can not know',
    'The symbol is held or was traded today, and its result of the day can not be computed.',
    'Wait for the price, the exchange rate or the commission that is missing.',
    OWN,
  ),
  SYMBOL_NOT_ALLOWED: entry(
    'symbol-list',
    'denies',
    'The symbol is on the list of denied ones, or not on the list of allowed ones.',
    'Change risk.deniedSymbols or risk.allowedSymbols. What is held can be closed.',
    'SEC 15c3-5 (c)(2)(ii): restricted securities; RTS 6 art. 15(5)',
  ),
  INSTRUMENT_UNKNOWN: entry('instrument', 'can not know', 'IBKR has not defined the symbol.', 'Search for it.', OWN),
  INSTRUMENT_NOT_TRADABLE: entry('instrument', 'denies', 'It is no stock or ETF.', 'Trade it in TWS.', OWN),
  MARKET_CLOSED: entry(
    'market-hours',
    'denies',
    'A person orders or changes while the market is closed.',
    'Wait until it opens, override, or set risk.orderManagementWhenClosed.',
    OWN,
  ),
  HOURS_UNKNOWN: entry(
    'market-hours',
    'denies',
    'IBKR has given no trading hours.',
    'Override, or set risk.orderManagementWhenClosed.',
    OWN,
  ),
  QUANTITY_ZERO: entry('quantity', 'denies', 'A quantity is zero.', 'Enter one above zero.', ERRONEOUS),
  QUANTITY_INCREMENT: entry('quantity', 'denies', 'No multiple of the increment.', 'Enter a multiple.', IBKR),
  QUANTITY_MINIMUM: entry('quantity', 'denies', 'Below the smallest order.', 'Enter more.', IBKR),
  QUANTITY_LIMIT: entry(
    'quantity',
    'denies',
    'Above risk.maxOrderQuantity.',
    'Enter less.',
    'SEC 15c3-5 (c)(1)(ii); RTS 6 art. 15(1)(c): maximum order volume',
  ),
  QUANTITY_BELOW_FILLED: entry('quantity', 'denies', 'A change to less than has filled.', 'Cancel the rest.', IBKR),
  SCALE_OUT_QUANTITY: entry('quantity', 'denies', 'The levels do not add up to the entry.', 'Correct them.', ERRONEOUS),
  PRICE_NOT_POSITIVE: entry('tick', 'denies', 'A price is zero or below.', 'Enter one above zero.', ERRONEOUS),
  PRICE_OFF_TICK: entry('tick', 'denies', 'A price is between two ticks.', 'Take a neighbour.', IBKR),
  TRAIL_BELOW_TICK: entry('tick', 'denies', 'A trail is less than a tick.', 'Enter more.', OWN),
  BRACKET_GEOMETRY: entry(
    'geometry',
    'denies',
    'A stop or target stands on the wrong side of its entry.',
    'Correct the price.',
    ERRONEOUS,
  ),
  STOP_ALREADY_TRIGGERED: entry(
    'geometry',
    'denies',
    'The market is beyond the stop already.',
    'Move the stop, or send a market order.',
    ERRONEOUS,
  ),
  NO_QUOTE: entry(
    needsPrice,
    'can not know',
    'What adds risk needs a price that is not there.',
    'Wait for a tick.',
    OWN,
  ),
  QUOTE_NOT_REAL_TIME: entry(
    'freshness',
    'can not know',
    'The quote is delayed, frozen or interrupted.',
    'Subscribe to real-time data at IBKR.',
    OWN,
  ),
  QUOTE_STALE: entry(
    'freshness',
    'can not know',
    'The quote is older than risk.quoteAgeMaxMs.',
    'Wait for a tick.',
    OWN,
  ),
  HALTED: entry('freshness', 'can not know', 'The instrument is halted.', 'Wait until it trades again.', OWN),
  PRICE_COLLAR: entry(
    'collar',
    'warns, then denies',
    'A price reaches through the market by risk.priceCollarWarn or risk.priceCollarDeny.',
    'Correct the price.',
    'SEC 15c3-5 (c)(1)(ii); RTS 6 art. 15(1)(a): price collars',
  ),
  NO_EXCHANGE_RATE: entry(
    ['notional', 'gross-exposure', 'sector-exposure', 'correlated-exposure'],
    'can not know',
    'IBKR has given no rate into the currency of the account.',
    'Wait for it.',
    OWN,
  ),
  ORDER_NOTIONAL: entry(
    'notional',
    'warns, then denies',
    'The value of one order against max_order_exposure of the symbol, or risk.maxOrderNotional.',
    'Order less, or override.',
    'SEC 15c3-5 (c)(1)(ii); RTS 6 art. 15(1)(b): maximum order value',
  ),
  POSITION_LIMIT: entry(
    'position',
    'warns, then denies',
    'The position at worst against max_position_size of the symbol, or risk.maxPositionSize.',
    'Order less, cancel other orders, or override.',
    CREDIT,
  ),
  POSITION_UNKNOWN: entry(
    ['position', 'short', 'protection', 'gross-exposure', 'sector-exposure', 'correlated-exposure'],
    'can not know',
    'IBKR has not sent the positions of this session.',
    'Wait for them.',
    OWN,
  ),
  EXPOSURE_UNKNOWN: entry(
    ['gross-exposure', 'sector-exposure', 'correlated-exposure'],
    'can not know',
    'Something that is held or worked has no price or no exchange rate.',
    'Wait for it.',
    OWN,
  ),
  GROSS_EXPOSURE: entry(
    'gross-exposure',
    'warns, then denies',
    'All positions at worst, long and short alike, against risk.maxGrossExposure.',
    'Order less, reduce something else, or override.',
    CREDIT,
  ),
  SECTOR_EXPOSURE: entry(
    'sector-exposure',
    'warns, then denies',
    'All positions of a sector at worst, against risk.sectorLimits or risk.maxSectorExposure.',
    'Order less, reduce something else, or override.',
    CREDIT,
  ),
  CORRELATED_EXPOSURE: entry(
    'correlated-exposure',
    'warns, then denies',
    'A symbol with what is correlated to it, against max_correlation_exposure or risk.maxCorrelatedExposure.',
    'Order less, reduce something else, or override.',
    CREDIT,
  ),
  CORRELATIONS_STALE: entry(
    'correlated-exposure',
    'warns',
    'The correlations are older than risk.correlation.ttlHours.',
    'update-correlations.',
    OWN,
  ),
  CORRELATIONS_MISSING: entry(
    'correlated-exposure',
    'warns, then denies',
    'No correlations are known; risk.correlation.onMissing decides.',
    'update-correlations.',
    OWN,
  ),
  SHORT_NOT_ALLOWED: entry('short', 'denies', 'It would sell below zero.', 'Set risk.allowShort.', 'SEC Reg SHO'),
  FLIP_NOT_ALLOWED: entry(
    'flip',
    'denies',
    'It would turn the position around.',
    'Close first, or say that it may (--allow-flip).',
    ERRONEOUS,
  ),
  PROTECTS_TOO_MUCH: entry(
    'protection',
    'denies',
    'A stop would close more than is held and not yet protected.',
    'Order less.',
    OWN,
  ),
  ORDERS_PER_SIDE: entry(
    'order-count',
    'warns, then denies',
    'Working orders of one symbol and side against risk.ordersPerSideMax.',
    'Cancel some.',
    'IBKR: 20 of one contract, side and account',
  ),
  ORDER_RATE: entry(
    'order-rate',
    'denies',
    'More orders and changes in a second than risk.ordersPerSecondMax.',
    'Send slower.',
    'RTS 6 art. 15(1)(d) and 15(3): message limits, throttles',
  ),
  ORDER_EFFICIENCY: entry(
    'order-rate',
    'warns',
    'Many messages for few executions.',
    'Change orders less often.',
    'IBKR: order efficiency ratio',
  ),
  SELF_CROSS: entry(
    'self-cross',
    'denies',
    'It would trade with our own order on the other side.',
    'Cancel that one first.',
    'FINRA 5210.02: self-trades',
  ),
  DUPLICATE: entry(
    'duplicate',
    'denies',
    'The same order again within risk.duplicateWindowMs (command line: risk.duplicateCliMs).',
    'Wait, if it is meant.',
    'SEC 15c3-5 (c)(1)(ii): duplicative orders',
  ),
  MARGIN: entry(
    'margin',
    'warns, then denies',
    "IBKR's what-if, when it was asked for: initial margin against equity with loan value.",
    'Order less.',
    CREDIT,
  ),
  MARGIN_UNKNOWN: entry('margin', 'can not know', 'It was asked for, and IBKR did not say.', 'Ask again.', OWN),
} as const satisfies Record<Code, Entry>;

/** Every reason by the check that is shown first, as a page for people. */
export function denyReasonsPage(): string {
  const codes = REASONS.map(([{ code }]) => code);
  const orderOf = (code: Code): number => checkNameSchema.options.indexOf(present(ENTRIES[code].checks[0], 'a check'));
  const sorted = [...new Set(codes)].sort((a, b) => orderOf(a) - orderOf(b));
  return `${HEAD}${sorted.map(sectionOf).join('\n')}`;
}

const HEAD = `# Why an order is denied

Written by \`npm run docs:deny-reasons\` from the checks' own code and words; a test says when it is out of date.

Every check runs on every order and every change, so that a denial shows everything that is wrong. A check passes, warns,
denies, or can not know; what can not be known denies what adds risk. What only reduces a position is exempt from limits of
exposure and loss, never from what makes an order sane. Limits deny what makes them worse: after is beyond the limit, and
beyond before. A denial that may be overridden passes with \`--override --reason "…"\` (window: *Override*), for that one
command; both are stored with the decision, as RTS 6 art. 15(6) wants it. \`explain\` shows the numbers of any decision.

`;

function sectionOf(code: Code): string {
  const { checks, says, when, next, rule }: Entry = ENTRIES[code];
  const [reason] = present(
    REASONS.find(([it]) => it.code === code),
    'a reason with its words',
  );
  const mayPass = says !== 'can not know' && checks.some(isOverridable) ? 'yes' : 'no';
  return [
    `## ${code}`,
    '',
    `> ${describeReason(reason)}`,
    '',
    `- Check: ${checks.map((check) => `${describeCheck(check)} (\`${check}\`)`).join(', ')}; it ${says}`,
    `- When: ${when}`,
    `- Next: ${next}`,
    `- May be overridden: ${mayPass}`,
    `- Source: ${rule}`,
    '',
  ].join('\n');
}
