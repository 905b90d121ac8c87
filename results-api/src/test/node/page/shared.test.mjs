// Pages of one browser that share a stream.

import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {storage} from './browser.mjs';
import {pass} from './clock.mjs';
import {sources} from './eventsource.mjs';

/** Locks as the Web Locks API has them: in turn, unless one is stolen. They are granted when the browser gets to it, which {@link settled} is. */
class Locks {
  waiting = [];
  held = new Map();

  request(name, {signal, steal = false}, callback) {
    return new Promise((resolve, reject) => {
      const request = {name, steal, callback, resolve, reject};
      signal?.addEventListener('abort', () => {
        if (this.waiting.includes(request)) {
          this.waiting.splice(this.waiting.indexOf(request), 1);
          reject(signal.reason);
        }
      });
      steal ? this.waiting.unshift(request) : this.waiting.push(request);
    });
  }

  grant() {
    for (const request of [...this.waiting]) {
      const holder = this.held.get(request.name);
      if (!holder || request.steal) {
        holder?.reject(new DOMException('stolen', 'AbortError'));
        this.held.set(request.name, request);
        this.waiting.splice(this.waiting.indexOf(request), 1);
        new Promise(resolve => resolve(request.callback())).then(request.resolve, request.reject)
          .finally(() => this.held.get(request.name) === request && this.held.delete(request.name));
      }
    }
  }
}

const locks = new Locks();
let channels = [];
const stored = storage();
/** One of each page. All have one storage, so that what it says of the key is so for all. */
let windows = [];
/** The page of whose questions answers are. */
let asking = 0;
const everywhere = name => windows.forEach(one => one.dispatchEvent(new Event(name)));

globalThis.navigator = {locks};
// the real one answers when it likes
Object.defineProperty(globalThis, 'crypto', {value: {subtle: {digest: async (_, text) => text}}});
globalThis.isSecureContext = true;
globalThis.document = Object.assign(new EventTarget(), {hidden: false});
globalThis.addEventListener = (...listener) => windows.at(-1).addEventListener(...listener);
globalThis.dispatchEvent = event => windows[asking].dispatchEvent(event);
globalThis.location = new URL('http://localhost:8080/');
globalThis.fetch = async () => new Response('{"ticket": "t"}');
globalThis.BroadcastChannel = class {
  constructor(name) {
    this.name = name;
    channels.push(this);
  }

  postMessage(data) {
    channels.filter(other => other !== this && other.name === this.name).forEach(other => queueMicrotask(() => other.onmessage?.({data: structuredClone(data)})));
  }

  close() {
    channels = channels.filter(other => other !== this);
  }
};

const {get} = await import('./page/api.js');
const {SILENCE} = await import('./page/live.js');
const {stream} = await import('./page/shared.js');
const {Store} = await import('./page/store.js');

const nextTurn = () => new Promise(resolve => setImmediate(resolve));

async function settled() {
  for (let i = 0; i < 20; i++) {
    locks.grant();
    await nextTurn();
  }
}

async function opened() {
  windows.push(new EventTarget());
  const store = new Store();
  const taken = [];
  const told = [];
  const states = [];
  let live;
  const shared = stream({snapshot: 1}, (name, data) => {
    taken.push([name, data]);
    store.take(name, data);
  }, state => {
    told.push(state.name);
    states.push(state);
    live = state.name === 'live' ? state : live;
  }, () => store.events());
  shared.connect();
  await settled();
  return {shared, store, taken, told, states, live: () => live, names: () => taken.map(([name]) => name)};
}

async function hear(source, name, data, lastEventId = '') {
  source.dispatchEvent(Object.assign(new Event(name), {data, lastEventId}));
  await settled();
}

const open = () => sources.filter(source => !source.closed);

afterEach(async () => {
  everywhere('pagehide');
  await settled();
  windows = []; // what was opened does not come back
  asking = 0;
  sources.length = 0;
  stored.clear();
});

for (const [who, asking] of [['has the stream', 0], ['follows it', 1]]) {
  test(`a page that ${who} has the newest windows told again, to all who share it`, async () => {
    const pages = [await opened(), await opened()];
    sources[0].onopen();
    await hear(sources[0], 'snapshot-end', '{"partial": true}', 'place');
    pages.forEach(page => page.taken.length = page.told.length = 0);
    pages[asking].shared.renew();
    await settled();
    pages.forEach(page => assert.equal(page.told[0], 'handed')); // what it has is forgotten: the words that were being told will not be told on
    assert.equal(sources.length, 2);
    assert.deepEqual(open(), [sources[1]]);
    assert.doesNotMatch(sources[1].url, /lastEventId/);
    await hear(sources[1], 'snapshot-end', '{"partial": false}', 'place');
    pages.forEach(page => assert.deepEqual(page.names(), ['snapshot-end']));
  });
}

test('a page that asked and then gets the stream begins with the newest windows', async () => {
  const pages = [await opened(), await opened()];
  sources[0].onopen();
  await hear(sources[0], 'snapshot-end', '{"partial": true}', 'place');
  pages[1].shared.renew();
  await settled();
  stored.set('streampane.key', 'other');
  pages[0].shared.renew();
  await settled();
  assert.equal(open().length, 2);
  open().forEach(({url}) => assert.doesNotMatch(url, /lastEventId/));
});

test('a page that gets the stream before the windows are told that follow a reset begins with them', async () => {
  const pages = [await opened(), await opened()];
  sources[0].onopen();
  await hear(sources[0], 'snapshot-end', '{"partial": false}', 'place');
  await hear(sources[0], 'reset', '{}', 'place');
  assert.equal(pages[1].told.at(-1), 'reset');
  stored.set('streampane.key', 'other');
  pages[0].shared.renew();
  await settled();
  assert.equal(open().length, 2);
  open().forEach(({url}) => assert.doesNotMatch(url, /lastEventId/));
});

test('a page that asks with another key has a stream of its own', async () => {
  const pages = [await opened(), await opened()];
  stored.set('streampane.key', 'other');
  pages[1].shared.renew();
  await settled();
  assert.equal(open().length, 2);
  assert.match(sources[1].url, /ticket=t/);
  pages.forEach(page => page.taken.length = 0);
  await hear(sources[0], 'progress', '{}');
  assert.deepEqual(pages.map(page => page.names()), [['progress'], []]);
});

const ADA = {iss: 'https://provider', sub: 'ada', aud: ['streampane'], scope: 'openid read:one'};

/** A token of somebody, which differs from all others. */
let tokens = 0;
const token = claims => ['{"alg":"RS256"}', JSON.stringify({...claims, iat: ++tokens, exp: tokens + 300, jti: 'token ' + tokens, auth_time: tokens}), 'signature ' + tokens]
  .map(part => Buffer.from(part).toString('base64url')).join('.');

/** A page of who shows this key, as do all that are asked anything from now on. */
async function openedWith(key) {
  stored.set('streampane.key', key);
  return opened();
}

test('pages with tokens of one person and of the same rights have one stream', async () => {
  const pages = [await openedWith(token(ADA)), await openedWith(token(ADA))];
  assert.equal(sources.length, 1);
  await hear(sources[0], 'progress', '{}', 'place');
  pages.forEach(page => assert.equal(page.names().at(-1), 'progress'));
});

for (const [what, claims] of [['another person', {sub: 'bob'}], ['another provider', {iss: 'https://other'}], ['other rights', {scope: 'openid read:one read:two'}],
  ['other roles', {realm_access: {roles: ['admin']}}]]) {
  test(`pages with tokens of ${what} have streams of their own`, async () => {
    await openedWith(token(ADA));
    await openedWith(token({...ADA, ...claims}));
    assert.equal(open().length, 2);
  });
}

test('a key that only looks like a token is shared with nobody who has another one', async () => {
  await openedWith('a.NQ.c');
  await openedWith('a.NQ.d');
  assert.equal(open().length, 2);
});

test('a page shares nothing with one from before an upgrade, which tells other things', async () => {
  const before = new BroadcastChannel('streampane ' + Buffer.from('\nsnapshot=1').toString('hex'));
  const heard = [];
  before.onmessage = ({data}) => heard.push(data);
  await opened();
  before.close();
  assert.deepEqual(heard, []);
});

test('a page with the next token of the same person stays where it is', async () => {
  const pages = [await openedWith(token(ADA)), await opened()];
  sources[0].onopen();
  await hear(sources[0], 'snapshot-end', '{"partial": true}', 'place');
  const [{name}] = channels;
  stored.set('streampane.key', token(ADA));
  pages[1].shared.renew();
  await settled();
  assert.deepEqual(channels.map(channel => channel.name), [name, name]);
  assert.ok(pages.every(page => !page.told.includes('paused')));
  assert.deepEqual(open(), [sources[1]]);
});

test('a page whose token is not taken any more gives the stream to one whose token is', async () => {
  const {fetch} = globalThis;
  const good = token(ADA);
  const pages = [await openedWith(token(ADA)), await opened()];
  sources[0].onopen();
  await hear(sources[0], 'progress', '{}', 'place');
  // the first asks with the one that is ended, the second with its own
  globalThis.fetch = async (path, {headers}) => headers.Authorization === 'Bearer ' + good ? fetch() : new Response('{"detail": "It has ended."}', {status: 401});
  sources[0].onerror({});
  await pass(1_000);
  for (let i = 0; i < 5; i++) {
    await nextTurn();
  }
  stored.set('streampane.key', good);
  await settled();
  globalThis.fetch = fetch;
  assert.equal(pages[0].told.at(-1), 'refused');
  assert.ok(!pages[1].told.includes('refused'));
  assert.equal(open().length, 1);
  assert.match(open()[0].url, /lastEventId=place/);
  sources.at(-1).onopen();
  await settled();
  assert.equal(pages[1].told.at(-1), 'live');
  assert.equal(pages[0].told.at(-1), 'refused');
});

test('a page that follows and whose own token is not taken follows no longer', async () => {
  const {fetch} = globalThis;
  const pages = [await openedWith(token(ADA)), await opened()];
  sources[0].onopen();
  await settled();
  asking = 1;
  globalThis.fetch = async () => new Response('{"detail": "It has ended."}', {status: 401});
  await assert.rejects(get('/api/v1/jobs'), {status: 401});
  await settled();
  assert.deepEqual(pages.map(page => page.told.at(-1)), ['live', 'refused']);
  windows[1].dispatchEvent(new Event('pagehide'));
  windows[1].dispatchEvent(new Event('pageshow'));
  await settled();
  globalThis.fetch = fetch;
  assert.equal(pages[1].told.filter(name => name === 'live').length, 1);
  await hear(sources[0], 'progress', '{}', 'place');
  assert.deepEqual(pages.map(page => page.names().filter(name => name === 'progress').length), [1, 0]);
  assert.deepEqual(open(), [sources[0]]);
  windows[1].dispatchEvent(new Event('pageshow'));
  await settled();
  assert.equal(pages[1].told.at(-1), 'live'); // it is taken again
});

test('an answer that is refused to a key of before says nothing of the one that there is now', async () => {
  const {fetch} = globalThis;
  const page = await openedWith('old');
  sources[0].onopen();
  let answer;
  globalThis.fetch = () => new Promise(resolve => answer = () => resolve(new Response('{}', {status: 401})));
  const asked = assert.rejects(get('/api/v1/jobs'), {status: 401});
  await nextTurn();
  stored.set('streampane.key', 'new');
  answer();
  await asked;
  await settled();
  globalThis.fetch = fetch;
  assert.equal(page.told.at(-1), 'live');
});

test('a page whose token has ended and is given no other one gives the stream to one whose token holds, and follows it', async () => {
  const {fetch} = globalThis;
  const good = token(ADA);
  const ended = token(ADA);
  const pages = [await openedWith(ended), await opened()];
  sources[0].onopen();
  await hear(sources[0], 'progress', '{}', 'place');
  stored.set('streampane.renewal', JSON.stringify({token: 'https://provider/token', client: 'page', refresh: 'r', at: 0}));
  globalThis.fetch = async (path, {headers} = {}) => path === 'https://provider/token' ? new Response('{}', {status: 503})
    : headers.Authorization === 'Bearer ' + good ? fetch() : new Response('{}', {status: 401});
  sources[0].onerror({});
  await pass(1_000);
  for (let i = 0; i < 9; i++) {
    await nextTurn();
  }
  assert.equal(pages[0].told.at(-1), 'lost');
  stored.set('streampane.key', good);
  stored.delete('streampane.renewal');
  await settled();
  assert.equal(open().length, 1);
  open()[0].onopen();
  await pass(10_000);
  await settled();
  globalThis.fetch = fetch;
  assert.equal(open().length, 1);
  pages.forEach(page => assert.equal(page.told.at(-1), 'live'));
  assert.equal(pages[1].told.filter(name => name === 'lost').length, 1); // the connection's end
});

test('a page that comes later is told that not every window from before is here', async () => {
  await opened();
  sources[0].onopen();
  await hear(sources[0], 'snapshot-end', '{"partial": true, "reason": "busy"}', 'place');
  const later = await opened();
  assert.deepEqual(later.taken.find(([name]) => name === 'snapshot-end'), ['snapshot-end', '{"partial": true, "reason": "busy"}']);
  assert.equal(open().length, 1);
});

test('a page that comes while the newest windows are still being told does not take them for news', async () => {
  await opened();
  sources[0].onopen();
  const later = await opened();
  assert.equal(later.store.ready, false);
  await hear(sources[0], 'snapshot-end', '{"partial": false}', 'place');
  assert.equal(later.store.ready, true);
});

test('a page that has left when it is given the lock that it stole has no stream', async () => {
  const page = await opened();
  const [{name}] = channels;
  everywhere('pagehide');
  await settled();
  sources.length = 0;
  locks.request(name, {}, () => new Promise(() => {})).catch(() => {});
  locks.grant();
  const hanging = new BroadcastChannel(name);
  page.shared.connect();
  await settled();
  hanging.postMessage({events: [], state: {name: 'live', at: Date.now()}, position: 'place'});
  await settled();
  await pass(SILENCE + 2_000);
  assert.ok(locks.waiting.some(({steal}) => steal));
  everywhere('pagehide');
  await settled();
  everywhere('pageshow');
  await settled();
  hanging.close();
  assert.equal(open().length, 1);
});

/** Who has the stream and hangs: it holds the lock, and says what a test has it say. */
async function hanging() {
  await opened();
  const [{name}] = channels;
  everywhere('pagehide');
  await settled();
  windows = [];
  sources.length = 0;
  locks.request(name, {}, () => new Promise(() => {})).catch(() => {});
  locks.grant();
  return new BroadcastChannel(name);
}

async function silence() {
  await pass(SILENCE - 3_000);
  await settled();
  assert.equal(open().length, 0);
  await pass(5_000);
  await settled();
}

test('a page takes the stream from one that hangs and has never answered it', async () => {
  const other = await hanging();
  await opened();
  await silence();
  other.close();
  assert.equal(open().length, 1);
});

for (const state of ['connecting', 'lost', 'live']) {
  test(`a page takes the stream from one that hangs after it has said ${state}`, async () => {
    const other = await hanging();
    await opened();
    other.postMessage({events: [], state: {name: 'live', at: Date.now()}, position: 'place'});
    other.postMessage({state: {name: state, at: Date.now()}});
    await settled();
    await silence();
    other.close();
    assert.match(open()[0]?.url, /lastEventId=place/);
  });
}

test('a page whose rights do not open the stream keeps it, as it does not hang', async () => {
  const {fetch} = globalThis;
  globalThis.fetch = async () => new Response('{}', {status: 403});
  const pages = [await opened(), await opened()];
  sources[0].onerror({});
  await settled();
  globalThis.fetch = fetch;
  pages.forEach(page => assert.equal(page.told.at(-1), 'refused'));
  const {heard} = pages[1].shared;
  for (let i = 0; i < 3; i++) {
    await pass(SILENCE);
    await settled();
  }
  assert.equal(sources.length, 1);
  pages.forEach(page => assert.equal(page.told.at(-1), 'refused'));
  assert.equal(pages[1].shared.heard, heard); // that it does not hang says nothing of the service
});

test('pages that were left go on where they were, whichever has the stream then', async () => {
  const pages = [await opened(), await opened()];
  sources[0].onopen();
  await hear(sources[0], 'progress', '{}', 'place');
  pages.forEach(page => assert.equal(page.live().since, 0));
  const heard = Date.now();
  everywhere('pagehide');
  await settled();
  await pass(20_000);
  for (const event of ['pageshow', 'pagehide', 'pageshow']) { // the first time it is left again before there is a connection
    everywhere(event);
    await settled();
  }
  const [resumed] = open();
  assert.match(resumed.url, /lastEventId=place/);
  resumed.onopen();
  await settled();
  pages.forEach(page => assert.ok(Math.abs(page.live().since - heard) < 2_000));
});

test('a page that is given the stream of another one goes on where it was', async () => {
  const pages = [await opened(), await opened()];
  sources[0].onopen();
  await hear(sources[0], 'progress', '{}', 'place');
  stored.set('streampane.key', 'other');
  pages[0].shared.renew();
  await settled();
  const [resumed] = open();
  assert.match(resumed.url, /lastEventId=place/);
  resumed.onopen();
  await settled();
  assert.ok(pages[1].live().since > 0);
});

const away = () => Promise.reject(new TypeError('away'));

/** When a page that is given the stream says that something was heard last, while nobody answers. */
async function lostAt(page) {
  await pass(2_000);
  open().forEach(source => source.onerror({}));
  await settled();
  const {name, at} = page.states.at(-1);
  assert.equal(name, 'lost');
  return at;
}

test('a page that is given the stream while nobody answers says when something was heard last', async t => {
  const pages = [await opened(), await opened()];
  sources[0].onopen();
  await hear(sources[0], 'progress', '{}', 'place');
  const heard = Date.now();
  t.mock.method(globalThis, 'fetch', away);
  for (let i = 0; i < 6; i++) {
    open().forEach(source => source.onerror({}));
    await settled();
    await pass(20_000);
    await settled();
  }
  const later = await opened();
  assert.equal(later.shared.heard, heard);
  windows[0].dispatchEvent(new Event('pagehide'));
  await settled();
  assert.equal(await lostAt(pages[1]), heard);
});

test('a page that takes the stream from one that hangs says when something was heard last', async t => {
  const other = await hanging();
  const page = await opened();
  const heard = Date.now() - 30_000;
  other.postMessage({events: [], state: {name: 'live', at: heard}, position: 'place', heard});
  await settled();
  await silence();
  other.close();
  t.mock.method(globalThis, 'fetch', away);
  assert.equal(await lostAt(page), heard);
});

test('pages that share a stream are told when it has gone on, and one that comes later that it is there', async () => {
  const pages = [await opened(), await opened()];
  sources[0].onopen();
  await hear(sources[0], 'progress', '{}', 'place');
  sources[0].onerror({});
  await pass(1_000);
  await settled();
  open()[0].onopen();
  await settled();
  pages.forEach(({told}) => assert.equal(told.at(-1), 'live'));
  await hear(open()[0], 'progress', '{}', 'place');
  pages.forEach(({told}) => assert.equal(told.at(-1), 'resumed'));
  assert.equal((await opened()).told.at(-1), 'live');
});
