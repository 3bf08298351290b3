import { PopoverNext } from '@blueprintjs/core';
import { useEffect, useId, useState, type KeyboardEvent, type ReactElement, type Ref } from 'react';
import type { InstrumentMatch } from '#domain/instrument';
import { Icon } from '#renderer/components/icon.tsx';
import { useSession } from '#renderer/components/session-context.tsx';

const SEARCH_PAUSE_MS = 150;
const MATCHES_SHOWN_MAX = 8;

/** The symbol, with a search that helps and never stands in the way: Enter takes what is typed, or what is chosen. */
export function SymbolField({
  symbol,
  onChoose,
  ref,
}: {
  readonly symbol: string;
  readonly onChoose: (symbol: string) => void;
  readonly ref: Ref<HTMLInputElement>;
}): ReactElement {
  const session = useSession();
  const listId = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [found, setFound] = useState<{ readonly query: string; readonly matches: readonly InstrumentMatch[] }>({
    query: '',
    matches: [],
  });
  const [chosen, setChosen] = useState(-1);
  const query = (typed ?? '').trim();

  useEffect(() => {
    if (query === '') return undefined;
    let current = true;
    const timer = setTimeout(() => {
      void session
        .client()
        .market.search({ query })
        .then((answer) => {
          if (current && answer.ok) setFound({ query, matches: answer.value.slice(0, MATCHES_SHOWN_MAX) });
        });
    }, SEARCH_PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [session, query]);

  const matches = found.query === query ? found.matches : [];
  const open = typed !== null && matches.length > 0;
  const take = (text: string): void => {
    setTyped(null);
    setChosen(-1);
    if (text.trim() !== '') onChoose(text.trim().toUpperCase());
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setChosen((at) => Math.max(-1, Math.min(matches.length - 1, at + by)));
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && typed !== null) {
      event.preventDefault();
      take(matches[chosen]?.symbol ?? typed);
    } else if (event.key === 'Escape' && typed !== null) {
      event.stopPropagation();
      setTyped(null);
    }
  };

  return (
    <PopoverNext
      isOpen={open}
      autoFocus={false}
      enforceFocus={false}
      placement="bottom-start"
      arrow={false}
      animation="minimal"
      transitionDuration={0}
      content={
        <ul className="matches" role="listbox" id={listId} aria-label="Matching symbols">
          {matches.map((match, index) => (
            <li
              key={match.conId}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === chosen}
              onMouseDown={(event) => {
                event.preventDefault();
                take(match.symbol);
              }}
            >
              <b>{match.symbol}</b>
              <span>{match.longName}</span>
              <span className="t3">{match.primaryExchange}</span>
            </li>
          ))}
        </ul>
      }
      // The input itself is the combobox: the wrapper must not claim to be one.
      renderTarget={({ isOpen: _open, ref: target, 'aria-expanded': _expanded, 'aria-haspopup': _popup, ...props }) => (
        <span {...props} ref={target}>
          <div className="field-box left">
            <Icon name="search" size={12} />
            <input
              ref={ref}
              type="text"
              role="combobox"
              aria-label="Symbol"
              aria-expanded={open}
              aria-controls={listId}
              aria-autocomplete="list"
              {...(chosen >= 0 ? { 'aria-activedescendant': `${listId}-${chosen}` } : {})}
              placeholder="Symbol"
              autoComplete="off"
              spellCheck={false}
              value={typed ?? symbol}
              onChange={(event) => setTyped(event.target.value)}
              onFocus={(event) => event.target.select()}
              onKeyDown={keys}
              onBlur={() => {
                if (typed !== null) take(typed);
              }}
            />
          </div>
        </span>
      )}
    />
  );
}
