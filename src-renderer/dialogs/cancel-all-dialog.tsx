import { useCallback, useState, type ReactElement } from 'react';
import type { Command, CommandReply } from '#domain/command';
import { formatAge, formatMoney, formatQuantity } from '#domain/format';
import { add, isZero, notionalOf, quantity, ZERO_MONEY, ZERO_QUANTITY, type Money, type Quantity } from '#domain/money';
import { leavesQuantityOf, stateTimeOf, type OrderRecord } from '#domain/order-record';
import { limitOf, stopOf } from '#domain/order-spec';
import { describeTerms } from '#domain/order-words';
import { counted } from '#domain/session-words';
import type { WorkstationState } from '#domain/workstation-state';
import { Icon } from '#renderer/components/icon.tsx';
import { focusPanel } from '#renderer/components/panel.tsx';
import { Segmented } from '#renderer/components/segmented.tsx';
import { useNow, useSession, useUi, useWorkstation } from '#renderer/components/session-context.tsx';
import { useCommand } from '#renderer/components/use-command';
import { ClosedMarket } from '#renderer/dialogs/closed-market.tsx';
import { isOverrideReason } from '#renderer/dialogs/reason-field.tsx';
import { whyMarketClosed } from '#renderer/stores/closed-market';
import { ConfirmDialog } from '#renderer/dialogs/confirm-dialog.tsx';
import { ProgressLine } from '#renderer/dialogs/progress-line.tsx';
import { cancelGroupsOf, type CancelGroups } from '#renderer/stores/cancel-groups';
import { uncoveredBy } from '#renderer/stores/selectors';

/** Orders named in a group; the rest is counted. */
const NAMES_SHOWN_MAX = 12;
const ONE = quantity('1');

interface Ticks {
  readonly entries: boolean;
  readonly targets: boolean;
  readonly stops: boolean;
}

/** The command that cancels exactly what is ticked; null: nothing is. */
export function cancelCommandOf(groups: CancelGroups, ticks: Ticks, symbol: string | null): Command | null {
  const chosen = [
    ...(ticks.entries ? groups.entries : []),
    ...(ticks.targets ? groups.targets : []),
    ...(ticks.stops ? groups.stops : []),
  ];
  if (chosen.length === 0) return null;
  // Whole groups are said as such, so that an order placed this very moment is not missed.
  const othersWhole = (ticks.entries || groups.entries.length === 0) && (ticks.targets || groups.targets.length === 0);
  if (othersWhole) return { kind: 'cancel-all', symbol, keepStops: !ticks.stops };
  return { kind: 'cancel-orders', numbers: chosen.map((order) => order.number) };
}

/** Cancel all: what and how many, the stops by themselves with the shares that would lose theirs. */
export function CancelAllDialog(): ReactElement | null {
  const { ui } = useSession();
  const state = useWorkstation((store) => store.state);
  // The tables change in place: the revision is what makes this look again.
  useWorkstation((store) => store.recordsRevision);
  const selected = useUi((store) => store.selectedOrder);
  const [scope, setScope] = useState<'account' | 'symbol'>('account');
  const [reason, setReason] = useState('');
  const now = useNow();
  const [ticks, setTicks] = useState<Ticks>({ entries: true, targets: true, stops: true });
  const onReply = useCallback(
    (reply: CommandReply) => {
      if (reply.outcome !== 'accepted') return;
      ui.setState({ dialog: null });
      focusPanel(ui.getState().activePanel);
    },
    [ui],
  );
  const { progress, run, askAgain } = useCommand(onReply);
  if (state === null) return null;

  const chosenSymbol = selected === null ? null : (state.orders.get(selected)?.spec.symbol ?? null);
  const symbol = scope === 'symbol' ? chosenSymbol : null;
  const groups = cancelGroupsOf(state, symbol);
  const command = cancelCommandOf(groups, ticks, symbol);
  const count =
    (ticks.entries ? groups.entries.length : 0) +
    (ticks.targets ? groups.targets.length : 0) +
    (ticks.stops ? groups.stops.length : 0);
  const ticked = [
    ...(ticks.entries ? groups.entries : []),
    ...(ticks.targets ? groups.targets : []),
    ...(ticks.stops ? groups.stops : []),
  ];
  const waiting = ticked.flatMap((order) => whyMarketClosed(state, order, 'cancel', now) ?? []);
  const override = isOverrideReason(reason) ? { reason: reason.trim() } : undefined;
  const nothingOpen = waiting.length > 0 && waiting.length === ticked.length && override === undefined;
  const ownCount = (of: CancelGroups): number => of.entries.length + of.targets.length + of.stops.length;
  const toggleStops = (key: string): boolean => {
    if (key.toLowerCase() !== 's' || groups.stops.length === 0) return false;
    setTicks((before) => ({ ...before, stops: !before.stops }));
    return true;
  };

  return (
    <ConfirmDialog
      title="Cancel all orders"
      icon={<Icon name="warn" size={16} className="warn" />}
      width="w560"
      note="A fill can still cross a cancel."
      safeChoice="Keep all"
      onKey={toggleStops}
      verb={{
        words:
          command === null
            ? 'Nothing ticked'
            : waiting.length === 0
              ? `Cancel ${counted(count, 'order')}`
              : override === undefined
                ? `Cancel ${counted(count - waiting.length, 'order')}`
                : `Override and cancel ${counted(count, 'order')}`,
        tone: 'solid-danger',
        enabled: command !== null && !nothingOpen && progress.kind !== 'sending',
        act: () => {
          if (command !== null) run(command, waiting.length === 0 ? undefined : override);
        },
      }}
    >
      {chosenSymbol === null ? null : (
        <div className="subject">
          <span className="t2">Scope</span>
          <Segmented
            label="Scope"
            value={scope}
            onChange={setScope}
            options={[
              { value: 'account', text: 'Whole account', count: ownCount(cancelGroupsOf(state, null)) },
              { value: 'symbol', text: chosenSymbol, count: ownCount(cancelGroupsOf(state, chosenSymbol)) },
            ]}
          />
        </div>
      )}
      {ownCount(groups) === 0 ? (
        <div className="msg info" role="status">
          <Icon name="info" />
          <span>There is no live order of ours to cancel.</span>
        </div>
      ) : null}
      <div className="frame">
        <Group
          orders={groups.entries}
          name={groups.entries.length === 1 ? 'entry' : 'entries'}
          aside={valueWords(state, groups.entries)}
          ticked={ticks.entries}
          onTick={(entries) => setTicks({ ...ticks, entries })}
        />
        <Group
          orders={groups.targets}
          name={groups.targets.length === 1 ? 'target' : 'targets'}
          aside={`${formatQuantity(leavesOfAll(groups.targets))} shares`}
          ticked={ticks.targets}
          onTick={(targets) => setTicks({ ...ticks, targets })}
        />
        <StopsGroup
          state={state}
          stops={groups.stops}
          ticked={ticks.stops}
          onTick={(stops) => setTicks({ ...ticks, stops })}
        />
        <Untouched orders={groups.cancelling} words="already being cancelled" withAge />
        <Untouched orders={groups.external} words="of other IBKR clients, untouched" />
      </div>
      {waiting.length === 0 ? null : <ClosedMarket why={[...new Set(waiting)]} reason={reason} onReason={setReason} />}
      <ProgressLine progress={progress} onAskAgain={askAgain} />
    </ConfirmDialog>
  );
}

function Group({
  orders,
  name,
  aside,
  ticked,
  onTick,
}: {
  readonly orders: readonly OrderRecord[];
  readonly name: string;
  readonly aside: string;
  readonly ticked: boolean;
  readonly onTick: (ticked: boolean) => void;
}): ReactElement | null {
  if (orders.length === 0) return null;
  return (
    <div className="cancel-group">
      <label>
        <span className="tick">
          <input type="checkbox" checked={ticked} onChange={(event) => onTick(event.target.checked)} />
        </span>
        <span className="title">
          {orders.length} {name}
          {ticked ? '' : ' stay'}
        </span>
      </label>
      <em className="t2">{aside}</em>
      <p>
        <OrderNames orders={orders} />
      </p>
    </div>
  );
}

/** The stops: ticked at first, and what that means stands beside them. */
function StopsGroup({
  state,
  stops,
  ticked,
  onTick,
}: {
  readonly state: WorkstationState;
  readonly stops: readonly OrderRecord[];
  readonly ticked: boolean;
  readonly onTick: (ticked: boolean) => void;
}): ReactElement | null {
  if (stops.length === 0) return null;
  const uncovered = uncoveredBy(state, stops);
  const shares = formatQuantity(uncovered);
  return (
    <div className="cancel-group stops">
      <label>
        <span className="tick">
          <input type="checkbox" checked={ticked} onChange={(event) => onTick(event.target.checked)} />
        </span>
        <span className="title">
          {counted(stops.length, 'stop')}
          {ticked ? '' : ' stay'} <kbd aria-hidden>S</kbd>
        </span>
      </label>
      <em>
        {isZero(uncovered)
          ? 'no shares behind them yet'
          : ticked
            ? `${shares} shares lose their stop`
            : `${shares} shares stay protected`}
      </em>
      <p>
        <OrderNames orders={stops} />
      </p>
    </div>
  );
}

function Untouched({
  orders,
  words,
  withAge = false,
}: {
  readonly orders: readonly OrderRecord[];
  readonly words: string;
  readonly withAge?: boolean;
}): ReactElement | null {
  if (orders.length === 0) return null;
  return (
    <div className="cancel-group">
      <span />
      <span className="title t2">
        {orders.length} {words}
      </span>
      <span />
      <p>
        <OrderNames orders={orders} withAge={withAge} />
      </p>
    </div>
  );
}

function OrderNames({
  orders,
  withAge = false,
}: {
  readonly orders: readonly OrderRecord[];
  readonly withAge?: boolean;
}): ReactElement {
  const now = useNow();
  const more = orders.length - NAMES_SHOWN_MAX;
  return (
    <>
      {orders.slice(0, NAMES_SHOWN_MAX).map((order, index) => (
        <span key={order.id}>
          {index === 0 ? '' : ' · '}
          <span className="order-name">
            <b>{order.number}</b> {order.spec.side} {formatQuantity(leavesQuantityOf(order))} {order.spec.symbol}{' '}
            {describeTerms(order.spec.terms)}
            {withAge ? `, for ${formatAge(now - stateTimeOf(order))}` : ''}
          </span>
        </span>
      ))}
      {more > 0 ? ` · and ${more} more` : ''}
    </>
  );
}

function leavesOfAll(orders: readonly OrderRecord[]): Quantity {
  return orders.reduce((sum, order) => add(sum, leavesQuantityOf(order)), ZERO_QUANTITY);
}

/** What the entries would buy or sell, where their prices say so. */
function valueWords(state: WorkstationState, orders: readonly OrderRecord[]): string {
  let value: Money = ZERO_MONEY;
  for (const order of orders) {
    const price = limitOf(order.spec.terms) ?? stopOf(order.spec.terms);
    const instrument = state.instruments.get(order.spec.conId);
    if (price === null || (instrument !== undefined && instrument.currency !== 'USD')) return '';
    value = add(value, notionalOf(price, leavesQuantityOf(order), instrument?.multiplier ?? ONE));
  }
  return orders.length === 0 ? '' : `${formatMoney(value, 'USD')} of orders`;
}
