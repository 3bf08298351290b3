import * as z from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ClientOrderId, ConId, EpochMs } from '#domain/ids';
import type { RiskyCommand } from '#domain/command';
import type { LossScope } from '#domain/loss-latch';
import type { RiskDecision } from '#domain/risk-decision';

/** Where the window's own choices are kept between sessions. */
export const STORAGE_KEY = 'ibkr-trader.window.1';
/** Problems and facts shown at once; older facts leave first. */
export const NOTICES_MAX = 4;
/** Dismissed refusals that are remembered. */
const DISMISSED_MAX = 500;

export type Theme = 'dark' | 'light';
export const DENSITIES = ['compact', 'regular', 'comfortable'] as const;
export type Density = (typeof DENSITIES)[number];
export const PANELS = [
  'active-orders',
  'order-ticket',
  'positions',
  'activity',
  'connection',
  'limits',
  'correlation',
] as const;
export type PanelId = (typeof PANELS)[number];
export const ORDER_TABS = ['live', 'filled', 'cancelled', 'all'] as const;
export type OrderTab = (typeof ORDER_TABS)[number];
export type ActivityFilter = 'all' | 'orders' | 'risk' | 'session' | 'manual';
export type TicketKind = 'single' | 'bracket' | 'trailing' | 'oco';

/** One dialog at a time. */
export type OpenDialog =
  | { readonly kind: 'modify'; readonly orderId: ClientOrderId }
  | { readonly kind: 'cancel'; readonly orderId: ClientOrderId }
  | { readonly kind: 'cancel-all' }
  | { readonly kind: 'protect' | 'close'; readonly conId: ConId }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'rearm'; readonly orderId: ClientOrderId }
  | { readonly kind: 'acknowledge' }
  /** The limits of one symbol; null: of a symbol still to be named. */
  | { readonly kind: 'edit-limits'; readonly symbol: string | null }
  | { readonly kind: 'reset-latch'; readonly scope: LossScope }
  | { readonly kind: 'trading-state' }
  | { readonly kind: 'override'; readonly command: RiskyCommand; readonly decision: RiskDecision }
  | { readonly kind: 'denied'; readonly decision: RiskDecision; readonly command: RiskyCommand | null }
  | { readonly kind: 'history'; readonly orderId: ClientOrderId }
  | { readonly kind: 'keys' };

/** `C` or `M` and the digits typed since. */
export interface PendingNumber {
  readonly verb: 'cancel' | 'modify';
  readonly digits: string;
}

/** A short fact or a problem beside the work. Facts leave by themselves, problems stay until they are dropped. */
export interface Notice {
  readonly id: number;
  readonly tone: 'buy' | 'sell' | 'good' | 'problem';
  readonly title: string;
  readonly text: string;
  readonly at: EpochMs;
}

/** What the ticket is asked to take over: a new value each time, so that the same wish can be made twice. */
export interface TicketWish {
  readonly kind: TicketKind;
  readonly symbol: string | null;
  readonly decision: RiskDecision | null;
}

export interface UiStore {
  readonly theme: Theme;
  readonly density: Density;
  /** The docking layout as dockview writes it; null: the default. */
  readonly layout: unknown;
  readonly dismissed: readonly ClientOrderId[];
  readonly activePanel: PanelId;
  readonly orderTab: OrderTab;
  readonly activityFilter: ActivityFilter;
  readonly selectedOrder: ClientOrderId | null;
  readonly selectedPosition: ConId | null;
  /** The row of Limits that keys act on. */
  readonly selectedLimit: string | null;
  readonly ticketKind: TicketKind;
  readonly ticketWish: TicketWish | null;
  /** Rises with each wish to submit the ticket from the keyboard. */
  readonly submitCount: number;
  readonly dialog: OpenDialog | null;
  readonly pending: PendingNumber | null;
  readonly notices: readonly Notice[];
  readonly noticeCount: number;
}

const keptSchema = z.object({
  theme: z.enum(['dark', 'light']).nullable().catch(null),
  density: z.enum(DENSITIES).nullable().catch(null),
  layout: z.unknown(),
});
const NOTHING_KEPT: z.infer<typeof keptSchema> = { theme: null, density: null, layout: null };

/** The part of the browser's Storage that is used. */
export type KeptChoices = Pick<Storage, 'getItem' | 'setItem'>;

/** The choices kept last time; what can not be read is left at its default. */
function readKept(storage: KeptChoices): z.infer<typeof keptSchema> {
  const text = storage.getItem(STORAGE_KEY);
  if (text === null) return NOTHING_KEPT;
  try {
    return keptSchema.safeParse(JSON.parse(text)).data ?? NOTHING_KEPT;
  } catch {
    return NOTHING_KEPT; // Not JSON: a stranger wrote there, and the defaults do.
  }
}

/** @param windowHeight in CSS pixels: below 1,200 the first start is compact. */
export function createUiStore(storage: KeptChoices, windowHeight: number): StoreApi<UiStore> {
  const kept = readKept(storage);
  const store = createStore<UiStore>(() => ({
    theme: kept.theme ?? 'dark',
    density: kept.density ?? (windowHeight < 1_200 ? 'compact' : 'regular'),
    layout: kept.layout ?? null,
    dismissed: [],
    activePanel: 'active-orders',
    orderTab: 'live',
    activityFilter: 'all',
    selectedOrder: null,
    selectedPosition: null,
    selectedLimit: null,
    ticketKind: 'bracket',
    ticketWish: null,
    submitCount: 0,
    dialog: null,
    pending: null,
    notices: [],
    noticeCount: 0,
  }));
  store.subscribe(({ theme, density, layout }, before) => {
    if (theme === before.theme && density === before.density && layout === before.layout) return;
    storage.setItem(STORAGE_KEY, JSON.stringify({ theme, density, layout }));
  });
  return store;
}

/** The next of the three densities. */
export function nextDensity(density: Density): Density {
  return DENSITIES[(DENSITIES.indexOf(density) + 1) % DENSITIES.length] ?? 'compact';
}

/** The store with one more notice; beyond the limit the oldest fact leaves, then the oldest problem. */
export function withNotice(store: UiStore, notice: Omit<Notice, 'id'>): Partial<UiStore> {
  const id = store.noticeCount + 1;
  const all = [...store.notices, { ...notice, id }];
  while (all.length > NOTICES_MAX) {
    const fact = all.findIndex(({ tone }) => tone !== 'problem');
    all.splice(Math.max(0, fact), 1);
  }
  return { notices: all, noticeCount: id };
}

/** The store without a refused order that the trader has read. */
export function withDismissed(store: UiStore, id: ClientOrderId): Partial<UiStore> {
  return { dismissed: [...store.dismissed, id].slice(-DISMISSED_MAX) };
}
