import { assert } from '#domain/assert';
import type { Command, CommandReply } from '#domain/command';
import type { EventOf } from '#domain/engine-event';
import { alarmId, type AlarmId } from '#domain/ids';
import { changedLimits, firstDefaults, isSameLimits, looserThanGlobal, whyNotSet } from '#domain/limit-change';
import type { Origin } from '#domain/order-record';
import type { LimitTable } from '#domain/symbol-limits';
import { accepted, refused } from '#engine/reply';
import { reasonText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';
import type { EngineInput } from '#ports/engine-input';

const FILE_ALARM = alarmId('limits-file');
const CLAMPED_ALARM = alarmId('limits-clamped');
/** Symbols in one event: a long table is told in several, each of which fits into a line of the journal. */
const EVENT_SYMBOLS_MAX = 500;
/** Looser limits that are named in an alarm; the others are counted. */
const NAMED_MAX = 3;

type SymbolChange = EventOf<'limits-changed'>['symbols'][number];

/**
 * A person sets limits of one symbol: never looser than the global ones. The file has them already; that nothing changes
 * any more is what a repeated command after a crash finds.
 */
export function setSymbolLimit(
  turn: Turn,
  origin: Origin,
  { symbol, change }: Extract<Command, { kind: 'set-symbol-limit' }>,
): CommandReply {
  assert(origin === 'window' || origin === 'cli', 'only a person sets limits by command');
  const { symbolLimits, defaultLimits, settings } = turn.state.durable;
  const why = whyNotSet(symbol, change, settings.risk);
  if (why !== null) return refused(why);
  const before = symbolLimits.get(symbol) ?? null;
  const after = changedLimits(before, change);
  if (isSameLimits(before, after)) return accepted([], null);
  turn.emit({
    type: 'limits-changed',
    origin,
    ...(defaultLimits === null ? { defaults: firstDefaults(settings.risk) } : {}),
    symbols: [{ symbol, before, after }],
  });
  tellClamped(turn);
  return accepted([], null);
}

/** The limits that symbol_limits.json holds now; what differs from those in force takes their place. */
export function onLimits(turn: Turn, input: Extract<EngineInput, { kind: 'limits' }>): void {
  const { limits, why, renamed } = input;
  if (limits === null) {
    const inForce =
      turn.state.durable.symbolLimits.size > 0 ? 'The limits in force stay' : 'Only the global limits are in force';
    tell(turn, FILE_ALARM, `symbol_limits.json is not used. ${inForce}. Correct it: it is read again at once. ${why}`);
    return;
  }
  withdraw(turn, FILE_ALARM);
  emitChanges(turn, limits);
  tellClamped(turn);
  if (renamed !== undefined) tellRenamed(turn, renamed);
}

function emitChanges(turn: Turn, limits: LimitTable): void {
  const { symbolLimits, defaultLimits } = turn.state.durable;
  const symbols = [...new Set([...symbolLimits.keys(), ...limits.symbols.keys()])].flatMap((symbol): SymbolChange[] => {
    const before = symbolLimits.get(symbol) ?? null;
    const after = limits.symbols.get(symbol) ?? null;
    return isSameLimits(before, after) ? [] : [{ symbol, before, after }];
  });
  const hasNewDefaults = !isSameLimits(defaultLimits, limits.defaults);
  if (hasNewDefaults || symbols.length > 0) {
    turn.emit({
      type: 'limits-changed',
      origin: 'file',
      ...(hasNewDefaults ? { defaults: limits.defaults } : {}),
      symbols: symbols.slice(0, EVENT_SYMBOLS_MAX),
    });
  }
  for (let from = EVENT_SYMBOLS_MAX; from < symbols.length; from += EVENT_SYMBOLS_MAX) {
    turn.emit({ type: 'limits-changed', origin: 'file', symbols: symbols.slice(from, from + EVENT_SYMBOLS_MAX) });
  }
}

/** No limit is looser than the global one, whatever the file says: a person must know which do not count. */
function tellClamped(turn: Turn): void {
  const { symbolLimits, defaultLimits, settings } = turn.state.durable;
  const all = [...(defaultLimits === null ? [] : [['default', defaultLimits] as const]), ...symbolLimits];
  const looser = all.flatMap(([name, limits]) =>
    looserThanGlobal(limits, settings.risk).map((words) => `${name} ${words}`),
  );
  if (looser.length === 0) {
    withdraw(turn, CLAMPED_ALARM);
    return;
  }
  const more = looser.length > NAMED_MAX ? ` and ${looser.length - NAMED_MAX} more` : '';
  const named = `${looser.slice(0, NAMED_MAX).join('; ')}${more}`;
  tell(
    turn,
    CLAMPED_ALARM,
    `symbol_limits.json has limits that are looser than the global ones, which count instead: ${named}. Make them stricter there, or the global ones looser in settings.json.`,
  );
}

/** A symbol got another name, and its limits went with it. */
function tellRenamed(turn: Turn, { from, to }: { readonly from: string; readonly to: string }): void {
  const text = `${from} is called ${to} at IBKR now. Its limits are kept under ${to} in symbol_limits.json.`;
  tell(turn, alarmId(`limits-renamed-${to.replaceAll(' ', '.')}`), text);
}

/** A file of people's beside the limits can not be used, or can again. */
export function onFile(turn: Turn, { file, why }: Extract<EngineInput, { kind: 'file' }>): void {
  const id = alarmId(`file-${file}`);
  if (why === '') withdraw(turn, id);
  else
    tell(
      turn,
      id,
      `${file} is not used; what was read of it before stays. Correct it: it is read again at once. ${why}`,
    );
}

/** Raises a warning, unless it stands with the same words. */
function tell(turn: Turn, id: AlarmId, words: string): void {
  const text = reasonText(words);
  if (turn.state.durable.alarms.get(id)?.text === text) return;
  turn.emit({ type: 'alarm-raised', alarm: { id, at: turn.at, severity: 'warning', text, orderId: null } });
}

function withdraw(turn: Turn, alarm: AlarmId): void {
  if (!turn.state.durable.alarms.has(alarm)) return;
  turn.emit({ type: 'alarm-cleared', alarmId: alarm, origin: 'manager' });
}
