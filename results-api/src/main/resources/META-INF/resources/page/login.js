// Logging in at the OpenID Connect provider that the service names: an authorization code with PKCE (RFC 7636). The token is this tab's key, and
// is renewed before it ends.

import {RENEWAL, key, setKey} from './session.js';

const BEGUN = 'streampane.login';
const PAGE = location.origin + '/';
/** Milliseconds before a token's end at which it is renewed. */
const EARLY = 30_000;
/** The least milliseconds until the provider is asked again. */
export const AGAIN = 5_000;

/** Where to log in; null where a key or token must be given. Without https a browser has no SHA-256. */
export async function provider() {
  const answer = isSecureContext && await fetch('/page/login');
  return answer && answer.status === 200 ? answer.json() : null;
}

/** Goes to the provider's page, which leads back to `returned`. */
export async function login({authorize, token, client, scope}) {
  const verifier = random();
  const state = random();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  sessionStorage.setItem(BEGUN, JSON.stringify({token, client, verifier, state, view: location.hash}));
  const url = new URL(authorize);
  new URLSearchParams({response_type: 'code', client_id: client, redirect_uri: PAGE, scope, state,
    code_challenge: base64url(hash), code_challenge_method: 'S256'}).forEach((value, name) => url.searchParams.set(name, value));
  location.assign(url);
}

/** After the provider's redirect: restores the view that was open, and gets the token. Throws if there is none. */
export async function returned() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state')) {
    return;
  }
  const begun = JSON.parse(sessionStorage.getItem(BEGUN));
  sessionStorage.removeItem(BEGUN);
  history.replaceState(null, '', PAGE + (begun?.view ?? location.hash));
  if (begun?.state !== answer.get('state')) {
    throw new Error('The provider answers what this tab did not ask.');
  }
  if (!answer.has('code')) {
    throw new Error(answer.get('error_description') ?? answer.get('error') ?? 'The provider gives no code.');
  }
  await take(begun, {grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: PAGE, code_verifier: begun.verifier});
}

let renewing = null;

/** Renews a token that ends soon. If that fails it stays: the service refuses it once it is no longer valid. */
export async function renewed() {
  const renewal = renewalOf();
  if (!renewing && renewal && renewal.at <= Date.now()) {
    sessionStorage.setItem(RENEWAL, JSON.stringify({...renewal, at: Date.now() + AGAIN, due: true}));
    renewing = take(renewal, {grant_type: 'refresh_token', refresh_token: renewal.refresh}).catch(() => {}).finally(() => renewing = null);
  }
  await renewing;
}

/** Whether the token's renewal is due, and the provider has neither given the next one nor refused to. */
export const due = () => Boolean(renewalOf()?.due);

/** Ends the renewal if the content security policy bars the provider, which the service did not know when the page was loaded. */
export function barred(uri) {
  const renewal = renewalOf();
  if (renewal && uri.startsWith(new URL(renewal.token).origin)) {
    sessionStorage.removeItem(RENEWAL);
  }
}

const renewalOf = () => JSON.parse(sessionStorage.getItem(RENEWAL));

async function take({token, client}, question) {
  const before = key();
  const answer = await fetch(token, {method: 'POST', body: new URLSearchParams({...question, client_id: client}), signal: AbortSignal.timeout(10_000)});
  const given = await answer.json().catch(() => ({}));
  if (key() !== before) {
    return;
  }
  if (!given.access_token) {
    if (answer.status < 500 && ![408, 429].includes(answer.status)) {
      sessionStorage.removeItem(RENEWAL);
    }
    throw new Error(given.error_description ?? given.error ?? `The provider answers ${answer.status}.`);
  }
  setKey(given.access_token);
  const refresh = given.refresh_token ?? question.refresh_token;
  if (refresh && given.expires_in) {
    sessionStorage.setItem(RENEWAL, JSON.stringify({token, client, refresh, at: Date.now() + Math.max(given.expires_in * 1000 - EARLY, AGAIN)}));
  }
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const base64url = bytes => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
