import type { FeedStart } from '#domain/feed';
import type { Status } from '#api/schemas';
import { formatAge, formatDateTime, NOT_KNOWN } from '#domain/format';
import { trafficOn, type OrderTraffic } from '#domain/order-traffic';
import { DATA_FARMS } from '#domain/quote';
import { counted, describeConnection, describeProof, describeTradingState } from '#domain/session-words';
import type { Define } from '#cli/define';
import { describeDifference } from '#cli/documents';
import { EXIT } from '#cli/exit-code';
import { facts, json } from '#cli/format';
import { addCommonOptions, addExample, type CommonOptions } from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

/** Messages about orders for each execution and one more: IBKR's order efficiency ratio. */
const IBKR_RATIO_MAX = 20;

/** `status`: can I trade right now? */
export const defineStatus: Define = (command, io, end) => {
  addExample(addCommonOptions(command.description('Says whether orders can be sent now, and if not why.')), 'status');
  command.action(async (options: CommonOptions) => {
    const code = await withWorkstation(io, options, async (client) => {
      const answer = await client.system.status();
      if (!answer.ok) return reportFailure(io, answer.error);
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const { unexplained } = start.value.snapshot;
      const orderTraffic = trafficOn(start.value.snapshot.orderTraffic, answer.value.now);
      const { farms } = start.value.conflated.meters;
      if (options.json === true) io.out(json({ ...answer.value, unexplained, farms, orderTraffic }));
      else io.out(facts(factsOf(answer.value, start.value, orderTraffic, io.timeZone), io.colour));
      return EXIT.done;
    });
    end(code);
  });
};

function factsOf(
  status: Status,
  { snapshot: { unexplained }, conflated: { meters } }: FeedStart,
  orderTraffic: OrderTraffic,
  timeZone: string,
): readonly (readonly [string, string])[] {
  const { connection, trading, proof, now } = status;
  const farms = DATA_FARMS.flatMap((farm) =>
    meters.farms[farm] === undefined ? [] : [`${farm} ${meters.farms[farm]}`],
  );
  const age = (since: number): string => formatAge(now - since);
  return [
    ['Mode', status.mode.toUpperCase()],
    ['Account', status.account ?? NOT_KNOWN],
    ['Connection', `${describeConnection(connection)} (since ${age(connection.since)})`],
    ['Trading', describeTradingState(trading)],
    ['Reconciled', proof === null ? 'not yet' : `${age(proof.at)} ago: ${describeProof(proof)}`],
    [
      'Unexplained',
      unexplained.length === 0
        ? 'nothing'
        : `${unexplained.map((difference) => describeDifference(difference, now)).join('; ')}. See: ibkr-trader reconciliation`,
    ],
    ['Data farms', farms.length === 0 ? NOT_KNOWN : farms.join(', ')],
    ['Live orders', String(status.liveOrders)],
    ['Journal', `event ${status.sequence}, ${status.durableSequence} on disk`],
    ['Latency', status.roundTripMs === null ? NOT_KNOWN : `${status.roundTripMs.toFixed(1)} ms`],
    ['Messages', `${status.messagesPerSecond} of ${meters.messagesPerSecondMax} a second`],
    ['Efficiency', describeTraffic(orderTraffic)],
    ['Started', `${formatDateTime(status.startedAt, timeZone)} (${timeZone})`],
    ['Version', status.version],
    ['Process', String(status.processId)],
    ['Data', status.dataDirectory],
  ];
}

function describeTraffic({ messages, executions }: OrderTraffic): string {
  const ratio = (messages / (executions + 1)).toFixed(1);
  return `${messages} order messages today for ${counted(executions, 'execution')}: ratio ${ratio}, IBKR asks for less than ${IBKR_RATIO_MAX}`;
}
