import { pass, unknownUnlessReducing, type RiskCheck } from '#engine/risk/risk-check';

/** A price that adds risk rests on real-time data, not halted, with a tick or heartbeat no older than the limit. */
export const freshness: RiskCheck = {
  name: 'freshness',
  check: (context) => {
    const { quote, quoteAgeMs, settings, subject } = context;
    const { symbol } = subject;
    if (quote === null || quoteAgeMs === null) {
      return unknownUnlessReducing('freshness', context, { code: 'NO_QUOTE', symbol });
    }
    if (quote.kind !== 'real-time' || !quote.live) {
      const kind = quote.live ? quote.kind : 'interrupted';
      return unknownUnlessReducing('freshness', context, { code: 'QUOTE_NOT_REAL_TIME', symbol, kind });
    }
    if (quote.halted) return unknownUnlessReducing('freshness', context, { code: 'HALTED', symbol });
    if (quoteAgeMs > settings.quoteAgeMaxMs) {
      const limitMs = settings.quoteAgeMaxMs;
      return unknownUnlessReducing('freshness', context, { code: 'QUOTE_STALE', symbol, ageMs: quoteAgeMs, limitMs });
    }
    return pass('freshness');
  },
};
