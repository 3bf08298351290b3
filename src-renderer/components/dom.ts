import { GLYPHS, ICONS, type GlyphPart, type IconName } from '#renderer/components/shapes';
import type { StatusLook } from '#renderer/stores/selectors';

/** Elements for live grid cells, which must not pay for a React tree each. */

const SVG = 'http://www.w3.org/2000/svg';

/** `<tag class="…">` with children; texts become text nodes, so nothing is ever parsed as HTML. */
export function element(tag: string, className: string, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

function svg(size: number, viewBox: string, className: string, parts: readonly GlyphPart[]): SVGElement {
  const made = document.createElementNS(SVG, 'svg');
  const attributes = {
    class: className,
    width: String(size),
    height: String(size),
    viewBox,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.5',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  };
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  for (const { path, filled } of parts) {
    const line = document.createElementNS(SVG, 'path');
    line.setAttribute('d', path);
    if (filled) line.setAttribute('fill', 'currentColor');
    made.append(line);
  }
  return made;
}

export function iconElement(name: IconName, size = 12): SVGElement {
  return svg(size, '0 0 16 16', 'icon', [{ path: ICONS[name] }]);
}

export function glyphElement(look: StatusLook): SVGElement {
  return svg(12, '0 0 12 12', 'glyph', GLYPHS[look]);
}

/** A line that stretches with its cell: the rail that ties a bracket's legs together. */
export function railElement(path: string): SVGElement {
  const made = document.createElementNS(SVG, 'svg');
  made.setAttribute('class', 'rail');
  made.setAttribute('viewBox', '0 0 24 22');
  made.setAttribute('preserveAspectRatio', 'none');
  made.setAttribute('fill', 'none');
  made.setAttribute('stroke', 'currentColor');
  made.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  line.setAttribute('vector-effect', 'non-scaling-stroke');
  made.append(line);
  return made;
}

/** A bar of which `share` is filled. */
export function shareElement(share: number): SVGElement {
  const made = document.createElementNS(SVG, 'svg');
  made.setAttribute('viewBox', '0 0 100 3');
  made.setAttribute('preserveAspectRatio', 'none');
  made.setAttribute('aria-hidden', 'true');
  const bar = document.createElementNS(SVG, 'rect');
  bar.setAttribute('width', String(Math.min(1, Math.max(0, share)) * 100));
  bar.setAttribute('height', '3');
  made.append(bar);
  return made;
}
