/** One condition that an order waits for. Prices and times are the text of the wire. */
export type OrderCondition = {
  /** How this condition is tied to the next one. */
  readonly conjunction: 'and' | 'or';
} & (
  | {
      readonly kind: 'price';
      readonly isMore: boolean;
      readonly price: string;
      readonly conId: number;
      readonly exchange: string;
      readonly triggerMethod: number;
    }
  | {
      readonly kind: 'time';
      readonly isMore: boolean;
      /** "20260105 15:30:00 US/Eastern" or UTC "20260105-20:30:00". */
      readonly time: string;
    }
  | {
      readonly kind: 'margin';
      readonly isMore: boolean;
      /** The cushion: excess liquidity in percent of the equity. */
      readonly percent: number;
    }
  | { readonly kind: 'execution'; readonly secType: string; readonly exchange: string; readonly symbol: string }
  | {
      readonly kind: 'volume';
      readonly isMore: boolean;
      readonly volume: number;
      readonly conId: number;
      readonly exchange: string;
    }
  | {
      readonly kind: 'percent-change';
      readonly isMore: boolean;
      /** Change against the close of the day before, in percent. */
      readonly percent: string;
      readonly conId: number;
      readonly exchange: string;
    }
);
