// A page for looking at the window without a host: `?day=full|empty|loading|broken|lost&mode=…&theme=…&density=…`.
import '#renderer/zod-without-eval';
import '#renderer/theme/styles';
import { createRoot } from 'react-dom/client';
import { commandKey } from '#domain/ids';
import { err, ok } from '#domain/result';
import { App } from '#renderer/app.tsx';
import { createSession } from '#renderer/stores/session';
import { DENSITIES } from '#renderer/stores/ui-store';
import { aFullDay, TradingDay } from '#test/renderer/trading-day';

const wish = new URLSearchParams(window.location.search);
const mode = (['demo', 'paper', 'live'] as const).find((it) => it === wish.get('mode')) ?? 'paper';
const wanted = wish.get('day') ?? 'full';

function dayOf(): TradingDay {
  switch (wanted) {
    case 'empty':
      return new TradingDay(mode).connect();
    case 'broken': {
      const day = aFullDay(mode);
      day.event({
        type: 'connection-changed',
        connection: {
          phase: 'disconnected',
          since: day.since(12_000),
          reason: 'TWS closed the connection',
          code: 504,
          retryAt: day.since(-4_000),
        },
      });
      return day;
    }
    case 'reconciling': {
      const day = aFullDay(mode);
      day.event({
        type: 'connection-changed',
        connection: { phase: 'reconciling', since: day.since(1_400), serverVersion: 193 },
      });
      return day;
    }
    default:
      return aFullDay(mode);
  }
}

const day = dayOf();
const { session, connect } = createSession({
  storage: { getItem: () => null, setItem: () => undefined },
  windowHeight: window.innerHeight,
  monotonic: () => performance.now(),
  newKey: () => commandKey(crypto.randomUUID()),
});
session.ui.setState({
  theme: wish.get('theme') === 'light' ? 'light' : 'dark',
  density: DENSITIES.find((it) => it === wish.get('density')) ?? session.ui.getState().density,
});
if (wanted !== 'loading') {
  connect(() =>
    Promise.resolve(day.workstation.failure === null ? ok(day.workstation.client) : err({ reason: 'gone' })),
  );
}
Object.assign(window, { day, session });
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App session={session} />);
