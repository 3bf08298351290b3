/** IBKR's limits of requests for bars of 30 seconds and less; longer bars have none that can be violated. */
const PACED_BAR_MS_MAX = 30_000;
const REQUESTS_PER_TEN_MINUTES_MAX = 60;
const LONG_WINDOW_MS = 600_000;
/** The sixth request for one contract and kind of data within two seconds is one too many. */
const BURST_MAX = 5;
const BURST_WINDOW_MS = 2_000;
const IDENTICAL_WINDOW_MS = 15_000;

/** A request as the historical data service counts it. */
export interface PacedRequest {
  readonly barMs: number;
  readonly conId: number;
  readonly whatToShow: string;
  /** Everything that makes two requests identical. */
  readonly text: string;
}

interface Counted extends PacedRequest {
  readonly at: number;
}

/** Counts the requests of all clients, as IBKR does. */
export class HistoricalPacing {
  #counted: Counted[] = [];

  /** True when the request keeps to the limits, and counts it then; what is refused does not count. */
  admits(request: PacedRequest, at: number): boolean {
    if (request.barMs > PACED_BAR_MS_MAX) return true;
    this.#counted = this.#counted.filter((it) => at - it.at < LONG_WINDOW_MS);
    const within = (ms: number): readonly Counted[] => this.#counted.filter((it) => at - it.at < ms);
    const total = this.#counted.reduce((sum, it) => sum + weightOf(it), weightOf(request));
    const burst = within(BURST_WINDOW_MS)
      .filter(({ conId, whatToShow }) => conId === request.conId && whatToShow === request.whatToShow)
      .reduce((sum, it) => sum + weightOf(it), weightOf(request));
    const repeated = within(IDENTICAL_WINDOW_MS).some(({ text }) => text === request.text);
    if (total > REQUESTS_PER_TEN_MINUTES_MAX || burst > BURST_MAX || repeated) return false;
    this.#counted.push({ ...request, at });
    return true;
  }
}

/** Bid and ask are two answers in one. */
function weightOf({ whatToShow }: PacedRequest): number {
  return whatToShow === 'BID_ASK' ? 2 : 1;
}
