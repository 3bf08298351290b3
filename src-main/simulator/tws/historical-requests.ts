import type { FieldCursor } from '#simulator/tws/wire';
import { readContract, type WireContract } from '#simulator/tws/wire-contract';

/** What a client can ask of the historical data service. */
export type HistoricalRequest =
  | HistoricalBarsRequest
  | HeadTimestampRequest
  | { readonly kind: 'cancel-historical-data' | 'cancel-head-timestamp'; readonly reqId: number };

/** REQ_HISTORICAL_DATA (20), in the words of the client. */
export interface HistoricalBarsRequest {
  readonly kind: 'historical-data';
  readonly reqId: number;
  readonly contract: WireContract;
  readonly endDateTime: string;
  readonly barSize: string;
  readonly duration: string;
  readonly regularHoursOnly: boolean;
  readonly whatToShow: string;
  /** 1: moments as text; 2: as seconds since 1970. */
  readonly formatDate: number;
  readonly keepUpToDate: boolean;
}

/** REQ_HEAD_TIMESTAMP (87): since when there is data. */
export interface HeadTimestampRequest {
  readonly kind: 'head-timestamp';
  readonly reqId: number;
  readonly contract: WireContract;
  readonly regularHoursOnly: boolean;
  readonly whatToShow: string;
  readonly formatDate: number;
}

/** The fields of one leg of a combination. */
const LEG_FIELDS = 4;

/** REQ_HISTORICAL_DATA after its number. @throws WireError when a field is missing or no number. */
export function decodeHistoricalData(read: FieldCursor): HistoricalBarsRequest {
  const reqId = read.integer();
  const contract = readContract(read);
  read.skip(1); // includeExpired: nothing of the simulator expires
  const endDateTime = read.text();
  const barSize = read.text();
  const duration = read.text();
  const regularHoursOnly = read.flag();
  const whatToShow = read.text();
  const formatDate = read.integer();
  if (contract.secType === 'BAG') read.skip(LEG_FIELDS * read.integer());
  const keepUpToDate = read.flag();
  read.skip(1); // chartOptions
  return {
    kind: 'historical-data',
    ...{ reqId, contract, endDateTime, barSize, duration },
    ...{ regularHoursOnly, whatToShow, formatDate, keepUpToDate },
  };
}

/** REQ_HEAD_TIMESTAMP after its number. @throws WireError when a field is missing or no number. */
export function decodeHeadTimestamp(read: FieldCursor): HeadTimestampRequest {
  const reqId = read.integer();
  const contract = readContract(read);
  read.skip(1); // includeExpired
  const regularHoursOnly = read.flag();
  const whatToShow = read.text();
  return { kind: 'head-timestamp', reqId, contract, regularHoursOnly, whatToShow, formatDate: read.integer() };
}
