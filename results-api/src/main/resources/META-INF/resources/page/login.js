// Logging in at the OpenID Connect provider that the service names: an authorization code with PKCE (RFC 7636). The token is this tab's key, and
// is renewed before it ends.

import {RENEWAL, setKey} from './session.js';

const BEGUN = 'streampane.login';
/** So many milliseconds before a token ends the next one is asked for. */
const EARLY = 30_000;

/** Where to log in; null where a key or token must be given. Without https there is no SHA-256 in a browser. */
export async function provider() {
  const answer = isSecureContext && await fetch('/page/login');
  return answer && answer.status === 200 ? answer.json() : null;
}

/** Leaves for the provider's page, which comes back to `returned`. */
export async function login({authorize, token, client}) {
  const verifier = random();
  const state = random();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  sessionStorage.setItem(BEGUN, JSON.stringify({token, client, verifier, state, view: location.hash}));
  const url = new URL(authorize);
  new URLSearchParams({response_type: 'code', client_id: client, redirect_uri: page(), scope: 'openid', state,
    code_challenge: base64url(hash), code_challenge_method: 'S256'}).forEach((value, name) => url.searchParams.set(name, value));
  location.assign(url);
}

/** Comes back from the provider's page to the view that was open, with a token; or goes on with the one that there is. Fails when there is none. */
export async function returned() {
  const begun = JSON.parse(sessionStorage.getItem(BEGUN));
  const answer = new URLSearchParams(location.search);
  sessionStorage.removeItem(BEGUN);
  if (!begun || answer.get('state') !== begun.state) {
    await renewInTime();
    return;
  }
  history.replaceState(null, '', page() + begun.view);
  if (!answer.has('code')) {
    throw new Error(answer.get('error_description') ?? answer.get('error') ?? 'no code');
  }
  await take(begun, {grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: page(), code_verifier: begun.verifier});
}

async function take({token, client}, question) {
  const answer = await fetch(token, {method: 'POST', body: new URLSearchParams({...question, client_id: client})});
  const given = await answer.json();
  if (!answer.ok) {
    throw new Error(given.error_description ?? given.error);
  }
  setKey(given.access_token);
  const refresh = given.refresh_token ?? question.refresh_token;
  if (refresh && given.expires_in) {
    sessionStorage.setItem(RENEWAL, JSON.stringify({token, client, refresh, at: Date.now() + given.expires_in * 1000 - EARLY}));
    await renewInTime();
  }
}

async function renewInTime() {
  const renewal = JSON.parse(sessionStorage.getItem(RENEWAL));
  if (renewal && renewal.at > Date.now()) {
    setTimeout(() => renewInTime().catch(() => {}), renewal.at - Date.now());
  } else if (renewal) {
    sessionStorage.removeItem(RENEWAL);
    await take(renewal, {grant_type: 'refresh_token', refresh_token: renewal.refresh});
  }
}

const page = () => location.origin + location.pathname;

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const base64url = bytes => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
