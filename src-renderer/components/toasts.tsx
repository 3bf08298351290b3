import { useEffect, type ReactElement } from 'react';
import { Icon } from '#renderer/components/icon.tsx';
import { useSession, useUi } from '#renderer/components/session-context.tsx';
import { formatClock } from '#renderer/format/display';
import type { Notice } from '#renderer/stores/ui-store';

/** Facts leave by themselves; problems stay until they are dropped. */
const FACT_SHOWN_MS = 6_000;

export function Toasts(): ReactElement {
  const notices = useUi((store) => store.notices);
  return (
    <div className="toasts" role="region" aria-label="Notices">
      {notices.map((notice) => (
        <Toast key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

const ICONS = { buy: 'fill', sell: 'fill', good: 'check', problem: 'cross' } as const;

function Toast({ notice }: { readonly notice: Notice }): ReactElement {
  const { ui } = useSession();
  const { id, tone } = notice;
  useEffect(() => {
    if (tone === 'problem') return undefined;
    const timer = setTimeout(() => drop(), FACT_SHOWN_MS);
    return () => clearTimeout(timer);

    function drop(): void {
      ui.setState(({ notices }) => ({ notices: notices.filter((other) => other.id !== id) }));
    }
  }, [ui, id, tone]);
  return (
    <div className={`toast ${tone}`} role={tone === 'problem' ? 'alert' : 'status'}>
      <Icon name={ICONS[tone]} />
      <h3>{notice.title}</h3>
      <time dateTime={new Date(notice.at).toISOString()}>{formatClock(notice.at)}</time>
      <button
        type="button"
        className="icon-btn"
        aria-label={`Drop: ${notice.title}`}
        onClick={() => ui.setState(({ notices }) => ({ notices: notices.filter((other) => other.id !== id) }))}
      >
        <Icon name="cross" size={12} />
      </button>
      <p>{notice.text}</p>
    </div>
  );
}
