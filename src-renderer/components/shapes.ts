import type { StatusLook } from '#renderer/stores/selectors';

/** Outlines of the icons: 16 px grid, 1.5 px stroke. */
export const ICONS = {
  check: 'M3 8.5l3.2 3.2L13 4.8',
  cross: 'M4 4l8 8M12 4l-8 8',
  pencil: 'M3 13l.6-2.8L10.8 3a1 1 0 0 1 1.4 0l.8.8a1 1 0 0 1 0 1.4L5.8 12.4z',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4L14 14',
  warn: 'M8 2.2L14.6 13.6H1.4zM8 6.4v3.2M8 11.6v.01',
  shield: 'M8 1.8l5.2 1.8v4c0 3.2-2.2 5.5-5.2 6.6-3-1.1-5.2-3.4-5.2-6.6v-4z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.6V8l2.4 1.6',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.9-.9',
  unlink: 'M7 12.7A2.6 2.6 0 0 1 3.3 9l1.3-1.3M9 3.3A2.6 2.6 0 0 1 12.7 7l-1.3 1.3M2 2l12 12',
  chevron: 'M4 6l4 4 4-4',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fill: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM5.4 8.2l1.9 1.9 3.4-3.8',
  bank: 'M2.5 13.5h11M3.5 6.5h9M8 2.2l5.5 3.3h-11zM4.5 6.5v5M8 6.5v5M11.5 6.5v5',
  layout: 'M2.5 2.5h11v11h-11zM2.5 9h11M9 2.5V9',
  rows: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  user: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.6-2.4 2.5-3.6 5-3.6s4.4 1.2 5 3.6',
  terminal: 'M3 4.5L6.5 8 3 11.5M8 12h5',
  elsewhere: 'M9 3h4v4M13 3L7.5 8.5M11 9v4H3V5h4',
  automatic:
    'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6L5 5M11 11l1.4 1.4M12.4 3.6L11 5M5 11l-1.4 1.4',
  send: 'M2.5 8h9M8 4l4 4-4 4',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  power: 'M8 1.8v6M4.9 4.2a5 5 0 1 0 6.2 0',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4v3.4M8 5.2v.01',
  question: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.2 6.4A1.9 1.9 0 1 1 8.6 8.3c-.4.2-.6.5-.6 1M8 11.4v.01',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.6v1.6M8 12.8v1.6M1.6 8h1.6M12.8 8h1.6M3.5 3.5l1.1 1.1M11.4 11.4l1.1 1.1M12.5 3.5l-1.1 1.1M4.6 11.4l-1.1 1.1',
  moon: 'M13 9.6A5.4 5.4 0 1 1 6.4 3a4.4 4.4 0 0 0 6.6 6.6z',
} as const satisfies Record<string, string>;
export type IconName = keyof typeof ICONS;

/** One stroke of a status glyph; `filled` strokes are filled with the same colour. */
export interface GlyphPart {
  readonly path: string;
  readonly filled?: true;
}

const ring = 'M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8z';
const bigRing = 'M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z';
const diamond = 'M6 1.5L10.5 6 6 10.5 1.5 6z';

/** Status glyphs: 12 px, told apart by outline alone. */
export const GLYPHS: Readonly<Record<StatusLook, readonly GlyphPart[]>> = {
  sent: [{ path: 'M1.5 6h7M6 3l3 3-3 3' }],
  accepted: [{ path: ring }],
  armed: [{ path: ring }, { path: 'M6 5.2a.8.8 0 1 0 0 1.6a.8.8 0 0 0 0-1.6z', filled: true }],
  working: [{ path: ring, filled: true }],
  partial: [{ path: ring }, { path: 'M6 2a4 4 0 0 1 0 8z', filled: true }],
  filled: [{ path: 'M2 6.5l2.7 2.7L10 3.4' }],
  inactive: [{ path: 'M4.2 3v6M7.8 3v6' }],
  cancelling: [{ path: diamond }, { path: 'M6 4.5v3' }],
  unconfirmed: [{ path: diamond, filled: true }],
  cancelled: [{ path: 'M3 3l6 6M9 3l-6 6' }],
  rejected: [{ path: bigRing }, { path: 'M4.3 4.3l3.4 3.4M7.7 4.3L4.3 7.7' }],
  denied: [{ path: 'M6 1.2l4 1.4v3c0 2.4-1.7 4.2-4 5-2.3-.8-4-2.6-4-5v-3z' }, { path: 'M4.5 4.5l3 3M7.5 4.5l-3 3' }],
  unknown: [{ path: 'M4 4.3A2 2 0 1 1 6.6 6.2c-.5.2-.6.5-.6 1M6 9.6v.01' }],
};
