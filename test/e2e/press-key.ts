/**
 * Presses a key by Playwright's name for it (`m`, `Enter`, `Control+Enter`): a real X key event through the window system in
 * Electron, a browser key press in Chromium.
 */
export type PressKey = (key: string) => Promise<void>;
