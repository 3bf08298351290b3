import * as z from 'zod';
import type { CallFailure, WorkstationClient } from '#api/client';
import { formatDateTime } from '#domain/format';
import { ok, type Result } from '#domain/result';
import { describeDecision } from '#domain/risk-words';
import type { StopMove } from '#domain/trailing-stop';
import type { Define } from '#cli/define';
import { EXIT } from '#cli/exit-code';
import { json } from '#cli/format';
import { addCommonOptions, addExample, parsedAs, type CommonOptions } from '#cli/options';
import { verdictTable } from '#cli/show-decision';
import { stopMovesTable } from '#cli/stop-moves';
import { reportFailure, withWorkstation } from '#cli/workstation';

const referenceSchema = z.string().regex(/^[\x21-\x7e]{1,40}$/, 'expected an order number or a decision id');

/** `explain`: the numbers of a past decision, and the same decision made again. */
export const defineExplain: Define = (command, io, end) => {
  command
    .description('Shows the numbers of a past risk decision and decides again from what was stored with it.')
    .argument('<order-or-decision>', 'an order number or a decision id');
  addExample(addCommonOptions(command), 'explain 1051');
  command.action(async (text: string, options: CommonOptions) => {
    const reference = parsedAs('ORDER_OR_DECISION', referenceSchema, text);
    const code = await withWorkstation(io, options, async (client) => {
      const answer = await client.risk.explain({ reference });
      if (!answer.ok) return reportFailure(io, answer.error);
      const { decision, same } = answer.value;
      const moves = await movesOf(client, reference);
      if (!moves.ok) return reportFailure(io, moves.error);
      if (options.json === true) io.out(json({ ...answer.value, moves: moves.value }));
      else {
        const at = formatDateTime(decision.context.at, io.timeZone);
        io.out(`${decision.id}, ${at}\n${describeDecision(decision)}\n\n${verdictTable(decision, io.colour)}`);
        if (moves.value.length > 0) io.out(`\nIts stop has moved:\n${stopMovesTable(io, moves.value)}`);
        if (same) io.out('\nDecided again from the stored numbers: the same.\n');
      }
      if (same) return EXIT.done;
      io.err(
        'Decided again from the stored numbers: NOT the same. The rules have changed since, or this is a fault.\n',
      );
      return EXIT.denied;
    });
    end(code);
  });
};

/** Where the stop of the order with this number has stood; a decision by its id has none. */
async function movesOf(
  client: WorkstationClient,
  reference: string,
): Promise<Result<readonly StopMove[], CallFailure>> {
  const number = /^\d{1,15}$/.test(reference) ? Number(reference) : null;
  if (number === null) return ok([]);
  const start = await client.feed.start();
  if (!start.ok) return start;
  const { orders, stopMoves } = start.value.snapshot;
  const order = orders.find((each) => each.number === number);
  return ok(stopMoves.find(([id]) => id === order?.id)?.[1] ?? []);
}
