import { formatAge, formatPrice, formatQuantity, NOT_KNOWN } from '#domain/format';
import { symbolSchema, type Instrument } from '#domain/instrument';
import type { Price, Quantity } from '#domain/money';
import { quoteAgeMs, type Quote } from '#domain/quote';
import { priceDecimals } from '#domain/tick-rules';
import type { Define } from '#cli/define';
import { describeQuality } from '#cli/documents';
import { EXIT } from '#cli/exit-code';
import { facts, json } from '#cli/format';
import { addCommonOptions, addExample, parsedAs, secondsOption, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

const TIMEOUT_SECONDS_MAX = 10;
const TIMEOUT_MS_DEFAULT = 5_000;

interface QuoteOptions extends CommonOptions {
  readonly timeout: number;
}

/** `quote`: what a symbol trades at. */
export const defineQuote: Define = (command, io, end) => {
  command
    .description('Shows bid, ask and last of a symbol; subscribes to it when it is new.')
    .argument('<symbol>', 'e.g. AAPL')
    .addOption(
      secondsOption('--timeout <seconds>', 'how long to wait for a first price', TIMEOUT_SECONDS_MAX).default(
        TIMEOUT_MS_DEFAULT,
        '5',
      ),
    );
  addExample(addCommonOptions(command), 'quote AAPL');
  command.action(async (text: string, options: QuoteOptions) => {
    const symbol = parsedAs('SYMBOL', symbolSchema, text);
    const code = await withWorkstation(io, options, async (client) => {
      const answer = await client.market.quote({ symbol, waitMs: options.timeout });
      if (!answer.ok) return reportFailure(io, answer.error);
      const { instrument, quote } = answer.value;
      if (options.json === true) io.out(json(answer.value));
      if (quote === null) {
        io.err(`${symbol}: no price within ${options.timeout / 1000} s.\n`);
        return EXIT.unknown;
      }
      if (options.json !== true) {
        const status = await client.system.status();
        if (!status.ok) return reportFailure(io, status.error);
        io.out(facts(factsOf(instrument, quote, quoteAgeMs(quote, null, status.value.now)), io.colour));
      }
      return EXIT.done;
    });
    end(code);
  });
};

function factsOf(instrument: Instrument, quote: Quote, ageMs: number | null): readonly (readonly [string, string])[] {
  const price = (value: Price | null): string =>
    value === null ? NOT_KNOWN : formatPrice(value, priceDecimals(instrument, value));
  const size = (value: Quantity | null): string => (value === null ? '' : ` × ${formatQuantity(value)}`);
  return [
    ['Symbol', `${instrument.symbol}  ${instrument.longName}`],
    ['Listed', `${instrument.primaryExchange}, ${instrument.currency}`],
    ['Bid', price(quote.bid) + size(quote.bidSize)],
    ['Ask', price(quote.ask) + size(quote.askSize)],
    ['Last', price(quote.last)],
    ['High', price(quote.high)],
    ['Low', price(quote.low)],
    ['Close', price(quote.close)],
    ['Volume', quote.volume === null ? NOT_KNOWN : formatQuantity(quote.volume)],
    ['Data', describeQuality(quote) ?? quote.kind],
    ['Last tick', ageMs === null ? NOT_KNOWN : `${formatAge(ageMs)} ago`],
  ];
}
