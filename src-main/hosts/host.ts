import { ok, type Result } from '#domain/result';
import { createRouter, serveChannels, type ServeChannel } from '#hosts/api-server';
import type { Compose } from '#hosts/composition';
import type { LaunchOptions, LaunchRefusal } from '#hosts/launch-options';
import { openLocalEndpoint } from '#hosts/local-endpoint/local-endpoint';

/** A running workstation with its doors open. */
export interface Host {
  /** The user interface for a browser. */
  readonly url: string;
  readonly serve: ServeChannel;
  /** Doors first, so that nothing new comes in, then the workstation. */
  close(): Promise<void>;
}

/** What both hosts do: compose, then open the local endpoint. */
export async function startHost(
  options: LaunchOptions,
  parts: { readonly compose: Compose; readonly uiRoot: string; readonly onFault: (error: unknown) => void },
): Promise<Result<Host, LaunchRefusal>> {
  const composed = await parts.compose(options);
  if (!composed.ok) return composed;
  const composition = composed.value;
  const { workstation, journalDoor, about } = composition;
  const serve = serveChannels(createRouter(workstation, journalDoor, about), parts.onFault);
  const { dataDirectory, listenPort } = options;
  const { version } = about;
  const opened = await openLocalEndpoint({
    directory: dataDirectory,
    port: listenPort,
    version,
    uiRoot: parts.uiRoot,
    serve,
  });
  if (!opened.ok) {
    await composition.close();
    return opened;
  }
  const endpoint = opened.value;
  return ok({
    url: endpoint.url,
    serve,
    close: async () => {
      await endpoint.close();
      await composition.close();
    },
  });
}
