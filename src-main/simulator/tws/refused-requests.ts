/** A request of TWS that the simulator refuses by its name. */
export interface RefusedRequest {
  /** The name it has in IBKR's client library. */
  readonly name: string;
  /** The field that carries the request's id; undefined when it has none. */
  readonly idPlace: number | undefined;
}

/** By message number: all that a client of these server versions can ask for and the simulator does not have. */
export const REFUSED_REQUESTS: ReadonlyMap<number, RefusedRequest> = new Map(
  (
    [
      [10, 'reqMktDepth', 2],
      [11, 'cancelMktDepth', 2],
      [12, 'reqNewsBulletins'],
      [13, 'cancelNewsBulletins'],
      [18, 'requestFA'],
      [19, 'replaceFA', 4],
      [21, 'exerciseOptions', 2],
      [22, 'reqScannerSubscription', 1],
      [23, 'cancelScannerSubscription', 2],
      [24, 'reqScannerParameters'],
      [50, 'reqRealTimeBars', 2],
      [51, 'cancelRealTimeBars', 2],
      [52, 'reqFundamentalData', 2],
      [53, 'cancelFundamentalData', 2],
      [54, 'calculateImpliedVolatility', 2],
      [55, 'calculateOptionPrice', 2],
      [56, 'cancelCalculateImpliedVolatility', 2],
      [57, 'cancelCalculateOptionPrice', 2],
      [65, 'verifyRequest'],
      [66, 'verifyMessage'],
      [67, 'queryDisplayGroups', 2],
      [68, 'subscribeToGroupEvents', 2],
      [69, 'updateDisplayGroup', 2],
      [70, 'unsubscribeFromGroupEvents', 2],
      [72, 'verifyAndAuthRequest'],
      [73, 'verifyAndAuthMessage'],
      [78, 'reqSecDefOptParams', 1],
      [83, 'reqSmartComponents', 1],
      [84, 'reqNewsArticle', 1],
      [86, 'reqHistoricalNews', 1],
      [88, 'reqHistogramData', 1],
      [89, 'cancelHistogramData', 1],
      [96, 'reqHistoricalTicks', 1],
      [97, 'reqTickByTickData', 1],
      [98, 'cancelTickByTickData', 1],
      [100, 'reqWshMetaData', 1],
      [101, 'cancelWshMetaData', 1],
      [102, 'reqWshEventData', 1],
      [103, 'cancelWshEventData', 1],
    ] as const
  ).map(([messageId, name, idPlace]) => [messageId, { name, idPlace }]),
);
