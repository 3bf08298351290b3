/**
 * The nonce that the content security policy of the host lets style elements in with; the grid puts its own style element
 * into the page. Without a policy there is none.
 */
export function styleNonce(): string | undefined {
  const meta = document.querySelector('meta[property="csp-nonce"]');
  return meta instanceof HTMLElement && meta.nonce !== '' ? meta.nonce : undefined;
}
