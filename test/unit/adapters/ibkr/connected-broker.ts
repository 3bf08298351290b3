import type { IBApi } from '@stoqey/ib';
import { onTestFinished } from 'vitest';
import { createIbBroker, type IbBroker } from '#adapters/ibkr/ib-broker';
import type { IbApiOptions } from '#adapters/ibkr/ib-library';
import { clientId as mintClientId, type AccountId } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import { manualClock, type ManualClock } from '#test/builders/manual-clock';
import { fakeTws, type FakeSession, type FakeTws, type FakeTwsOptions } from './fake-tws';
import * as wire from './wire-messages';

const ALIVE_STEP_MS = 2_000;

type Kind = BrokerFact['kind'];
export type FactOf<K extends Kind> = Extract<BrokerFact, { kind: K }>;

/** Facts as they come, and the way to wait for one. */
export class FactLog {
  readonly all: BrokerFact[] = [];
  #taken = 0;
  #wake: () => void = () => undefined;

  readonly put = (fact: BrokerFact): void => {
    this.all.push(fact);
    this.#wake();
  };

  of<K extends Kind>(kind: K): readonly FactOf<K>[] {
    return this.all.filter((fact): fact is FactOf<K> => fact.kind === kind);
  }

  /** The next fact of that kind after the last one taken; those in between are passed over. */
  async next<K extends Kind>(kind: K): Promise<FactOf<K>> {
    for (;;) {
      const isWanted = (fact: BrokerFact): fact is FactOf<K> => fact.kind === kind;
      for (const [offset, fact] of this.all.slice(this.#taken).entries()) {
        if (!isWanted(fact)) continue;
        this.#taken += offset + 1;
        return fact;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

export interface BrokerWorldOptions extends FakeTwsOptions {
  readonly clientId?: number;
  /** The account whose figures are asked for. */
  readonly account?: AccountId;
  readonly random?: () => number;
  readonly createApi?: (options: IbApiOptions) => IBApi;
  readonly host?: string;
  readonly listener?: (fact: BrokerFact) => void;
}

export interface BrokerWorld {
  readonly broker: IbBroker;
  readonly tws: FakeTws;
  readonly clock: ManualClock;
  readonly facts: FactLog;
  readonly faults: Error[];
}

/** A broker that has been started against a fake TWS. */
export async function startedBroker(options: BrokerWorldOptions = {}): Promise<BrokerWorld> {
  const tws = await fakeTws(options);
  const clock = manualClock();
  const facts = new FactLog();
  const faults: Error[] = [];
  const broker = createIbBroker({
    host: options.host ?? '127.0.0.1',
    port: tws.port,
    clientId: mintClientId(options.clientId ?? 7),
    clock,
    account: options.account ?? null,
    random: options.random ?? (() => 0),
    onFault: (error) => faults.push(error),
    ...(options.createApi === undefined ? {} : { createApi: options.createApi }),
  });
  onTestFinished(async () => {
    await broker.stop();
    await tws.stop();
  });
  broker.start((fact) => {
    facts.put(fact);
    options.listener?.(fact);
  });
  return { broker, tws, clock, facts, faults };
}

/** A broker whose session is up, with the TWS side of it. */
export async function connectedBroker(
  options: BrokerWorldOptions = {},
): Promise<BrokerWorld & { readonly session: FakeSession }> {
  const world = await startedBroker(options);
  await world.facts.next('link-up');
  return { ...world, session: await world.tws.session() };
}

/** Lets `ms` pass while TWS says something every other second; facts up to then count as taken. */
export async function livelyTimePasses(
  { clock, facts, session }: BrokerWorld & { readonly session: FakeSession },
  ms: number,
): Promise<void> {
  for (let passed = 0; passed < ms; passed += ALIVE_STEP_MS) {
    clock.advance(Math.min(ALIVE_STEP_MS, ms - passed));
    session.send(wire.currentTime(), wire.accountValue('NetLiquidation', String(passed)));
    await facts.next('account-value');
  }
}
