import type { JournaledEvent } from '#domain/engine-event';
import { formatPrice, formatQuantity } from '#domain/format';
import { describeState, inBrackets } from '#domain/order-words';
import type { WorkstationState } from '#domain/workstation-state';
import type { Notice } from '#renderer/stores/ui-store';

/** What of an event a trader has to hear at once, beside its line in Activity; null: nothing. */
export function noticeOf({ event, at }: JournaledEvent, state: WorkstationState): Omit<Notice, 'id'> | null {
  switch (event.type) {
    case 'fill-recorded': {
      const { fill } = event;
      const order = fill.orderId === null ? undefined : state.orders.get(fill.orderId);
      const done = fill.side === 'BUY' ? 'Bought' : 'Sold';
      return {
        tone: fill.side === 'BUY' ? 'buy' : 'sell',
        title: `${done} ${formatQuantity(fill.quantity)} ${fill.symbol} @ ${formatPrice(fill.price)}`,
        text:
          order === undefined
            ? 'By an order that is not in our ledger.'
            : `Order ${order.number}: ${describeState(order)}.`,
        at,
      };
    }
    case 'order-state-changed': {
      const order = state.orders.get(event.id);
      if (event.state.phase !== 'rejected' || order === undefined) return null;
      const text = `${event.state.reason}${inBrackets(event.state.code)}`;
      return { tone: 'problem', title: `IBKR rejected ${order.number}`, text, at };
    }
    case 'modification-refused':
    case 'cancel-refused': {
      const order = state.orders.get(event.id);
      const what = event.type === 'cancel-refused' ? 'cancel' : 'modify';
      const title = `IBKR refused to ${what} ${order === undefined ? 'an order' : order.number}`;
      return { tone: 'problem', title, text: `${event.text}${inBrackets(event.code)}`, at };
    }
    default:
      return null;
  }
}
