import { describe, expect, test } from 'vitest';
import { FieldCursor, frame, WireError, wireErrorOf } from '#simulator/tws/wire';

describe('fields', () => {
  test('a message is a length and fields that each end with NUL; flags are 1 and 0', () => {
    expect(frame([4, 'é', true, false]).toString('latin1')).toBe('\0\0\0\u00094\0Ã©\x001\x000\0');
  });

  test('an unset number reads as nothing', () => {
    const read = new FieldCursor(['', '2147483647', '7', '', '1.7976931348623157E308', '.5e-3'], 0);
    expect([read.integer(), read.integer(), read.integer()]).toEqual([0, 0, 7]);
    expect([read.decimal(), read.decimal(), read.decimal()]).toEqual(['', '', '.5e-3']);
    expect(() => read.text()).toThrow('field 6 is missing');
  });

  test('only a fault of the protocol is taken for one', () => {
    const fault = new WireError('short');
    expect(wireErrorOf(fault)).toBe(fault);
    expect(() => wireErrorOf(new Error('a bug'))).toThrow('a bug');
  });
});
