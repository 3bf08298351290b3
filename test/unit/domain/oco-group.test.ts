import { describe, expect, test } from 'vitest';
import { describeEvent } from '#domain/activity-words';
import { effectId } from '#domain/ids';
import { quantity } from '#domain/money';
import { anOcoGroup, anOrder, aJournal, FRIDAY } from '#test/builders/domain-records';

describe('an OCO group that filled too much', () => {
  const oco = anOcoGroup({ closed: FRIDAY });
  const fresh = () => {
    const journal = aJournal();
    const effect = effectId('e-1');
    journal.tell({ type: 'orders-intended', orders: [anOrder()], group: null, oco, effectId: effect });
    return { journal, now: () => journal.state.ocoGroups.get(oco.id) };
  };
  const overfilled = { type: 'oco-overfilled', groupId: oco.id, id: anOrder().id, excess: quantity('5') } as const;

  test('remembers what was told of each order', () => {
    const { journal, now } = fresh();
    journal.tell({ ...overfilled, policy: 'alert' });
    expect(now()?.legs.map(({ excess }) => excess)).toEqual(['5', '0']);
    expect(now()?.closed).toBe(FRIDAY);
  });

  test('is open again while the excess is to be traded back', () => {
    const { journal, now } = fresh();
    journal.tell({ ...overfilled, policy: 'flatten-excess' });
    expect(now()?.closed).toBeNull();
  });

  test('stays closed when a correction has taken the excess away, and says so', () => {
    const { journal, now } = fresh();
    const event = { ...overfilled, excess: quantity('0'), policy: 'flatten-excess' } as const;
    journal.tell(event);
    expect(now()?.closed).toBe(FRIDAY);
    expect(describeEvent(event, journal.state).text).toBe('OCO 1051: what had filled too much has not after all');
  });

  test('whose siblings have followed says so', () => {
    const { journal, now } = fresh();
    const event = { type: 'oco-siblings-due', groupId: oco.id, dueBy: null } as const;
    journal.tell({ ...event, dueBy: FRIDAY });
    journal.tell(event);
    expect(now()?.siblingsDueBy).toBeNull();
    expect(describeEvent(event, journal.state).text).toBe('OCO 1051: the others have followed');
  });
});
