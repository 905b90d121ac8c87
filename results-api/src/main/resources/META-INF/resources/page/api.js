// Requests to the API: with the key, with problems as errors, page by page to the end.

import {parse} from './json.js';
import {due, renewed} from './login.js';
import {query} from './query.js';
import {key} from './session.js';

/** A request that failed; `status` is 0 without an answer. */
export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail ?? problem.title ?? 'no answer');
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** How long to wait for an answer, ms; the service never takes so long. */
const LONGEST = 100_000;

async function ask(method, path, params, signal, longest = LONGEST) {
  await renewed();
  if (/[^ -~]/.test(key())) {
    throw new Refused(401, {detail: 'It has characters that no key has.'});
  }
  const shown = key();
  const headers = shown ? {Authorization: 'Bearer ' + shown} : {};
  signal?.throwIfAborted();
  const ending = new AbortController();
  const end = () => ending.abort(signal?.reason);
  const timer = setTimeout(end, longest);
  signal?.addEventListener('abort', end);
  let answer;
  let body;
  try {
    answer = await fetch(path + query(params), {method, headers, signal: ending.signal});
    body = await answer.text();
  } catch (e) {
    throw signal?.aborted ? e : new Refused(0, {detail: ending.signal.aborted ? 'The service does not answer.' : 'The service cannot be reached.'});
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
  if (answer.status === 401 && due()) {
    throw new Refused(0, {detail: 'The token has ended, and the provider has not given the next one yet.'});
  }
  if (!answer.ok) {
    let problem = {title: answer.statusText};
    try {
      problem = JSON.parse(body);
    } catch {
      problem.detail = `The service answers ${answer.status}.`;
    }
    // a proxy may send a date, which gives NaN
    const refused = new Refused(answer.status, problem, Number(answer.headers.get('Retry-After')) || 0);
    if (answer.status === 401 && key() === shown) {
      dispatchEvent(new CustomEvent('keyrefused', {detail: refused}));
    }
    throw refused;
  }
  return parse(body);
}

/** One answer; its numbers are texts. */
export function get(path, params = {}, signal) {
  return ask('GET', path, params, signal);
}

/** A ticket that opens one stream; fails after `longest` ms. */
export async function ticket(longest) {
  return (await ask('POST', '/api/v1/tickets', {}, null, longest)).ticket;
}

/** The pages of a list, to its end. */
export async function* pages(path, params, signal) {
  for (let after = null; ;) {
    const page = await get(path, {...params, after}, signal);
    yield page;
    after = page.next;
    if (!after) {
      return;
    }
  }
}

/** A path to a window; an id is encoded as a whole. */
export const windowPath = id => '/api/v1/windows/' + encodeURIComponent(id);

/** Asks again `every` ms after the last answer, until the signal is aborted; errors go to `failed`. */
export async function poll(every, signal, question, failed) {
  while (!signal.aborted) {
    try {
      await question();
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      failed(e);
    }
    await new Promise(resolve => setTimeout(resolve, every));
  }
}
