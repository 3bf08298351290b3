import { contextBridge, ipcRenderer } from 'electron';
import { MENU_COMMANDS, PORT_MESSAGE, type WorkstationBridge } from '#api/window-bridge';
import { DELIVER_PORT, MENU, REQUEST_PORT } from './channels';

// A port can not cross the context bridge; as a window message to our own origin it can.
ipcRenderer.on(DELIVER_PORT, ({ ports }) => window.postMessage(PORT_MESSAGE, window.location.origin, [...ports]));

const bridge: WorkstationBridge = {
  platform: process.platform,
  requestPort: () => ipcRenderer.send(REQUEST_PORT),
  onMenu: (listener) => {
    const hear = (_event: unknown, chosen: unknown): void => {
      const command = MENU_COMMANDS.find((it) => it === chosen);
      if (command !== undefined) listener(command);
    };
    ipcRenderer.on(MENU, hear);
    return () => void ipcRenderer.removeListener(MENU, hear);
  },
};
contextBridge.exposeInMainWorld('workstation', Object.freeze(bridge));
