import type { ReactElement } from 'react';
import { GLYPHS, ICONS, type IconName } from '#renderer/components/shapes';
import type { StatusLook } from '#renderer/stores/selectors';

const STROKE = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.5,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
  'aria-hidden': true,
} as const;

/** An icon that repeats what a word beside it says; alone it needs a label on its control. */
export function Icon({
  name,
  size = 14,
  className = '',
}: {
  readonly name: IconName;
  readonly size?: number;
  readonly className?: string;
}): ReactElement {
  return (
    <svg className={`icon ${className}`} width={size} height={size} viewBox="0 0 16 16" {...STROKE}>
      <path d={ICONS[name]} />
    </svg>
  );
}

/** The outline of a status. */
export function Glyph({ look }: { readonly look: StatusLook }): ReactElement {
  return (
    <svg className="glyph" width={12} height={12} viewBox="0 0 12 12" {...STROKE}>
      {GLYPHS[look].map(({ path, filled }) => (
        <path key={path} d={path} fill={filled ? 'currentColor' : 'none'} />
      ))}
    </svg>
  );
}

/** A status: colour, outline and word. */
export function StatusChip({ look, word }: { readonly look: StatusLook; readonly word: string }): ReactElement {
  return (
    <span className={`chip chip-${look}`}>
      <Glyph look={look} />
      {word}
    </span>
  );
}
