import { ipcMain, MessageChannelMain, type WebContents } from 'electron';
import { portChannel, type Channel } from '#api/channel';
import { contextOf, type ServeChannel } from '#hosts/api-server';
import { APP_ORIGIN } from './app-protocol';
import { DELIVER_PORT, REQUEST_PORT } from './channels';

/**
 * Hands the page of our own origin a port to the workstation when it asks, one at a time: a page that was loaded again
 * asks again.
 */
export function serveWindows(serve: ServeChannel): void {
  const channels = new WeakMap<WebContents, Channel>();
  ipcMain.on(REQUEST_PORT, ({ sender, senderFrame }) => {
    // Only the page itself, never a frame inside it, and only ours.
    if (senderFrame !== sender.mainFrame || senderFrame.origin !== APP_ORIGIN) return;
    channels.get(sender)?.close();
    const { port1, port2 } = new MessageChannelMain();
    const channel = portChannel(port1);
    channels.set(sender, channel);
    serve(channel, contextOf({ client: 'window', live: true }));
    sender.postMessage(DELIVER_PORT, null, [port2]);
  });
}
