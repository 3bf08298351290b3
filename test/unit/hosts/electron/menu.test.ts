import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { MENU_COMMANDS } from '#api/window-bridge';
import { menuTemplate } from '#hosts/electron/menu';

function flatten(items: readonly MenuItemConstructorOptions[]): readonly MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])]);
}
const rolesOf = (items: readonly MenuItemConstructorOptions[]) => items.flatMap(({ role }) => role ?? []);

test('every command of the menu is there once, and is sent when it is chosen', () => {
  const sent: string[] = [];
  const items = flatten(menuTemplate({ platform: 'linux', development: false, send: (command) => sent.push(command) }));
  const commands = items.filter(({ click }) => click !== undefined);
  for (const { click } of commands) Reflect.apply(click ?? (() => undefined), undefined, []);
  expect([...sent].sort()).toEqual([...MENU_COMMANDS].sort());
  expect(commands.map(({ id }) => id)).toEqual(sent);
});

test('keys that the window takes are shown but not taken twice, and on macOS not shown', () => {
  const linux = flatten(menuTemplate({ platform: 'linux', development: false, send: () => undefined }));
  expect(linux.find(({ id }) => id === 'cancel-all')).toMatchObject({ accelerator: 'A', registerAccelerator: false });
  expect(
    linux.every(({ accelerator, registerAccelerator }) => accelerator === undefined || registerAccelerator === false),
  ).toBe(true);
  const mac = flatten(menuTemplate({ platform: 'darwin', development: false, send: () => undefined }));
  expect(mac.some(({ accelerator }) => accelerator !== undefined)).toBe(false);
  expect(rolesOf(mac)).toContain('appMenu');
});

test('reload and the developer tools are there in a development run only', () => {
  const roles = (development: boolean) =>
    rolesOf(flatten(menuTemplate({ platform: 'linux', development, send: () => undefined })));
  expect(roles(true)).toEqual(expect.arrayContaining(['reload', 'toggleDevTools', 'quit', 'editMenu', 'about']));
  expect(roles(false)).not.toContain('reload');
  expect(roles(false)).not.toContain('toggleDevTools');
});
