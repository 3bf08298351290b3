import type { OnOverfill, OnPartialFill, OcoSharing } from '#domain/oco';
import { isEntered } from '#domain/bracket';
import { limitOf, stopOf, type OrderTerms, type Side, type Trail, type TriggerSource } from '#domain/order-spec';
import type { RiskDecision, RiskLeg } from '#domain/risk-decision';
import type { TicketKind } from '#renderer/stores/ui-store';

export type EntryType = 'LMT' | 'MKT' | 'STP' | 'STP LMT';
export type StopType = 'STP' | 'STP LMT' | 'TRAIL';
export type EntryTimeInForce = 'DAY' | 'GTC' | 'IOC';
export type ExitTimeInForce = 'DAY' | 'GTC';
/** Who is to move a trailing stop; `auto`: IBKR where it can. */
export type ModeChoice = 'auto' | 'native' | 'managed';

/** One part of a bracket that scales out, as typed. */
export interface LevelDraft {
  readonly quantity: string;
  readonly limit: string;
}

/** One order of an OCO group, as typed. */
export interface LegDraft {
  /** Empty: the ticket's symbol. */
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly type: EntryType;
  /** The limit, or the price that lets a stop go. */
  readonly price: string;
  /** The limit of a stop limit. */
  readonly limit: string;
}

/** What stands in the ticket's fields, as typed. Fields that a kind does not show keep what they had. */
export interface TicketDraft {
  readonly kind: TicketKind;
  readonly side: Side;
  readonly quantity: string;
  readonly entryType: EntryType;
  /** The limit, or the price that lets a stop go. */
  readonly entry: string;
  /** The limit of a stop limit. */
  readonly entryLimit: string;
  readonly hasTarget: boolean;
  readonly target: string;
  /** Empty: one target. */
  readonly levels: readonly LevelDraft[];
  readonly stopType: StopType;
  readonly stop: string;
  readonly stopLimit: string;
  readonly trailBy: Trail['by'];
  readonly trail: string;
  readonly activation: string;
  readonly initialStop: string;
  readonly triggerOn: TriggerSource;
  readonly mode: ModeChoice;
  readonly legs: readonly LegDraft[];
  readonly onPartialFill: OnPartialFill;
  readonly sharing: OcoSharing;
  readonly onOverfill: OnOverfill;
  readonly timeInForce: EntryTimeInForce;
  readonly exitTimeInForce: ExitTimeInForce;
  readonly outsideRth: boolean;
  /** A single order may cross zero. */
  readonly allowFlip: boolean;
}

export const EMPTY_LEG: LegDraft = { symbol: '', side: 'SELL', quantity: '', type: 'LMT', price: '', limit: '' };

export const EMPTY_DRAFT: TicketDraft = {
  kind: 'bracket',
  side: 'BUY',
  quantity: '',
  entryType: 'LMT',
  entry: '',
  entryLimit: '',
  hasTarget: true,
  target: '',
  levels: [],
  stopType: 'STP',
  stop: '',
  stopLimit: '',
  trailBy: 'percent',
  trail: '',
  activation: '',
  initialStop: '',
  triggerOn: 'last',
  mode: 'auto',
  legs: [EMPTY_LEG, { ...EMPTY_LEG, type: 'STP' }],
  onPartialFill: 'reduce',
  sharing: 'proportional',
  onOverfill: 'alert',
  timeInForce: 'DAY',
  exitTimeInForce: 'GTC',
  outsideRth: false,
  allowFlip: false,
};

/** The draft without its prices: they belong to the instrument they were typed for. */
export function withoutPrices(draft: TicketDraft): TicketDraft {
  const none = { entry: '', entryLimit: '', target: '', stop: '', stopLimit: '', activation: '', initialStop: '' };
  const trail = draft.trailBy === 'amount' ? '' : draft.trail;
  const levels = draft.levels.map((level) => ({ ...level, limit: '' }));
  const legs = draft.legs.map((leg) => (leg.symbol === '' ? { ...leg, price: '', limit: '' } : leg));
  return { ...draft, ...none, trail, levels, legs };
}

/** The ticket that asks again for what `decision` decided. */
export function draftOf({ context: { subject, allowFlip } }: RiskDecision): TicketDraft {
  if (subject.action !== 'place') return EMPTY_DRAFT;
  const [entry, ...exits] = subject.legs;
  if (entry === undefined) return EMPTY_DRAFT;
  const timeInForce = entry.timeInForce === 'GTD' ? 'DAY' : entry.timeInForce;
  const common = { ...EMPTY_DRAFT, side: entry.side, quantity: entry.quantity, timeInForce, allowFlip };
  if (entry.role === 'protective-stop') return { ...common, kind: 'trailing', ...trailFields(entry.terms) };
  const priced = { ...common, ...entryFields(entry.terms) };
  if (exits.length === 0) return { ...priced, kind: 'single' };
  const targets = exits.filter(({ role }) => role === 'take-profit');
  const [target] = targets;
  const stop = exits.find(({ role }) => role === 'stop-loss');
  return {
    ...priced,
    kind: 'bracket',
    hasTarget: target !== undefined,
    target: targets.length > 1 ? '' : limitText(target),
    levels: targets.length > 1 ? targets.map((leg) => ({ quantity: leg.quantity, limit: limitText(leg) })) : [],
    ...(stop === undefined ? {} : stopFields(stop.terms)),
    exitTimeInForce: stop?.timeInForce === 'DAY' ? 'DAY' : 'GTC',
  };
}

const limitText = (leg: RiskLeg | undefined): string => (leg === undefined ? '' : (limitOf(leg.terms) ?? ''));

function entryFields(terms: OrderTerms): Pick<TicketDraft, 'entryType' | 'entry' | 'entryLimit'> {
  const entryType = isEntered(terms) ? terms.type : 'LMT';
  const isStop = entryType === 'STP' || entryType === 'STP LMT';
  return {
    entryType,
    entry: (isStop ? stopOf(terms) : limitOf(terms)) ?? '',
    entryLimit: isStop ? (limitOf(terms) ?? '') : '',
  };
}

function stopFields(terms: OrderTerms): Partial<TicketDraft> {
  const stop = stopOf(terms) ?? '';
  if (terms.type === 'TRAIL') return { stopType: 'TRAIL', stop, ...trailFields(terms) };
  return { stopType: terms.type === 'STP LMT' ? 'STP LMT' : 'STP', stop, stopLimit: limitOf(terms) ?? '' };
}

function trailFields(terms: OrderTerms): Partial<TicketDraft> {
  const initialStop = stopOf(terms) ?? '';
  if (terms.type === 'STP TO TRAIL') {
    return { trailBy: 'amount', trail: terms.trailAmount, activation: terms.activation, initialStop };
  }
  if (!('trail' in terms)) return { initialStop };
  const { trail } = terms;
  return { trailBy: trail.by, trail: trail.by === 'amount' ? trail.amount : trail.percent, initialStop };
}
