import type { ReactElement } from 'react';
import { Fragment } from 'react';
import { formatQuantity } from '#domain/format';
import { ratioOf, subtract, toNumber, type Price } from '#domain/money';
import type { LegRole } from '#domain/order-record';
import type { Side } from '#domain/order-spec';
import { describeTerms } from '#domain/order-words';
import { counted } from '#domain/session-words';
import type { RiskDecision } from '#domain/risk-decision';
import { formatChangePercent } from '#renderer/format/display';
import type { TicketCommand } from '#renderer/panels/order-ticket/read-ticket';
import type { RewardAndRisk } from '#renderer/panels/order-ticket/ticket-words';

/** Stop, entry and target on one line, to scale: how much is risked for how much. */
export function RewardRiskBar({
  outlook,
  side,
}: {
  readonly outlook: RewardAndRisk;
  readonly side: Side;
}): ReactElement | null {
  const { entry, stop, target, ratio } = outlook;
  if (target === null || ratio === null) return null;
  const [low, high] = [Math.min(toNumber(stop), toNumber(target)), Math.max(toNumber(stop), toNumber(target))];
  const at = (price: Price): number => 2 + ((toNumber(price) - low) / (high - low)) * 316;
  // The stop is always at the left, so that the eye finds the risk at one place.
  const x = (price: Price): number => (side === 'BUY' ? at(price) : 320 - at(price));
  const away = (price: Price): string => {
    const change = ratioOf(subtract(price, entry), entry);
    return change === undefined ? '' : formatChangePercent(change);
  };
  return (
    <div className="reward-risk">
      <svg viewBox="0 0 320 12" preserveAspectRatio="none" aria-hidden>
        <rect className="risk" x={x(stop)} y={4} width={x(entry) - x(stop)} height={4} />
        <rect className="reward" x={x(entry)} y={4} width={x(target) - x(entry)} height={4} />
        {[stop, entry, target].map((price) => (
          <rect key={price} className="mark" x={x(price) - 1} y={0} width={2} height={12} />
        ))}
      </svg>
      <p>
        <span>Stop {away(stop)}</span>
        <span>
          Reward : risk <b>{ratio.toFixed(2)}</b>
        </span>
        <span>Target {away(target)}</span>
      </p>
    </div>
  );
}

const ROLE_NOTES = {
  parent: 'entry',
  'take-profit': 'target, once filled',
  'stop-loss': 'stop, once filled',
  cover: 'stop',
  'protective-stop': 'stop',
  oco: 'one of them',
} as const satisfies Record<LegRole, string>;

/** The orders that will go to IBKR: of an OCO group, which is decided order by order, all of them. */
export function WillSend({
  command,
  decision,
}: {
  readonly command: TicketCommand;
  readonly decision: RiskDecision;
}): ReactElement | null {
  const { subject } = decision.context;
  if (subject.action !== 'place') return null;
  const legs =
    command.kind === 'place-oco'
      ? command.request.legs.map((leg) => ({ ...leg, role: 'oco' as const }))
      : subject.legs.map((leg) => ({ ...leg, symbol: subject.symbol }));
  const many = legs.length > 1;
  return (
    <>
      <div className="section-head">
        Will send
        <span>
          {counted(legs.length, 'order')}
          {many ? ', one group' : ''}
        </span>
      </div>
      <div className="will-send">
        {legs.map((leg, index) => (
          // The orders stand in the order they are sent; two of them may be alike.
          <Fragment key={index}>
            <span className={`side ${leg.side.toLowerCase()}`}>{leg.side}</span>
            <span>
              {formatQuantity(leg.quantity)} {leg.symbol === subject.symbol ? '' : `${leg.symbol} `}
              {describeTerms(leg.terms)}
            </span>
            <span>{leg.timeInForce}</span>
            <span className="t3">{many ? ROLE_NOTES[leg.role] : ''}</span>
          </Fragment>
        ))}
      </div>
    </>
  );
}
