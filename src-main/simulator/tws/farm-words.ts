import type { FaultOf } from '#simulator/fault-schema';

export type Farm = FaultOf<'farm-down'>['farm'];
export const FARMS: readonly Farm[] = ['quotes', 'history', 'definitions'];

interface Words {
  readonly code: number;
  readonly text: string;
}

const UP: Readonly<Record<Farm, Words>> = {
  quotes: { code: 2104, text: 'Market data farm connection is OK:usfarm' },
  history: { code: 2106, text: 'HMDS data farm connection is OK:ushmds' },
  definitions: { code: 2158, text: 'Sec-def data farm connection is OK:secdefnj' },
};
const DOWN: Readonly<Record<Farm, Words>> = {
  quotes: { code: 2103, text: 'Market data farm connection is broken:usfarm' },
  history: { code: 2105, text: 'HMDS data farm connection is broken:ushmds' },
  definitions: { code: 2157, text: 'Sec-def data farm connection is broken:secdefnj' },
};
const IDLE: Readonly<Record<FaultOf<'farm-idle'>['farm'], Words>> = {
  quotes: { code: 2108, text: 'Market data farm connection is inactive but should be available upon demand.usfarm' },
  history: { code: 2107, text: 'HMDS data farm connection is inactive but should be available upon demand.ushmds' },
};

/** What TWS says of one of IBKR's data farms. */
export function farmWords(farm: Farm, isUp: boolean): Words {
  return isUp ? UP[farm] : DOWN[farm];
}

/** A farm nobody asks: it is not connected until somebody does. */
export function farmIdleWords(farm: FaultOf<'farm-idle'>['farm']): Words {
  return IDLE[farm];
}
