// The page: where it is, how the connection stands, and the view that is open.

import * as alerts from './alerts.js';
import * as audit from './audit.js';
import {get} from './api.js';
import {el, say, tell} from './dom.js';
import {clock, digits, lasting, when} from './format.js';
import * as health from './health.js';
import * as history from './history.js';
import {barred, login, provider, returned} from './login.js';
import * as now from './now.js';
import * as rejects from './rejects.js';
import {here} from './route.js';
import {key, setKey} from './session.js';
import {stream} from './shared.js';
import {QUIET, Store} from './store.js';
import * as window_ from './window.js';
import * as words from './words.js';

const VIEWS = {__proto__: null, now, history, alerts, words, audit, health, window: window_, late: rejects, 'dead-letters': rejects, records: rejects, counted: rejects, heartbeats: rejects};
/** The menu entry of views that have none of their own. */
const UNDER = {window: 'now', late: 'audit', 'dead-letters': 'audit', records: 'audit', counted: 'audit', heartbeats: 'audit'};
const TITLES = {now: 'Now', history: 'History', alerts: 'Alerts', words: 'Words', audit: 'Audit', health: 'Health', window: 'Window',
  ...rejects.TITLES};
const NOTICE_FOR = 12_000;
/** Ms. A view opened at most this long before the stream lacks nothing: the stream begins with the newest window of each series. */
const SOON = 10_000;
/** Why the snapshot has not every window. */
const PARTIAL = {'store-unavailable': 'Elasticsearch does not answer', 'store-behind': 'Elasticsearch does not have all of them yet',
  'too-many': 'there are more than are told at once', slow: 'the connection is too slow', busy: 'it takes too long to collect them'};

const store = new Store();
const main = document.getElementById('view');
const state = document.getElementById('state');
const asOf = document.getElementById('as-of');
const notices = document.getElementById('notices');
const alertCount = document.getElementById('alert-count');
const app = {store, log: [], live: null, refused: null};
let asking = new AbortController();
let connection = {name: 'connecting', at: 0};
let view = null;
let unseen = 0;
/** The start of the newest alert known before `handed` made the page forget its data. */
let lastAlert;
/** Whether the box for a key is there for a view, not for the stream. */
let otherKey = false;
let shown = 0;
let day = new Date().toDateString();
let typed = 0;

function notice(kind, title, ...content) {
  const old = notices.querySelector('.' + kind);
  const made = el('div', {class: 'notice ' + kind, role: kind === 'key' ? null : 'status'}, el('strong', {}, title), ' ', ...content);
  if (old?.textContent === made.textContent) {
    return old;
  }
  if (old) {
    old.replaceWith(made);
  } else {
    notices.append(made);
  }
  return made;
}

function unnotice(kind) {
  notices.querySelector('.' + kind)?.remove();
}

const shortly = time => when(time, clock(time));

/** Logs a text, or an element that is not in the document yet. */
function note(text) {
  app.log.unshift({at: new Date().toISOString(), text});
  app.log.length = Math.min(app.log.length, 50);
}

function keyBox(detail, status) {
  if (notices.querySelector('.key')) {
    return;
  }
  const input = el('input', {type: 'password', id: 'key', autocomplete: 'off', required: true, spellcheck: 'false'});
  const form = el('form', {class: 'key-form', onsubmit: event => {
    event.preventDefault();
    setKey(input.value.trim());
    otherKey = false;
    unnotice('key');
    unnotice('login');
    forget();
    app.live.renew();
    show();
  }}, el('label', {for: 'key'}, 'API key or token'), input, el('button', {type: 'submit'}, 'Open'),
  el('span', {class: 'quiet'}, 'It stays in this tab.'));
  provider().then(there => there && form.prepend(el('button', {type: 'button', onclick: () => login(there)}, 'Log in'))).catch(() => {});
  notice('key', status === 403 ? 'Your key does not open this.' : key() ? 'This key is not taken.' : 'A key is needed.', detail ?? '', form);
}

/** Takes away the box for a key that only another view needed. */
function noOtherKey() {
  if (otherKey) {
    otherKey = false;
    unnotice('key');
  }
}

function connected(next) {
  if (next.name === 'handed') {
    lastAlert = store.newestAlerts()[0]?.start ?? lastAlert;
    forget();
    showAgain();
    return;
  }
  if (next.name === 'resumed') {
    if (![undefined, 'connecting', 'live'].includes(connection.was)) { // else it is new, or was reconnected on purpose
      const text = el('span', {}, 'Away from ', shortly(next.since), ' to ', shortly(Date.now()), '; the stream went on behind the last event, so nothing is missing.');
      note(text.cloneNode(true));
      if (connection.was === 'lost') {
        const made = notice('back', 'Back.', text);
        setTimeout(() => made.remove(), NOTICE_FOR);
      }
    }
    delete connection.was;
    return;
  }
  const before = connection;
  connection = next;
  app.refused = next.name === 'refused' ? {status: next.status, message: next.detail} : null;
  state.dataset.state = next.name;
  if (next.name === 'live') {
    say(state, 'Live');
    unnotice('lost');
    if (!otherKey) {
      unnotice('key');
    }
    connection.was = next.since ? before.was : undefined; // until `resumed`
    if (connection.was !== 'live') {
      note('Connected.');
    }
    if (main.querySelector('.failed:not([aria-live] *)')) {
      show();
    } else if (!next.since && Date.now() - shown > SOON) {
      showAgain(); // neither has the events between the view's request and the connection
    }
    recent();
  } else if (next.name === 'reset') {
    say(state, 'Live');
    state.dataset.state = 'live';
    connection = {...next, name: 'live'};
    forget();
    here().view === 'window' ? showAgain() : show();
    recent();
    unnotice('back');
    note('Reset: ' + next.detail);
    notice('reset', 'Some results were missed.', `The stream could not go on where it was: ${next.detail}. The newest windows are here; History has what lies between. `,
      el('button', {type: 'button', onclick: () => unnotice('reset')}, 'Understood'));
  } else if (next.name === 'lost') {
    connection.was = 'lost';
    say(state, 'Disconnected');
    note(next.detail);
    notice('lost', 'Disconnected.', next.detail, next.at ? [' What you see is as of ', shortly(next.at), '. '] : ' ',
      el('button', {type: 'button', onclick: () => app.live.connect()}, 'Try now'));
    tick();
  } else if (next.name === 'refused') {
    say(state, 'Not allowed');
    unnotice('lost');
    noOtherKey();
    keyBox(next.detail, next.status);
  } else if (next.name === 'paused') {
    say(state, 'Paused');
  } else {
    connection.was = before.was ?? before.name;
    say(state, 'Connecting …');
  }
}

/** Forgets all data, and ends requests whose answers would be added to new data. */
function forget() {
  asking.abort();
  asking = new AbortController();
  store.clear();
}

/** Requests earlier alerts; the stream brings new ones. */
async function recent() {
  try {
    store.addAlerts((await get('/api/v1/alerts', {limit: 50}, asking.signal)).items, lastAlert);
    lastAlert = undefined;
  } catch {
    // the view says why
  }
}

function tick() {
  const {at: last, end} = store.last;
  const live = connection.name === 'live';
  const ago = Date.now() - (last || store.readyAt);
  const quiet = live && end && store.ready && ago > store.patience;
  let words = connection.name === 'lost' && connection.at ? ['as of ', shortly(connection.at)] : '';
  if (quiet || live && last) {
    words = quiet ? `▲ no result for ${lasting(ago)}` : `last result ${lasting(ago)} ago`;
  } else if (live) {
    words = end ? ['newest window of ', when(end)] : 'no result yet';
  }
  tell(asOf, el('span', quiet ? {class: 'warn', title: 'The connection is there. Health says which jobs read nothing.'} : {}, words));
  if (day !== new Date().toDateString() && Date.now() - typed > QUIET) {
    day = new Date().toDateString();
    here().view === 'window' ? showAgain() : show(); // times without a date are yesterday's now, and sums of today begin again
  }
}

/** Opens a view again that may lack something. Views without a menu entry show the past and stay; a window asks for a newer revision itself. */
function showAgain() {
  if (Object.hasOwn(UNDER, here().view)) {
    view?.recheck?.();
  } else {
    show();
  }
}

function show() {
  const {view: name, params} = here();
  view?.close();
  shown = Date.now();
  const module = VIEWS[name] ?? now;
  const known = VIEWS[name] ? name : 'now';
  if (main.contains(document.activeElement)) {
    main.focus({preventScroll: true}); // the focused element is removed: keyboard users go on here
  }
  main.replaceChildren();
  main.dataset.view = known;
  document.title = `${TITLES[known]} · Streampane`;
  document.querySelectorAll('#views a').forEach(a => {
    const current = a.getAttribute('href') === '#/' + (UNDER[known] ?? known);
    if (current) {
      a.setAttribute('aria-current', 'page');
    } else {
      a.removeAttribute('aria-current');
    }
  });
  if (known === 'alerts') {
    unseen = 0;
    alertCount.hidden = true;
  }
  view = module.open(main, params, app, known);
  scrollTo(0, 0);
}

// the token comes first: pages with the same one share the stream
try {
  await returned();
} catch (e) {
  notice('login', 'The login failed.', e.message + ' ', el('button', {type: 'button', onclick: () => unnotice('login')}, 'Understood'));
}
app.live = stream({snapshot: 1, emit: 'all'}, (name, data) => {
  store.take(name, data);
  if (name === 'snapshot-end') {
    const end = JSON.parse(data);
    if (end.partial) {
      const reason = PARTIAL[end.reason] ?? end.reason;
      note('Not every window from before is here: ' + reason);
      notice('partial', 'Not every window from before is here:', reason + '. What comes is shown. ',
        el('button', {type: 'button', onclick: () => {
          unnotice('partial');
          app.live.renew();
        }}, 'Ask again'));
    } else {
      unnotice('partial');
    }
  }
}, connected, () => store.events());
store.listen(batch => {
  if (batch.news && here().view !== 'alerts') {
    unseen += batch.news;
    say(alertCount, digits(unseen));
    alertCount.hidden = false;
  }
});
addEventListener('hashchange', () => {
  noOtherKey();
  show();
});
main.addEventListener('input', () => typed = Date.now());
addEventListener('otherkey', () => {
  otherKey = true;
  keyBox(null, 403);
});
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  main.focus();
});
addEventListener('securitypolicyviolation', ({blockedURI}) => barred(blockedURI));
setInterval(tick, 1000);
app.live.connect();
show();
