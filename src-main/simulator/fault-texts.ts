/** TWS's words for the codes a fault answers with. Source: IBKR API, message codes. */
const TEXTS: ReadonlyMap<number, string> = new Map([
  [100, 'Max rate of messages per second has been exceeded:max=50 rec=51 (1)'],
  [103, 'Duplicate order id'],
  [104, 'Cannot modify a filled order.'],
  [105, 'Order being modified does not match original order.'],
  [110, 'The price does not conform to the minimum price variation for this contract.'],
  [135, "Can't find order with ID ="],
  [161, 'Cancel attempted when order is not in a cancellable state.'],
  [162, 'Historical Market Data Service error message:Historical data request pacing violation'],
  [201, 'Order rejected - reason:YOUR ORDER IS NOT ACCEPTED.'],
  [321, "Error validating request.-'bN' : cause - The API interface is currently in Read-Only mode."],
  [10147, 'OrderId that needs to be cancelled is not found.'],
  [10148, 'OrderId that needs to be cancelled can not be cancelled, state: Filled.'],
]);

/** What TWS says with `code`. */
export function faultText(code: number): string {
  return TEXTS.get(code) ?? `Error ${String(code)}`;
}
