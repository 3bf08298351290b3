import { useEffect } from 'react';
import type { WorkstationBridge } from '#api/window-bridge';
import { orderNumber, type ConId } from '#domain/ids';
import { isLive, type OrderRecord } from '#domain/order-record';
import type { SymbolLimitUse } from '#domain/pnl';
import { focusPanel } from '#renderer/components/panel.tsx';
import { useSession } from '#renderer/components/session-context.tsx';
import { interpretKey, type KeyIntent, type KeyPress } from '#renderer/hotkeys/interpret-key';
import { MENU_INTENTS } from '#renderer/hotkeys/menu-intents';
import { whyMarketClosed } from '#renderer/stores/closed-market';
import { sendAlone } from '#renderer/stores/commands';
import { orderRowsOf, rowQuotesOf } from '#renderer/stores/order-rows';
import { isModifiable, isStopToKeep, openPositions } from '#renderer/stores/selectors';
import type { Session } from '#renderer/stores/session';
import { nextDensity, PANELS, type PanelId } from '#renderer/stores/ui-store';

/** Fields that take text or offer choices: letters are theirs. */
const TYPING = 'input:not([type="checkbox"]), textarea, select, [contenteditable="true"]';

/** The native menu, where there is one. */
export type Menu = Pick<WorkstationBridge, 'onMenu'>;

/** One listener for the whole window; `showPanel` brings a panel's tab to the front. */
export function useHotkeys(showPanel: (id: PanelId) => void, menu: Menu | undefined): void {
  const session = useSession();
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const intent = interpretKey(pressOf(event), contextOf(session, event.target));
      if (intent === null) {
        // Whatever else is pressed ends a half-typed number.
        if (session.ui.getState().pending !== null && event.key.length === 1) session.ui.setState({ pending: null });
        return;
      }
      event.preventDefault();
      carryOut(session, intent, showPanel);
    };
    window.addEventListener('keydown', listen);
    const stopMenu = menu?.onMenu((command) => carryOut(session, MENU_INTENTS[command], showPanel));
    return () => {
      window.removeEventListener('keydown', listen);
      stopMenu?.();
    };
  }, [session, showPanel, menu]);
}

function pressOf({ key, ctrlKey, metaKey, altKey, shiftKey, repeat }: KeyboardEvent): KeyPress {
  return { key, ctrl: ctrlKey || metaKey, alt: altKey, shift: shiftKey, repeat };
}

function contextOf({ ui }: Session, target: EventTarget | null): Parameters<typeof interpretKey>[1] {
  const { activePanel, dialog, pending, selectedOrder } = ui.getState();
  const typing = target instanceof Element && target.closest(TYPING) !== null;
  return { panel: activePanel, typing, dialog: dialog?.kind ?? null, pending, hasSelection: selectedOrder !== null };
}

function carryOut(session: Session, intent: KeyIntent, showPanel: (id: PanelId) => void): void {
  const { ui } = session;
  const { selectedOrder } = ui.getState();
  switch (intent.kind) {
    case 'swallow':
      return;
    case 'cancel-selected':
    case 'modify-selected': {
      const order =
        selectedOrder === null ? undefined : session.workstation.getState().state?.orders.get(selectedOrder);
      const verb = intent.kind === 'cancel-selected' ? 'cancel' : 'modify';
      // A row that is over can not be acted on; a number can still be typed.
      if (order === undefined || !isActionable(order, verb)) {
        ui.setState({ pending: { verb, digits: '' } });
        return;
      }
      ui.setState({ pending: null, dialog: { kind: verb, orderId: order.id } });
      return;
    }
    case 'cancel-all':
      ui.setState({ pending: null, dialog: { kind: 'cancel-all' } });
      return;
    case 'history':
      if (selectedOrder !== null) ui.setState({ pending: null, dialog: { kind: 'history', orderId: selectedOrder } });
      return;
    case 'show-keys':
      ui.setState({ pending: null, dialog: { kind: 'keys' } });
      return;
    case 'move':
      if (ui.getState().activePanel === 'positions') movePosition(session, intent.by);
      else if (ui.getState().activePanel === 'limits') moveLimit(session, intent.by);
      else move(session, intent.by);
      return;
    case 'protect':
    case 'close-position': {
      const conId = chosenPosition(session);
      if (conId === null) return;
      ui.setState({ pending: null, dialog: { kind: intent.kind === 'protect' ? 'protect' : 'close', conId } });
      return;
    }
    case 'flatten':
      ui.setState({ pending: null, dialog: { kind: 'flatten' } });
      return;
    case 'kill-switch':
      ui.setState({ pending: null, dialog: { kind: 'trading-state' } });
      return;
    case 'new-limits':
      ui.setState({ pending: null, dialog: { kind: 'edit-limits', symbol: null } });
      return;
    case 'edit-limits':
    case 'reset-latch': {
      const row = chosenLimits(session);
      if (intent.kind === 'edit-limits') {
        if (row !== null) ui.setState({ pending: null, dialog: { kind: 'edit-limits', symbol: row.symbol } });
        return;
      }
      const latch = row?.latch ?? session.quotes.getState().risk?.account.latch ?? null;
      if (latch !== null) ui.setState({ pending: null, dialog: { kind: 'reset-latch', scope: latch.scope } });
      return;
    }
    case 'ticket':
      showPanel('order-ticket');
      ui.setState({
        pending: null,
        ticketKind: intent.ticket,
        ticketWish: { kind: intent.ticket, symbol: null, decision: null },
      });
      return;
    case 'next-panel': {
      const at = PANELS.indexOf(ui.getState().activePanel);
      const next = PANELS[(at + intent.by + PANELS.length) % PANELS.length] ?? 'active-orders';
      ui.setState({ pending: null });
      showPanel(next);
      return;
    }
    case 'show-panel':
      ui.setState({ pending: null });
      showPanel(intent.panel);
      return;
    case 'switch-theme':
      ui.setState(({ theme }) => ({ theme: theme === 'dark' ? 'light' : 'dark' }));
      return;
    case 'next-density':
      ui.setState(({ density }) => ({ density: nextDensity(density) }));
      return;
    case 'submit-ticket':
      ui.setState(({ submitCount }) => ({ submitCount: submitCount + 1 }));
      return;
    case 'pending':
      if (ui.getState().dialog !== null) focusPanel('active-orders');
      ui.setState({ dialog: null, pending: intent.pending });
      return;
    case 'act-on-number':
      actOnNumber(session, intent.verb, intent.number);
      return;
  }
}

const isActionable = (order: OrderRecord, verb: 'cancel' | 'modify'): boolean =>
  verb === 'modify' ? isModifiable(order) : isLive(order) && order.state.phase !== 'cancelling';

function move({ ui, workstation, quotes, now }: Session, by: 1 | -1): void {
  const { state } = workstation.getState();
  if (state === null) return;
  const { orderTab, dismissed, selectedOrder } = ui.getState();
  const rows = orderRowsOf(state, orderTab, { ...rowQuotesOf(quotes.getState()), dismissed, now: now() });
  const ids = rows.flatMap((row) => (row.kind === 'order' ? [row.order.id] : []));
  const at = selectedOrder === null ? -1 : ids.indexOf(selectedOrder);
  const next = at === -1 ? (by === 1 ? 0 : ids.length - 1) : Math.min(ids.length - 1, Math.max(0, at + by));
  ui.setState({ selectedOrder: ids[next] ?? null });
}

function movePosition({ ui, workstation }: Session, by: 1 | -1): void {
  const { state } = workstation.getState();
  if (state === null) return;
  const ids = openPositions(state).map(({ conId }) => conId);
  const { selectedPosition } = ui.getState();
  const at = selectedPosition === null ? -1 : ids.indexOf(selectedPosition);
  const next = at === -1 ? (by === 1 ? 0 : ids.length - 1) : Math.min(ids.length - 1, Math.max(0, at + by));
  ui.setState({ selectedPosition: ids[next] ?? null });
}

function moveLimit({ ui, quotes }: Session, by: 1 | -1): void {
  const symbols = quotes.getState().risk?.symbols.map(({ symbol }) => symbol) ?? [];
  const { selectedLimit } = ui.getState();
  const at = selectedLimit === null ? -1 : symbols.indexOf(selectedLimit);
  const next = at === -1 ? (by === 1 ? 0 : symbols.length - 1) : Math.min(symbols.length - 1, Math.max(0, at + by));
  ui.setState({ selectedLimit: symbols[next] ?? null });
}

/** The row of Limits that a key is about; null: none is chosen. */
function chosenLimits({ ui, quotes }: Session): SymbolLimitUse | null {
  const { selectedLimit } = ui.getState();
  return quotes.getState().risk?.symbols.find(({ symbol }) => symbol === selectedLimit) ?? null;
}

/** The position that a key is about: the chosen one, or that of the chosen order; null: nothing is held there. */
function chosenPosition({ ui, workstation }: Session): ConId | null {
  const { state } = workstation.getState();
  const { activePanel, selectedOrder, selectedPosition } = ui.getState();
  if (state === null) return null;
  const ofOrder = selectedOrder === null ? undefined : state.orders.get(selectedOrder)?.spec.conId;
  const conId = activePanel === 'positions' ? (selectedPosition ?? undefined) : ofOrder;
  return openPositions(state).find((position) => position.conId === conId)?.conId ?? null;
}

/**
 * `C 12 Enter`, `M 12 Enter`. The digits and Enter are the confirmation of a cancel, with the order shown beside them; a
 * stop asks once more, because its shares would stand bare. Modifying opens its dialog.
 */
function actOnNumber(session: Session, verb: 'cancel' | 'modify', number: number): void {
  const { ui, workstation } = session;
  const { state } = workstation.getState();
  const id = number < 1 ? undefined : state?.orderByNumber.get(orderNumber(number));
  const order = id === undefined ? undefined : state?.orders.get(id);
  if (state === null || order === undefined || !isActionable(order, verb)) return;
  ui.setState({ pending: null, selectedOrder: order.id });
  // A market that is closed asks for a reason first.
  const waits = whyMarketClosed(state, order, 'cancel', session.now()) !== null;
  if (verb === 'modify' || waits || isStopToKeep(state, order)) {
    ui.setState({ dialog: { kind: verb, orderId: order.id } });
  } else void sendAlone(session, { kind: 'cancel-orders', numbers: [order.number] }, `Cancel ${order.number}`);
}
