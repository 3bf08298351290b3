import { present } from '#domain/assert';
import { isStopType } from '#domain/order-spec';
import type { ShadowBracket, ShadowLedger, ShadowOco, ShadowOrder } from '#test/storm/shadow-ledger';

/** What protects one instrument, and what it has to protect. Shares; 0 where there is none. */
export interface ProtectionAccount {
  readonly position: number;
  /** What exits may close: of a bracket the larger of target and stop, and every stop beside them. */
  readonly exitLeaves: number;
  /** What stops that IBKR has confirmed would close. */
  readonly confirmedStops: number;
  /** What entries of brackets have filled, and neither their exits nor anything else has closed. */
  readonly open: number;
}

/** The account of `conId` by the journal alone, for the side that the position has; of a flat one for either side. */
export function protectionOf(ledger: ShadowLedger, conId: number): ProtectionAccount {
  const position = ledger.positions.get(conId) ?? 0;
  const exits = [...ledger.orders.values()].filter((it) => it.conId === conId && isProtective(it));
  const closing = exits.filter(({ sign }) => position === 0 || sign === -Math.sign(position));
  const brackets = bracketsOf(ledger, conId);
  const inBrackets = brackets
    .filter(({ parent }) => isClosingFor(present(ledger.orders.get(parent), 'an entry'), position))
    .reduce((sum, bracket) => sum + bracketLeavesOf(ledger, bracket), 0);
  const alone = closing
    .filter(({ role }) => role === 'protective-stop')
    .reduce((sum, it) => sum + ledger.leavesOf(it.id), 0);
  // Whatever stops the loss protects: of a bracket, by itself, of an OCO group, or a plain stop.
  const confirmedStops = [...ledger.orders.values()]
    .filter((it) => it.conId === conId && it.sign === -Math.sign(position) && isStopType(it.terms) && isConfirmed(it))
    .reduce((sum, it) => sum + Math.max(0, it.quantity - it.filled), 0);
  const open = brackets
    .filter(
      ({ isClosed, parent }) => !isClosed && isClosingFor(present(ledger.orders.get(parent), 'an entry'), position),
    )
    .reduce((sum, bracket) => sum + ledger.shareOf(bracket), 0);
  return { position, exitLeaves: inBrackets + alone, confirmedStops, open };
}

export function bracketsOf(ledger: ShadowLedger, conId: number): readonly ShadowBracket[] {
  return [...ledger.brackets.values()].filter(({ parent }) => ledger.orders.get(parent)?.conId === conId);
}

/** What the exits of a bracket have closed. */
export function closedBy(ledger: ShadowLedger, { takeProfit, stopLoss, covers }: ShadowBracket): number {
  return [takeProfit, stopLoss, ...covers].reduce((sum, id) => sum + ledger.filledOf(id), 0);
}

/** The largest of one OCA group, for the fill of one takes the others away, and every cover outside of it. */
function bracketLeavesOf(ledger: ShadowLedger, bracket: ShadowBracket): number {
  const { takeProfit, stopLoss, covers } = bracket;
  const joined = covers.filter((id) => !ledger.beside.has(id)).map((id) => ledger.leavesOf(id));
  const exits = [takeProfit, stopLoss].map((id) => activeLeavesOf(ledger, bracket, id));
  return covers
    .filter((id) => ledger.beside.has(id))
    .reduce((sum, id) => sum + ledger.leavesOf(id), Math.max(...exits, ...joined));
}

/** An exit that IBKR holds until its entry fills can close nothing. */
function activeLeavesOf(ledger: ShadowLedger, bracket: ShadowBracket, id: string | null): number {
  const exit = id === null ? undefined : ledger.orders.get(id);
  const entry = present(ledger.orders.get(bracket.parent), 'an entry');
  if (exit === undefined) return 0;
  const isHeld = exit.hold === 'parent' || exit.phase === 'submitting' || entry.filled === 0;
  if (ledger.isLive(entry) && isHeld) return 0;
  // One that has never worked goes with an entry that ended without a fill, whatever was heard of it.
  if (entry.filled === 0 && !hasWorked(exit)) return 0;
  // While the entry lives its exits have its size, and IBKR fills them up to what it has filled and they have not closed.
  const leaves = ledger.leavesOf(id);
  return ledger.isLive(entry) ? Math.min(leaves, ledger.openOf(bracket)) : leaves;
}

const hasWorked = ({ phase, hold }: ShadowOrder): boolean =>
  phase === 'working' || phase === 'partially-filled' || hold === 'trigger';

function isClosingFor(entry: ShadowOrder, position: number): boolean {
  return position === 0 || entry.sign === Math.sign(position);
}

export function isProtective({ role }: ShadowOrder): boolean {
  return role === 'take-profit' || role === 'stop-loss' || role === 'cover' || role === 'protective-stop';
}

function isConfirmed({ phase, hold, isOurs }: ShadowOrder): boolean {
  if (!isOurs) return false;
  if (phase === 'working' || phase === 'partially-filled') return true;
  return phase === 'pending' && hold !== 'parent' && hold !== 'other';
}

/** By how many of its own units a leg of an OCO group is larger than the fills of the group leave it; 0 when it is not. */
export function surplusOf(ledger: ShadowLedger, oco: ShadowOco, leg: ShadowOco['legs'][number]): number {
  const leaves = ledger.leavesOf(leg.order);
  if (leaves === 0) return 0;
  const others = oco.legs.filter((it) => it.order !== leg.order);
  const filledByOthers = others.reduce((sum, it) => sum + ledger.filledOf(it.order), 0);
  if (filledByOthers === 0) return 0;
  const own = ledger.filledOf(leg.order);
  if (oco.onPartialFill === 'cancel') {
    // Any fill cancels the others; of several that filled before anybody could cancel, one goes on with what is left.
    const isRivalled = others.some(({ order }) => ledger.filledOf(order) > 0 && ledger.leavesOf(order) > 0);
    if (own === 0 || isRivalled) return leaves;
  }
  const shareOfOthers = others.reduce((sum, it) => sum + ledger.filledOf(it.order) / it.quantity, 0);
  const countsShares = oco.onPartialFill === 'reduce' && oco.sharing === 'share-for-share';
  const gone = countsShares ? filledByOthers : Math.floor(leg.quantity * shareOfOthers + 1e-9);
  // What is less than a unit may stand on either side.
  const rounding = countsShares ? 0 : 1;
  return Math.max(0, leaves - Math.max(0, leg.quantity - own - gone) - rounding);
}

/** How much of an OCO group has filled: 1 is all that it was for, one whole leg, or as many shares as the largest has. */
export function shareFilledOf(ledger: ShadowLedger, { legs, sharing, onPartialFill }: ShadowOco): number {
  if (sharing === 'proportional' || onPartialFill === 'cancel') {
    return legs.reduce((sum, { order, quantity }) => sum + ledger.filledOf(order) / quantity, 0);
  }
  const shares = legs.reduce((sum, { order }) => sum + ledger.filledOf(order), 0);
  return shares / Math.max(...legs.map(({ quantity }) => quantity));
}
