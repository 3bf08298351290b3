import { useEffect, useState } from 'react';
import type { Instrument } from '#domain/instrument';
import { useSession } from '#renderer/components/session-context.tsx';

/** How long the workstation may wait for a first quote of a new symbol. */
const FIRST_QUOTE_WAIT_MS = 3_000;

/** What is known of the symbol on the ticket. */
export type SymbolLookup =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'known'; readonly instrument: Instrument }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Looks a symbol up and has its quotes followed. */
export function useInstrument(symbol: string): SymbolLookup {
  const session = useSession();
  const [answered, setAnswered] = useState<{ readonly symbol: string; readonly lookup: SymbolLookup }>({
    symbol: '',
    lookup: { kind: 'none' },
  });
  useEffect(() => {
    if (symbol === '') return undefined;
    let current = true;
    void session
      .client()
      .market.quote({ symbol, waitMs: FIRST_QUOTE_WAIT_MS })
      .then((answer) => {
        if (!current) return;
        const lookup: SymbolLookup = answer.ok
          ? { kind: 'known', instrument: answer.value.instrument }
          : { kind: 'unknown', reason: answer.error.reason };
        setAnswered({ symbol, lookup });
      });
    return () => {
      current = false;
    };
  }, [session, symbol]);
  if (symbol === '') return { kind: 'none' };
  return answered.symbol === symbol ? answered.lookup : { kind: 'asking' };
}
