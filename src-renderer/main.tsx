// First, because modules run in the order of their imports.
import './zod-without-eval';
import './theme/styles';
import { createRoot } from 'react-dom/client';
import { present } from '#domain/assert';
import { commandKey } from '#domain/ids';
import { App } from '#renderer/app.tsx';
import { createSession } from '#renderer/stores/session';
import { findConnect, type ConnectingWindow } from '#renderer/transport/connect';

const { session, connect } = createSession({
  storage: window.localStorage,
  windowHeight: window.innerHeight,
  monotonic: () => performance.now(),
  newKey: () => commandKey(crypto.randomUUID()),
});
const root = createRoot(present(document.getElementById('root'), 'the root element'));
const connectingWindow: ConnectingWindow = window;
const way = findConnect(connectingWindow, (url) => new WebSocket(url));
if (way.ok) {
  connect(async () => {
    const connection = await way.value();
    return connection.ok ? { ok: true, value: connection.value.client } : connection;
  });
  root.render(<App session={session} menu={connectingWindow.workstation} />);
} else {
  root.render(
    <main className="blank" role="alert">
      <b>Not connected</b>
      <span>{way.error.reason}</span>
    </main>,
  );
}
