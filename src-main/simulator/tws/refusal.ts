import { errorMessage, type ServerMessage } from '#simulator/tws/encode';

/** Who is refused something. */
interface Asker {
  send(message: ServerMessage): void;
}

/** The id of errors that belong to no request. */
export const NO_ID = -1;

/** TWS's answer to a request that makes no sense, or that the simulator does not have. */
export function refuse(connection: Asker, id: number, cause: string): void {
  connection.send(errorMessage(id, 321, `Error validating request.-'bN' : cause - ${cause}`));
}

/** TWS's answer to a contract that it can not find. */
export function refuseContract(connection: Asker, id: number): void {
  connection.send(errorMessage(id, 200, 'No security definition has been found for the request'));
}

/** True for the simulator's one account, which "" stands for too; refuses any other. */
export function knowsAccount(connection: Asker, id: number, asked: string, account: string): boolean {
  if (asked === '' || asked === account) return true;
  refuse(connection, id, `Invalid account code '${asked}'`);
  return false;
}
