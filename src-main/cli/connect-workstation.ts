import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { ENDPOINT_FILE, endpointSchema, type Endpoint } from '#api/endpoint-file';
import { connectSocket, rpcUrl, type Connection } from '#api/transport';
import { err, ok, type Result } from '#domain/result';

const absentSchema = z.object({ code: z.literal('ENOENT') });

/** Connects to the workstation that runs on `directory`. The error says why there is none. */
export async function connectWorkstation(directory: string, live: boolean): Promise<Result<Connection, string>> {
  const file = join(directory, ENDPOINT_FILE);
  const endpoint = await readEndpoint(directory, file);
  if (!endpoint.ok) return endpoint;
  const { port, token, pid } = endpoint.value;
  const socket = new WebSocket(rpcUrl(port), { perMessageDeflate: false });
  const connected = await connectSocket(socket, token, { client: 'cli', live });
  if (connected.ok) return connected;
  const { code, reason } = connected.error;
  // The file outlives a workstation that was killed.
  if (code === 'CLOSED') return err(`The workstation of ${file} (process ${pid}) does not answer; it is gone.`);
  return err(`${file}: ${reason}`);
}

async function readEndpoint(directory: string, file: string): Promise<Result<Endpoint, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return err(absentSchema.safeParse(error).success ? `No workstation runs on ${directory}.` : String(error));
  }
  try {
    return ok(endpointSchema.parse(JSON.parse(text)));
  } catch {
    // Neither JSON nor an endpoint: both mean another writer, and there is nothing more to say of it.
    return err(`${file}: not written by a workstation of this version.`);
  }
}
