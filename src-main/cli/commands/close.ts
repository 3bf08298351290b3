import { symbolSchema } from '#domain/instrument';
import type { Define } from '#cli/define';
import { giveRiskyCommand } from '#cli/give-risky-command';
import { judgePlacement } from '#cli/judges';
import { addExample, parsedAs } from '#cli/options';
import { addRiskOptions, type RiskyOptions } from '#cli/risk-options';

/** `close`: the whole position of a symbol. */
export const defineClose: Define = (command, io, end) => {
  command
    .description(
      'Closes the position of a symbol at the market. Its stops and targets stay until the closing order fills, and go with\n' +
        'each part of it that does.',
    )
    .argument('<symbol>', 'e.g. AAPL');
  addExample(addRiskOptions(command), 'close AAPL', 'close AAPL --preview');
  command.action(async (text: string, options: RiskyOptions) => {
    const symbol = parsedAs('SYMBOL', symbolSchema, text);
    end(await giveRiskyCommand(io, options, { kind: 'close-position', symbol }, judgePlacement));
  });
};
