import type { ProtectRequest } from '#domain/command';
import { symbolSchema } from '#domain/instrument';
import { enteredPriceSchema, type Price } from '#domain/money';
import type { Define } from '#cli/define';
import { UsageError } from '#cli/exit-code';
import { giveRiskyCommand } from '#cli/give-risky-command';
import { judgePlacement } from '#cli/judges';
import { addExample, parsedAs, valueOption } from '#cli/options';
import { addRiskOptions, type RiskyOptions } from '#cli/risk-options';
import { addTrailOptions, notBesideTrail, trailOf, type TrailOptions } from '#cli/trail-options';

interface ProtectOptions extends RiskyOptions, TrailOptions {
  readonly stop?: Price;
}

/** `protect`: a stop for what is held and has none. */
export const defineProtect: Define = (command, io, end) => {
  command
    .description('Places a stop for the part of a position that no stop protects yet: fixed, or trailing.')
    .argument('<symbol>', 'e.g. AAPL')
    .addOption(valueOption('--stop <price>', 'trigger of a fixed stop', enteredPriceSchema));
  addTrailOptions(command);
  addExample(addRiskOptions(command), 'protect AAPL --stop 145', 'protect AAPL --trail-percent 2');
  command.action(async (text: string, options: ProtectOptions) => {
    const symbol = parsedAs('SYMBOL', symbolSchema, text);
    const request = { symbol, protection: protectionOf(options) };
    end(await giveRiskyCommand(io, options, { kind: 'protect-position', request }, judgePlacement));
  });
};

function protectionOf(options: ProtectOptions): ProtectRequest['protection'] {
  const { stop } = options;
  const trail = trailOf(options);
  if (stop !== undefined && trail !== null) throw notBesideTrail('--stop', stop, trail);
  if (stop !== undefined) return { by: 'stop', stop };
  if (trail !== null) return { by: 'trail', trail };
  throw new UsageError('--stop, --trail-percent, --trail-amount: missing; say which stop, e.g. --stop 145');
}
