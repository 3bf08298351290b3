import * as z from 'zod';
import { formatDateTime } from '#domain/format';
import { describeDecision } from '#domain/risk-words';
import type { Define } from '#cli/define';
import { EXIT } from '#cli/exit-code';
import { json } from '#cli/format';
import { addCommonOptions, addExample, parsedAs, type CommonOptions } from '#cli/options';
import { verdictTable } from '#cli/show-decision';
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
      if (options.json === true) io.out(json(answer.value));
      else {
        const at = formatDateTime(decision.context.at, io.timeZone);
        io.out(`${decision.id}, ${at}\n${describeDecision(decision)}\n\n${verdictTable(decision, io.colour)}`);
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
