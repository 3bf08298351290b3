import type { AccountId } from '#domain/ids';
import type { TradingMode } from '#domain/settings';

/** The first place where a journal can not be trusted. */
export interface JournalFault {
  readonly file: string;
  /** Counted from 1; the header is line 1. */
  readonly line: number;
  /** Where that line begins in the file. */
  readonly byteOffset: number;
  readonly found: string;
  readonly expected: string;
}

export type JournalRefusalReason =
  | { readonly kind: 'damaged'; readonly fault: JournalFault }
  | { readonly kind: 'other-mode'; readonly directory: string; readonly own: TradingMode; readonly wanted: TradingMode }
  | { readonly kind: 'other-account'; readonly directory: string; readonly own: AccountId; readonly wanted: AccountId };

function messageOf(reason: JournalRefusalReason): string {
  switch (reason.kind) {
    case 'damaged': {
      const { file, line, byteOffset, found, expected } = reason.fault;
      return [
        `The journal is damaged: ${file}, line ${line} (byte ${byteOffset}): found ${found}, expected ${expected}.`,
        'Nothing was changed. To recover, first copy the whole journal folder to a safe place. Then either restore',
        `this file from a backup, or keep only what comes before the damage: cut the file to ${byteOffset} bytes (delete it`,
        'if that is 0) and move every later segment away. Orders and positions are then reconciled with IBKR at the next connect.',
      ].join('\n');
    }
    case 'other-mode':
      return `The journal in ${reason.directory} belongs to ${reason.own} trading, not to ${reason.wanted}. Choose another data directory.`;
    case 'other-account':
      return `The journal in ${reason.directory} belongs to account ${reason.own}, but the connected account is ${reason.wanted}. Connect with ${reason.own}, or choose another data directory.`;
  }
}

/** A journal that must not be used as it is. The files are left untouched. */
export class JournalRefusal extends Error {
  override readonly name = 'JournalRefusal';
  readonly reason: JournalRefusalReason;

  constructor(reason: JournalRefusalReason) {
    super(messageOf(reason));
    this.reason = reason;
  }
}

/** @throws JournalRefusal always. */
export function refuseDamaged(fault: JournalFault): never {
  throw new JournalRefusal({ kind: 'damaged', fault });
}
