import * as z from 'zod';

const SECONDS_MAX = 1_000_000;
const MILLISECONDS_MAX = 600_000;
const COUNT_MAX = 1_000_000;
const COPIES_MAX = 10;
const CODE_MAX = 99_999;
const TEXT_LENGTH_MAX = 500;
const SHARES_MAX = 1_000_000;
const PERCENT_MIN = -99;
const PERCENT_MAX = 1_000;
const RATIO_MAX = 100;
const PORT_MAX = 65_535;
const CLIENT_ID_MAX = 999_999;
const FOREIGN_CLIENT_ID = 99;

/** What a client sends, as far as a fault can wait for it. `place-order` is a new order, `modify-order` a live one's change. */
export const FAULT_MESSAGES = [
  'place-order',
  'modify-order',
  'cancel-order',
  'global-cancel',
  'open-orders',
  'all-open-orders',
  'completed-orders',
  'executions',
  'positions',
  'account-updates',
  'current-time',
  'next-id',
  'contract-details',
  'matching-symbols',
  'market-data',
  'historical-data',
] as const;
export type FaultMessage = (typeof FAULT_MESSAGES)[number];

/** A moment in an order's life. `ended`: cancelled, expired or rejected. */
export const ORDER_MOMENTS = ['placed', 'working', 'partly-filled', 'filled', 'ended'] as const;
export type OrderMoment = (typeof ORDER_MOMENTS)[number];

/** When a fault strikes. */
export type FaultTrigger =
  /** So long after the plan (or the single fault) was given. */
  | { readonly kind: 'time'; readonly seconds: number }
  /** At the count-th such message of any client from then on. */
  | { readonly kind: 'message'; readonly message: FaultMessage; readonly count: number }
  /** When the n-th order that clients placed since the simulator's start is so far. */
  | { readonly kind: 'order'; readonly order: number; readonly is: OrderMoment };

const triggerSchema = strict({
  seconds: z.number().min(0).max(SECONDS_MAX).optional(),
  message: z.enum(FAULT_MESSAGES).optional(),
  count: z.int().min(1).max(COUNT_MAX).optional(),
  order: z.int().min(1).max(COUNT_MAX).optional(),
  is: z.enum(ORDER_MOMENTS).optional(),
}).transform(({ seconds, message, count, order, is }, context): FaultTrigger => {
  const told = [seconds, message ?? count, order ?? is].filter((it) => it !== undefined);
  if (told.length === 1) {
    if (seconds !== undefined) return { kind: 'time', seconds };
    if (message !== undefined) return { kind: 'message', message, count: count ?? 1 };
    if (order !== undefined) return { kind: 'order', order, is: is ?? 'placed' };
  }
  context.addIssue({ code: 'custom', message: 'expected seconds, or message (with count), or order (with is)' });
  return z.NEVER;
});

const milliseconds = z.int().min(1).max(MILLISECONDS_MAX);
const shares = z.int().min(1).max(SHARES_MAX);
const code = z.int().min(1).max(CODE_MAX);
const text = z.string().min(1).max(TEXT_LENGTH_MAX).optional();
const price = z
  .string()
  .regex(/^\d{1,7}(\.\d{1,4})?$/, 'expected a price as text, such as "101.25"')
  .optional();
const tradedPrice = z
  .string()
  .regex(/^[1-9]\d{0,6}(\.\d{1,4})?$/, 'expected a price of 1 or more as text, such as "101.25"');
const symbol = z.string().regex(/^[A-Z0-9][A-Z0-9. ]{0,19}$/, 'expected a symbol such as AAPL');
const farm = z.enum(['quotes', 'history', 'definitions']).default('quotes');
const otherOrder = { symbol, action: z.enum(['BUY', 'SELL']), shares, limit: price };

/** Holds until it is released, or so long. */
const holding = { forSeconds: z.number().gt(0).max(SECONDS_MAX).optional() };
/** Hits one request, or every such request for so long or until it is released. */
const hitting = { ...holding, until: z.literal('release').optional() };

/** Every fault with its own parameters: docs/simulator.md tells what each does. */
const FAULTS = [
  // The line to TWS
  fault('drop', { reaches: z.boolean().default(false) }),
  fault('freeze', holding),
  fault('silent-handshake', holding),
  fault('slow', { milliseconds, ...holding }),
  fault('delay', { milliseconds, ...holding }),
  fault('duplicate', { copies: z.int().min(2).max(COPIES_MAX).default(2), ...holding }),
  fault('reorder', { milliseconds: milliseconds.optional(), ...holding }),
  fault('unreadable', hitting),
  fault('client-id-in-use', holding),
  fault('restart', {
    downSeconds: z.number().gt(0).max(SECONDS_MAX).default(60),
    rollBackIds: z.boolean().default(true),
  }),
  fault('port-change', { port: z.int().min(0).max(PORT_MAX).default(0), ...holding }),
  fault('too-fast', { disconnects: z.boolean().default(false), ...hitting }),

  // Orders
  fault('withhold', { reaches: z.boolean().default(true), ...hitting }),
  fault('reject', { code: code.default(201), text, ...hitting }),
  fault('missing-parent', hitting),
  fault('refuse-change', { code: code.default(201), text, ...hitting }),
  fault('cancel-refused', { code: code.default(10148), text, ...hitting }),
  fault('fill-before-cancel', { shares: shares.optional(), ...hitting }),
  fault('partial-fills', { symbol, shares, ...holding }),
  fault('duplicate-execution', {}),
  fault('correct-execution', { shares: shares.optional(), price }),
  fault('both-oca-legs-fill', {}),
  fault('foreign-order', {
    ...otherOrder,
    clientId: z.int().min(0).max(CLIENT_ID_MAX).default(FOREIGN_CLIENT_ID),
  }),
  fault('manual-order', otherOrder),
  fault('transfer', {
    symbol,
    shares: z
      .int()
      .min(-SHARES_MAX)
      .max(SHARES_MAX)
      .refine((it) => it !== 0, 'expected shares in (above 0) or out (below 0)'),
  }),

  fault('reading', {
    bracketChildren: z.enum(['pro-rata', 'full-fill']).optional(),
    ocaReduction: z.enum(['share-for-share', 'proportional']).optional(),
    trailChange: z.enum(['keeps-stop', 'restarts']).optional(),
    exitGroups: z.enum(['as-named', 'renamed']).optional(),
  }),

  // IBKR behind TWS, and its data
  fault('upstream-lost', {
    code: z.literal([1100, 2110]).default(1100),
    dataLost: z.boolean().default(false),
    ...holding,
  }),
  fault('upstream-restored', { dataLost: z.boolean().default(false) }),
  fault('farm-down', { farm, ...holding }),
  fault('farm-idle', { farm: z.enum(['quotes', 'history']).default('quotes') }),
  fault('farm-up', { farm }),
  fault('competing-session', holding),
  fault('delayed-data', holding),
  fault('no-market-data', holding),
  fault('history-pacing', hitting),

  // The market
  fault('halt', { symbol, ...holding }),
  fault('resume', { symbol }),
  fault('split', {
    symbol,
    from: z.int().min(1).max(RATIO_MAX).default(1),
    to: z.int().min(1).max(RATIO_MAX).default(2),
  }),
  fault('price', { symbol, last: tradedPrice }),
  fault('gap', { symbol, percent: z.number().min(PERCENT_MIN).max(PERCENT_MAX) }),
  fault('market-close', holding),
] as const;
const faultNames = FAULTS.map(({ shape }) => shape.fault.value);

/** One fault. */
export const faultSchema = z.discriminatedUnion('fault', FAULTS, {
  error: () => `expected one of ${faultNames.join(', ')}`,
});
/** What can go wrong, with its parameters and when it strikes; without `at` it strikes now. */
export type Fault = Readonly<z.output<typeof faultSchema>>;
/** A fault as it is written: what has a default can be left out. */
export type WrittenFault = Readonly<z.input<typeof faultSchema>>;
export type FaultName = Fault['fault'];
export type FaultOf<Name extends FaultName> = Extract<Fault, { readonly fault: Name }>;

function fault<const Name extends string, Shape extends z.core.$ZodLooseShape>(name: Name, shape: Shape) {
  return strict({ fault: z.literal(name), at: triggerSchema.optional(), ...shape }).refine(
    (it) => !('forSeconds' in it && 'until' in it),
    'expected forSeconds or until, not both',
  );
}

/** An object whose unknown keys are named, and what is known. */
function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown ${issue.keys.join(', ')}, expected ${Object.keys(shape).join(', ')}`
        : undefined,
  });
}
