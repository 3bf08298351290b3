import type { OrderCondition } from '#simulator/order-condition';
import { WireError, type FieldCursor } from '#simulator/tws/wire';

/** What an order waits for, and what the conditions do. */
export interface WireConditions {
  readonly conditions: readonly OrderCondition[];
  readonly conditionsIgnoreRth: boolean;
  readonly conditionsCancelOrder: boolean;
}

type Kind<Condition> = Condition extends { readonly conjunction: string } ? Omit<Condition, 'conjunction'> : never;

/** The conditions of a placeOrder request. @throws WireError for a type that does not exist. */
export function readConditions(read: FieldCursor): WireConditions {
  const count = read.integer();
  const conditions: OrderCondition[] = [];
  for (let place = 0; place < count; place += 1) conditions.push(readCondition(read));
  const followed = count > 0;
  return {
    conditions,
    conditionsIgnoreRth: followed && read.flag(),
    conditionsCancelOrder: followed && read.flag(),
  };
}

function readCondition(read: FieldCursor): OrderCondition {
  const type = read.integer();
  const conjunction = read.text() === 'o' ? 'or' : 'and';
  return { conjunction, ...readKind(read, type) };
}

/** TWS's types of conditions by their number; there is no 2. */
function readKind(read: FieldCursor, type: number): Kind<OrderCondition> {
  switch (type) {
    case 1:
      return {
        kind: 'price',
        isMore: read.flag(),
        price: read.decimal(),
        conId: read.integer(),
        exchange: read.text(),
        triggerMethod: read.integer(),
      };
    case 3:
      return { kind: 'time', isMore: read.flag(), time: read.text() };
    case 4:
      return { kind: 'margin', isMore: read.flag(), percent: read.integer() };
    case 5:
      return { kind: 'execution', secType: read.text(), exchange: read.text(), symbol: read.text() };
    case 6:
      return {
        kind: 'volume',
        isMore: read.flag(),
        volume: read.integer(),
        conId: read.integer(),
        exchange: read.text(),
      };
    case 7:
      return {
        kind: 'percent-change',
        isMore: read.flag(),
        percent: read.decimal(),
        conId: read.integer(),
        exchange: read.text(),
      };
    default:
      throw new WireError(`condition type ${String(type)} does not exist`);
  }
}
