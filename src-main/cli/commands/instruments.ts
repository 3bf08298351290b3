import * as z from 'zod';
import type { InstrumentMatch } from '#domain/instrument';
import type { Define } from '#cli/define';
import { EXIT } from '#cli/exit-code';
import { json, plain, table, type Cell, type Column } from '#cli/format';
import { addCommonOptions, addExample, parsedAs, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

const QUERY_LENGTH_MAX = 60;
const COLUMNS: readonly Column[] = [
  { title: 'Symbol', align: 'left' },
  { title: 'Type', align: 'left' },
  { title: 'Exchange', align: 'left' },
  { title: 'Currency', align: 'left' },
  { title: 'conId', align: 'right' },
  { title: 'Name', align: 'left' },
];
const querySchema = z
  .string()
  .trim()
  .min(1, 'expected a symbol or a part of a name')
  .max(QUERY_LENGTH_MAX, `expected at most ${QUERY_LENGTH_MAX} characters`);

/** `instruments`: a search by symbol or name. */
export const defineInstruments: Define = (command, io, end) => {
  command.description('Searches instruments by symbol or name.').argument('<query>', 'a symbol or a part of a name');
  addExample(addCommonOptions(command), 'instruments appl');
  command.action(async (text: string, options: CommonOptions) => {
    const query = parsedAs('QUERY', querySchema, text);
    const code = await withWorkstation(io, options, async (client) => {
      const answer = await client.market.search({ query });
      if (!answer.ok) return reportFailure(io, answer.error);
      if (options.json === true) io.out(json(answer.value));
      else if (answer.value.length === 0) io.out(`Nothing matches "${query}".\n`);
      else io.out(table(COLUMNS, answer.value.map(rowOf), io.colour));
      return EXIT.done;
    });
    end(code);
  });
};

function rowOf(match: InstrumentMatch): readonly Cell[] {
  const { symbol, securityType, primaryExchange, currency, conId, longName } = match;
  return [symbol, securityType, primaryExchange, currency, String(conId), longName].map(plain);
}
