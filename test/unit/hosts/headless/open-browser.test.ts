import { expect, test } from 'vitest';
import { browserProgram } from '#hosts/headless/open-browser';

test.each([
  ['darwin', {}, ['open']],
  ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler']],
  ['linux', { DISPLAY: ':0' }, ['xdg-open']],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open']],
  ['linux', {}, null],
])('on %s with %o a page is shown by %o', (platform, env, program) => {
  expect(browserProgram(platform, env)).toEqual(program);
});
