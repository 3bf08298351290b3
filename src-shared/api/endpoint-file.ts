import * as z from 'zod';
import { tokenSchema } from '#api/handshake';

/** In the data directory, readable by its owner only, there while a workstation runs. */
export const ENDPOINT_FILE = 'endpoint.json';

/** How a program on this machine finds the running workstation. */
export const endpointSchema = z.strictObject({
  /** The workstation's version. */
  version: z.string(),
  /** On 127.0.0.1. */
  port: z.int().min(1).max(65_535),
  token: tokenSchema,
  pid: z.int().positive(),
  /** The user interface for a browser, with the token in the fragment, which browsers keep to themselves. */
  url: z.string(),
});
export type Endpoint = Readonly<z.infer<typeof endpointSchema>>;

const FRAGMENT_KEY = 'token';

/** The address of the user interface for a browser. */
export function browserUrl(port: number, token: string): string {
  return `http://127.0.0.1:${port}/#${FRAGMENT_KEY}=${token}`;
}

/** The token in a page's `location.hash`; undefined when there is none. */
export function tokenOfFragment(hash: string): string | undefined {
  return tokenSchema.safeParse(new URLSearchParams(hash.replace(/^#/, '')).get(FRAGMENT_KEY)).data;
}
