/** The server versions the simulator speaks: 178 is the newest of ib_async, 193 of @stoqey/ib. */
export const SERVER_VERSION_MIN = 178;
export const SERVER_VERSION_MAX = 193;

/** The first server version that has a field or a change, by IBKR's own names. */
export const SINCE = {
  LAST_TRADE_DATE: 182,
  CUSTOMER_ACCOUNT: 183,
  PROFESSIONAL_CUSTOMER: 184,
  BOND_ACCRUED_INTEREST: 185,
  INELIGIBILITY_REASONS: 186,
  RFQ_FIELDS: 187,
  INCLUDE_OVERNIGHT: 189,
  UNDO_RFQ_FIELDS: 190,
  CME_TAGGING_FIELDS: 192,
  CME_TAGGING_FIELDS_IN_OPEN_ORDER: 193,
} as const;

/** The version both sides speak; undefined when there is none. `greeting` is e.g. `v100..193` or `v178`. */
export function negotiate(greeting: string, serverMax: number): number | undefined {
  const range = /^v(\d{1,4})(?:\.\.(\d{1,4}))?(?: .*)?$/.exec(greeting);
  if (range === null) return undefined;
  const lowest = Number(range[1]);
  const agreed = Math.min(Number(range[2] ?? range[1]), serverMax);
  return agreed >= Math.max(lowest, SERVER_VERSION_MIN) ? agreed : undefined;
}
