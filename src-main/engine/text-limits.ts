/** The schema of events bounds every text: a longer one would make a journal that can not be read again. */
const REASON_LENGTH_MAX = 500;
const MESSAGE_LENGTH_MAX = 2_000;
const ENDPOINT_LENGTH_MAX = 200;

/** A reason as a state or an alarm holds it. */
export const reasonText = (text: string): string => text.slice(0, REASON_LENGTH_MAX);
/** A message of IBKR as an event holds it. */
export const messageText = (text: string): string => text.slice(0, MESSAGE_LENGTH_MAX);
/** Host and port as the connection holds them. */
export const endpointText = (text: string): string => text.slice(0, ENDPOINT_LENGTH_MAX);
