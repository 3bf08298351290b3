import { fillWhole } from '#simulator/tws/fault-carrier';
import type { Exchange } from '#simulator/exchange';
import { FAULT_MESSAGES } from '#simulator/fault-schema';
import type { FaultBoard, FaultyRequest, RequestFate } from '#simulator/faults';
import { isFinal } from '#simulator/simulated-order';
import type { ClientConnection } from '#simulator/tws/client-connection';
import { errorMessage } from '#simulator/tws/encode';
import type { Request, Requests } from '#simulator/tws/requests';

interface HeldBack {
  readonly request: Request;
  readonly answer: () => void;
}

/** Requests that need IBKR itself, besides those that need one of its farms. */
const NEEDS_UPSTREAM: ReadonlySet<Request['kind']> = new Set(['place-order', 'cancel-order', 'global-cancel']);
const NEEDS_QUOTES: ReadonlySet<Request['kind']> = new Set(['market-data']);
const NEEDS_DEFINITIONS: ReadonlySet<Request['kind']> = new Set(['contract-details', 'matching-symbols']);
const NEEDS_HISTORY: ReadonlySet<string> = new Set(['historical-data', 'head-timestamp']);
const HISTORY_BROKEN = 'Historical Market Data Service error message:HMDS connection is broken';
const NO_ID = -1;
/** The largest order id: no parent has it. */
const NO_PARENT = 0x7f_ff_ff_ff;

/** Where requests come in: answers each, unless a fault has another fate for it. */
export class RequestGate {
  readonly #exchange: Exchange;
  readonly #faults: FaultBoard;
  readonly #requests: Requests;
  /** Requests that wait for IBKR or one of its farms. */
  #heldBack: HeldBack[] = [];

  constructor(exchange: Exchange, faults: FaultBoard, requests: Requests) {
    this.#exchange = exchange;
    this.#faults = faults;
    this.#requests = requests;
  }

  meet(connection: ClientConnection, clientId: number, request: Request): void {
    const fate = this.#faults.meet(this.#faultyRequestOf(clientId, request));
    if (!connection.alive) return;
    const answer = (): void => this.#answer(connection, clientId, request, fate);
    if (this.#mustWait(request)) this.#heldBack.push({ request, answer });
    else answer();
  }

  /** Answers what need not wait any more. */
  recover(): void {
    const heldBack = this.#heldBack;
    this.#heldBack = heldBack.filter(({ request }) => this.#mustWait(request));
    for (const it of heldBack) if (!this.#heldBack.includes(it)) it.answer();
  }

  #answer(connection: ClientConnection, clientId: number, request: Request, fate: RequestFate): void {
    const { refusal } = fate;
    const order = this.#exchange.order({ clientId, orderId: idOf(request) });
    if (fate.fillsFirst !== undefined && order !== undefined) fillWhole(this.#exchange, order, false, fate.fillsFirst);
    if (refusal !== undefined) {
      const id = refusal.about === 'session' ? NO_ID : idOf(request);
      connection.send(errorMessage(id, refusal.code, refusal.text));
    } else if (NEEDS_HISTORY.has(request.kind) && this.#faults.isFarmDown('history')) {
      connection.send(errorMessage(idOf(request), 162, HISTORY_BROKEN));
    } else if (fate.reaches) {
      const isOrphan = fate.orphaned && request.kind === 'place-order';
      // A child as it looks to TWS while its parent is still on the way.
      const seen = isOrphan ? { ...request, order: { ...request.order, parentId: NO_PARENT } } : request;
      this.#requests.answer(connection, clientId, seen);
    }
    if (fate.drop) connection.drop();
  }

  #faultyRequestOf(clientId: number, request: Request): FaultyRequest {
    const message = FAULT_MESSAGES.find((name) => name === request.kind);
    if (request.kind !== 'place-order') return { message, key: undefined, isChild: false };
    const key = { clientId, orderId: request.orderId };
    const known = this.#exchange.order(key);
    const isNew = known === undefined || isFinal(known);
    return { message: isNew ? 'place-order' : 'modify-order', key, isChild: request.order.parentId !== 0 };
  }

  /** True while what a request needs is out of reach. */
  #mustWait({ kind }: Request): boolean {
    const isLost = this.#faults.isUpstreamLost;
    return (
      (NEEDS_UPSTREAM.has(kind) && isLost) ||
      (NEEDS_QUOTES.has(kind) && this.#faults.areQuotesLost) ||
      (NEEDS_DEFINITIONS.has(kind) && (isLost || this.#faults.isFarmDown('definitions')))
    );
  }
}

/** The id that an answer to `request` names. */
function idOf(request: Request): number {
  if ('orderId' in request) return request.orderId;
  return 'reqId' in request ? request.reqId : NO_ID;
}
