import {
  DockviewReact,
  type DockviewApi,
  type DockviewReadyEvent,
  type DockviewTheme,
  type IDockviewHeaderActionsProps,
  type IDockviewPanelHeaderProps,
} from 'dockview-react';
import { useState, type FunctionComponent, type ReactElement } from 'react';
import { counted } from '#domain/session-words';
import { useUnexplained } from '#renderer/components/differences.tsx';
import { Button } from '#renderer/components/button.tsx';
import { Icon } from '#renderer/components/icon.tsx';
import { Panel } from '#renderer/components/panel.tsx';
import { useSession } from '#renderer/components/session-context.tsx';
import { ActiveOrders, ActiveOrdersActions } from '#renderer/panels/active-orders/active-orders.tsx';
import { Activity, ActivityActions } from '#renderer/panels/activity/activity.tsx';
import { Connection } from '#renderer/panels/connection/connection.tsx';
import { Correlation } from '#renderer/panels/correlation/correlation.tsx';
import { Limits, LimitsActions } from '#renderer/panels/limits/limits.tsx';
import { OrderTicket } from '#renderer/panels/order-ticket/order-ticket.tsx';
import { Positions, PositionsActions } from '#renderer/panels/positions/positions.tsx';
import { PANELS, type PanelId } from '#renderer/stores/ui-store';

export const PANEL_TITLES: Readonly<Record<PanelId, string>> = {
  'active-orders': 'Active Orders',
  'order-ticket': 'Order ticket',
  positions: 'Positions',
  activity: 'Activity',
  connection: 'Connection',
  limits: 'Limits',
  correlation: 'Correlation',
};
const TICKET_WIDTH = 348;
const TICKET_WIDTH_WIDE = 376;
const POSITIONS_WIDTH = 556;
const POSITIONS_WIDTH_WIDE = 652;
const ACTIVITY_WIDTH_WIDE = 340;
const BOTTOM_HEIGHT = 280;

const theme: DockviewTheme = {
  name: 'workstation',
  className: 'dockview-theme-workstation',
  gap: 4,
  dndOverlayMounting: 'absolute',
  dndPanelOverlay: 'group',
};

function framed(id: PanelId, Body: FunctionComponent): FunctionComponent {
  return function FramedPanel() {
    return (
      <Panel id={id} name={PANEL_TITLES[id]}>
        <Body />
      </Panel>
    );
  };
}

const components: Record<PanelId, FunctionComponent> = {
  'active-orders': framed('active-orders', ActiveOrders),
  'order-ticket': framed('order-ticket', OrderTicket),
  positions: framed('positions', Positions),
  activity: framed('activity', Activity),
  connection: framed('connection', Connection),
  limits: framed('limits', Limits),
  correlation: framed('correlation', Correlation),
};

/** A tab is its title: panels move and stack, but none can be closed and lost. */
function PanelTab({ api }: IDockviewPanelHeaderProps): ReactElement {
  const unexplained = useUnexplained().length;
  return (
    <span className="panel-tab">
      {api.title}
      {api.id === 'connection' && unexplained > 0 ? (
        // No words: the tab's accessible name is its title, and both have to say the same. The alarm says the rest.
        <span className="tab-mark" title={`${counted(unexplained, 'position')} unexplained`}>
          <Icon name="warn" size={12} />
        </span>
      ) : null}
    </span>
  );
}

/** A map of a hundred symbols wants the whole window for a while. */
function Enlarge({ api }: Pick<IDockviewHeaderActionsProps, 'api'>): ReactElement {
  const [isLarge, setLarge] = useState(() => api.isMaximized());
  return (
    <Button
      size="small"
      onClick={() => {
        if (isLarge) api.exitMaximized();
        else api.maximize();
        setLarge(!isLarge);
      }}
    >
      {isLarge ? 'Back to its place' : 'Enlarge'}
    </Button>
  );
}

/** The controls of the panel in front, at the right of its strip. */
function StripActions({ activePanel, api }: IDockviewHeaderActionsProps): ReactElement | null {
  if (activePanel?.id === 'active-orders')
    return (
      <div className="strip-actions">
        <ActiveOrdersActions />
      </div>
    );
  if (activePanel?.id === 'positions')
    return (
      <div className="strip-actions">
        <PositionsActions />
      </div>
    );
  if (activePanel?.id === 'limits')
    return (
      <div className="strip-actions">
        <LimitsActions />
      </div>
    );
  if (activePanel?.id === 'correlation')
    return (
      <div className="strip-actions">
        <Enlarge api={api} />
      </div>
    );
  if (activePanel?.id === 'activity')
    return (
      <div className="strip-actions">
        <ActivityActions />
      </div>
    );
  return null;
}

/** The default: orders in the middle, positions and limits below, the ticket at the right; where there is room, activity at the left. */
export function arrangeDefault(api: DockviewApi): void {
  api.clear();
  const add = (id: PanelId, position?: { referencePanel: PanelId; direction: 'right' | 'below' | 'within' }): void => {
    api.addPanel({ id, component: id, title: PANEL_TITLES[id], ...(position === undefined ? {} : { position }) });
  };
  const wide = api.width >= 1_760;
  add('active-orders');
  add('order-ticket', { referencePanel: 'active-orders', direction: 'right' });
  add('positions', { referencePanel: 'active-orders', direction: 'below' });
  add('limits', { referencePanel: 'positions', direction: 'right' });
  add('correlation', { referencePanel: 'limits', direction: 'within' });
  add('connection', { referencePanel: 'limits', direction: 'within' });
  if (wide)
    api.addPanel({
      id: 'activity',
      component: 'activity',
      title: PANEL_TITLES.activity,
      position: { direction: 'left' },
    });
  else add('activity', { referencePanel: 'positions', direction: 'within' });
  // From left to right, because each takes its room from what is right of it.
  if (wide) api.getPanel('activity')?.api.setSize({ width: ACTIVITY_WIDTH_WIDE });
  if (wide) api.getPanel('active-orders')?.api.setSize({ width: api.width - ACTIVITY_WIDTH_WIDE - TICKET_WIDTH_WIDE });
  api.getPanel('order-ticket')?.api.setSize({ width: wide ? TICKET_WIDTH_WIDE : TICKET_WIDTH });
  const height = Math.min(BOTTOM_HEIGHT, Math.round(api.height * 0.36));
  api.getPanel('positions')?.api.setSize({ height, width: wide ? POSITIONS_WIDTH_WIDE : POSITIONS_WIDTH });
  api.getPanel('positions')?.api.setActive();
  api.getPanel('limits')?.api.setActive();
  api.getPanel('active-orders')?.api.setActive();
}

/** The layout kept last time, if it still holds every panel; else the default. */
function restore(api: DockviewApi, layout: unknown): void {
  if (isLayout(layout)) {
    try {
      api.fromJSON(layout);
      if (PANELS.every((id) => api.getPanel(id) !== undefined)) return;
    } catch {
      // A layout of another version: the default does.
    }
  }
  arrangeDefault(api);
}

type Layout = Parameters<DockviewApi['fromJSON']>[0];
function isLayout(value: unknown): value is Layout {
  return typeof value === 'object' && value !== null && 'grid' in value && 'panels' in value;
}

/** The docking workspace. Its layout is kept with the window's other choices. */
export function Workspace({ onReady }: { readonly onReady: (api: DockviewApi) => void }): ReactElement {
  const { ui } = useSession();
  const ready = ({ api }: DockviewReadyEvent): void => {
    restore(api, ui.getState().layout);
    api.onDidLayoutChange(() => ui.setState({ layout: api.toJSON() }));
    onReady(api);
  };
  return (
    <main className="dock">
      <DockviewReact
        theme={theme}
        components={components}
        defaultTabComponent={PanelTab}
        rightHeaderActionsComponent={StripActions}
        onReady={ready}
        disableFloatingGroups
        keyboardNavigation={false}
      />
    </main>
  );
}
