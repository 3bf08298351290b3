import { describe, expect, test } from 'vitest';
import type { ConId } from '#domain/ids';
import type { Quote } from '#domain/quote';
import { distanceCell } from '#renderer/panels/active-orders/cells';
import { cancelGroupsOf } from '#renderer/stores/cancel-groups';
import { countTabs, orderRowsOf, sameRow } from '#renderer/stores/order-rows';
import { coverageOf } from '#domain/protection';
import { uncoveredBy } from '#renderer/stores/selectors';
import { present } from '#domain/assert';
import { lagOf } from '#renderer/stores/stop-figures';
import { groupId } from '#domain/ids';
import { aStopsDay, orderIdOf } from '#test/renderer/stops-day';
import { aFullDay, aQuote, TradingDay } from '#test/renderer/trading-day';

const sources = (day: TradingDay) => ({
  ...{ quotes: new Map<ConId, Quote>(), heartbeatAt: null, dismissed: [] },
  now: day.workstation.now,
});
const numbersOf = (rows: ReturnType<typeof orderRowsOf>): readonly (number | string)[] =>
  rows.map((row) => (row.kind === 'order' ? row.order.number : row.kind));
const numbers = (orders: readonly { readonly number: number }[]): readonly number[] =>
  orders.map(({ number }) => number);

describe('rows of Active Orders', () => {
  test('the newest stands on top, a bracket stays together under its entry', () => {
    const day = aFullDay();
    expect(numbersOf(orderRowsOf(day.workstation.state, 'live', sources(day)))).toEqual([
      61,
      60,
      'reason',
      59,
      'reason',
      58,
      57,
      56,
      51,
      52,
      53,
      48,
      45,
      46,
      43,
      41,
      29,
    ]);
  });

  test('the rail ties what is shown of a bracket', () => {
    const day = aFullDay();
    const rails = orderRowsOf(day.workstation.state, 'live', sources(day)).flatMap((row) =>
      row.kind === 'order' && row.group !== null ? [[row.order.number, row.rail]] : [],
    );
    expect(rails).toEqual([
      [51, 'top'],
      [52, 'middle'],
      [53, 'end'],
      [45, 'top'],
      [46, 'end'],
    ]);
  });

  test('a denied order stays under Live with its reason until it is dismissed, and under Cancelled for good', () => {
    const day = aFullDay();
    const { state } = day.workstation;
    const denied = present(
      [...state.orders.values()].find(({ number }) => number === 59),
      'order 59',
    );
    const row = orderRowsOf(state, 'live', sources(day)).find((it) => it.kind === 'reason' && it.order === denied);
    expect(row?.kind === 'reason' ? row.reason : '').toContain('Order exposure would be $127,680.');
    const after = { ...sources(day), dismissed: [denied.id] };
    expect(numbersOf(orderRowsOf(state, 'live', after))).not.toContain(59);
    expect(numbersOf(orderRowsOf(state, 'cancelled', after))).toContain(59);
    expect(countTabs(state, [denied.id])).toEqual({ live: 14, filled: 2, cancelled: 3, all: 18 });
  });

  test('a cancel that is not answered within five seconds looks unconfirmed', () => {
    const day = aFullDay();
    const looks = orderRowsOf(day.workstation.state, 'live', sources(day)).flatMap((row) =>
      row.kind === 'order' && row.order.state.phase === 'cancelling' ? [[row.order.number, row.look]] : [],
    );
    expect(looks).toEqual([
      [58, 'cancelling'],
      [48, 'unconfirmed'],
    ]);
  });

  test('a distance from a price that is not current carries a word, and its row is drawn anew', () => {
    const day = aFullDay();
    const { now, known, state } = day.workstation;
    const { quote } = present(known.get('MSFT'), 'the quote of MSFT');
    const rowWith = (change: Partial<Quote>) => {
      const quotes = new Map([[quote.conId, { ...quote, ...change }]]);
      const rows = orderRowsOf(state, 'live', { ...sources(day), quotes, heartbeatAt: now });
      const row = present(
        rows.find((it) => it.kind === 'order' && it.order.number === 58),
        'the row of order 58',
      );
      if (row.kind !== 'order') throw new Error('it is an order');
      return row;
    };
    const [current, delayed] = [rowWith({}), rowWith({ kind: 'delayed' })];
    expect(distanceCell(current).textContent).toBe('−7.34−1.43%');
    expect(distanceCell(delayed).textContent).toBe('−7.34delayed, delayed by IBKR');
    expect(sameRow(current, delayed)).toBe(false);
  });

  test('rows that would be drawn alike are the same', () => {
    const day = aFullDay();
    const draw = () => orderRowsOf(day.workstation.state, 'live', sources(day));
    const [before, again] = [draw(), draw()];
    expect(before.every((row, index) => sameRow(row, present(again[index], 'the row')))).toBe(true);
  });
});

describe('cancel all', () => {
  test('every live order is in exactly one group', () => {
    const groups = cancelGroupsOf(aFullDay().workstation.state, null);
    expect(numbers(groups.entries).toSorted()).toEqual([51, 56, 57, 61]);
    expect(numbers(groups.targets).toSorted()).toEqual([45, 52]);
    expect(numbers(groups.stops).toSorted()).toEqual([29, 41, 46, 53]);
    expect(numbers(groups.cancelling).toSorted()).toEqual([48, 58]);
    expect(numbers(groups.external)).toEqual([43]);
  });

  test('of one symbol touches that symbol alone', () => {
    const groups = cancelGroupsOf(aFullDay().workstation.state, 'AMD');
    expect(numbers([...groups.entries, ...groups.targets, ...groups.stops]).toSorted()).toEqual([51, 52, 53]);
  });

  test('the shares that would lose their stop are those that stops at IBKR cover now', () => {
    const { state } = aFullDay().workstation;
    expect(uncoveredBy(state, cancelGroupsOf(state, null).stops)).toBe('105');
  });
});

describe('protection', () => {
  test('15 of 40 JPM shares are naked', () => {
    const day = aFullDay();
    const { state } = day.workstation;
    const position = present(state.positions.get(day.conIdOf('JPM')), 'the position');
    expect(coverageOf(state, position)).toEqual({ protectedQuantity: '25', naked: '15', mayNotFill: '0' });
  });

  test('the stop of an entry that has not filled protects nothing yet', () => {
    const day = new TradingDay().connect();
    day.hold('NVDA', '10', '170');
    const [, , stop] = day.bracket('NVDA', 1, 'BUY', '10', ['181', '188', '178']);
    day.become(present(stop, 'the stop'), { phase: 'pending', since: day.workstation.now, hold: 'parent' });
    const { state } = day.workstation;
    const position = present(state.positions.get(day.conIdOf('NVDA')), 'the position');
    expect(coverageOf(state, position).protectedQuantity).toBe('0');
  });
});

describe('rows of groups and stops', () => {
  const rowsOf = (day: TradingDay) => orderRowsOf(day.workstation.state, 'live', sources(day));
  const rowOf = (day: TradingDay, number: number) =>
    present(
      rowsOf(day).find((row) => row.kind === 'order' && row.order.number === number),
      `the row of ${number}`,
    );

  test('a stop without an order stands on top, OCO orders and the levels of a scale-out stand together', () => {
    const day = aStopsDay();
    expect(numbersOf(rowsOf(day))).toEqual(['waiting', 53, 54, 51, 52, 43, 42, 41, 31, 32, 34, 35]);
    expect(rowOf(day, 35)).toMatchObject({ group: { kind: 'Bracket', number: 30, level: '2/2' }, rail: 'end' });
    expect(rowOf(day, 54)).toMatchObject({ group: { kind: 'OCO', number: 53 }, rail: 'end' });
    expect(countTabs(day.workstation.state, []).live).toBe(12);
  });

  test('who moves an order stands in its row, and that nobody can while the link is down', () => {
    const day = aStopsDay();
    expect(rowOf(day, 42)).toMatchObject({ custody: { label: 'IBKR holds this', atRisk: null }, trail: '2 %' });
    expect(rowOf(day, 41)).toMatchObject({ custody: { label: 'this app moves this', atRisk: null } });
    expect(rowOf(day, 53)).toMatchObject({ custody: { label: 'this app reduces this', atRisk: null } });
    expect(rowOf(day, 43)).toMatchObject({ suspended: true });
    const connection = {
      phase: 'disconnected',
      since: day.since(0),
      reason: 'TWS went away',
      code: null,
      retryAt: null,
    } as const;
    day.event({ type: 'connection-changed', connection });
    expect(rowOf(day, 53)).toMatchObject({ custody: { atRisk: 'the link is disconnected' } });
    expect(rowOf(day, 51)).toMatchObject({ custody: { atRisk: null } });
  });

  test('a stop that this app moves lags when the market is far ahead of it', () => {
    const day = aStopsDay();
    const stop = present(day.workstation.state.protectiveStops.get(groupId('stop-41')), 'the stop');
    const order = present(day.workstation.state.orders.get(orderIdOf(41)), 'its order');
    const aapl = day.stock('AAPL');
    const at = (last: string) => lagOf(stop, order, aQuote(aapl, last, day.workstation.now), aapl);
    expect(at('231.42')).toBeNull();
    expect(at('233.00')).toBe('1.55');
    expect(at('225.00')).toBeNull();
  });
});
