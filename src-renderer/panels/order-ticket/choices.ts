/** The types a person enters. */
export const ENTRY_TYPES = [
  { value: 'LMT', text: 'Limit' },
  { value: 'MKT', text: 'Market' },
  { value: 'STP', text: 'Stop' },
  { value: 'STP LMT', text: 'Stop limit' },
] as const;

/** What a trail is measured in. */
export const TRAIL_UNITS = [
  { value: 'percent', text: '%' },
  { value: 'amount', text: 'amount' },
] as const;
