import assert from 'node:assert/strict';
import {test} from 'node:test';
import {storage, turns} from './browser.mjs';
import {pass} from './clock.mjs';
import {sources} from './eventsource.mjs';

globalThis.document = Object.assign(new EventTarget(), {hidden: false});
globalThis.addEventListener = globalThis.dispatchEvent = () => {};
const stored = storage();
globalThis.location = new URL('http://localhost:8080/');

const {get} = await import('./page/api.js');
const {Live, SILENCE} = await import('./page/live.js');

async function connected() {
  sources.length = 0;
  const states = [];
  const told = [];
  const taken = [];
  const live = new Live({snapshot: 1}, name => taken.push(name), state => {
    states.push(state.name);
    told.push(state);
  });
  await live.connect();
  return {live, states, told, taken};
}

test('a connection that takes its time to open after a long outage is not cut', async () => {
  const {live} = await connected();
  sources[0].onopen();
  sources[0].onerror({});
  await pass(2 * SILENCE);
  sources.at(-1).onerror({});
  await pass(20_000);
  const opening = sources.at(-1);
  await pass(5_000);
  assert.equal(opening.closed, undefined);
  assert.equal(sources.at(-1), opening);
  live.end();
});

test('a first connection that hangs is given up', async () => {
  const {live, states} = await connected();
  await pass(SILENCE + 2_000);
  assert.equal(sources[0].closed, true);
  assert.ok(states.includes('lost'));
  live.end();
});

test('a question that nobody answers is given up, and with it a connection that waits for its ticket', async () => {
  const {fetch} = globalThis;
  globalThis.fetch = (_, {signal}) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const asked = get('/api/v1/jobs').catch(e => e);
  stored.set('streampane.key', 'k');
  const connecting = connected();
  await pass(SILENCE + 2_000);
  const {live, told} = await connecting;
  live.end();
  stored.clear();
  await pass(60_000);
  globalThis.fetch = fetch;
  const [lost, failure] = [told.find(({name}) => name === 'lost'), await asked];
  assert.equal(lost.detail, 'The service does not answer.');
  assert.deepEqual([failure.status, failure.message], [0, 'The service does not answer.']);
});

test('a connection that has gone silent is given up', async () => {
  const {live, states} = await connected();
  sources[0].onopen();
  await pass(SILENCE + 2_000);
  assert.equal(sources[0].closed, true);
  assert.ok(states.includes('lost'));
  live.end();
});

test('a service that opens the stream and ends it at once is asked ever more rarely, until it says something', async () => {
  const {live, told} = await connected();
  const waits = [];
  const ended = async heard => {
    const source = sources.at(-1);
    source.onopen();
    heard && hear('progress', 'place');
    source.onerror({});
    waits.push(told.at(-1).again - Date.now());
    await pass(20_000);
    assert.notEqual(sources.at(-1), source);
  };
  for (const heard of [false, false, false, false, true]) {
    await ended(heard);
  }
  live.end();
  assert.ok(waits[2] >= 2_000 && waits[3] >= 4_000, waits);
  assert.ok(waits[4] < 1_000, waits);
});

test('it goes on behind the last event, and begins anew when it is renewed', async () => {
  const {live} = await connected();
  sources[0].onopen();
  sources[0].dispatchEvent(Object.assign(new Event('window'), {data: '{}', lastEventId: 'place'}));
  live.restart();
  await null;
  assert.match(sources.at(-1).url, /lastEventId=place/);
  live.renew();
  await null;
  assert.doesNotMatch(sources.at(-1).url, /lastEventId/);
  live.end();
});

const hear = (name, lastEventId) => sources.at(-1).dispatchEvent(Object.assign(new Event(name), {data: '{}', lastEventId}));

async function rewound() {
  const opened = await connected();
  sources[0].onopen();
  hear('progress', 'word-counts~id~7');
  opened.live.rewind('word-counts');
  await null;
  sources.at(-1).onopen();
  assert.match(sources.at(-1).url, /lastEventId=word-counts%7Eid%7E0/);
  return opened;
}

test('who goes back to the beginning of a topic is not sent there again on the way, and comes back from somewhere', async () => {
  const {live, told} = await rewound();
  const opened = sources.length;
  live.rewind('word-counts');
  await null;
  assert.equal(sources.length, opened);
  assert.ok(told.at(-1).since > 0);
  live.end();
});

test('until a topic is heard from its beginning the place is the one of before', async () => {
  const {live} = await rewound();
  assert.equal(live.position, 'word-counts~id~7');
  hear('word', 'word-counts~id~1');
  assert.equal(live.position, 'word-counts~id~1');
  live.end();
});

test('a topic is heard from its beginning when it is heard, not when it is asked for', async () => {
  const {live, taken} = await rewound();
  assert.deepEqual(taken, ['progress']);
  hear('word', 'word-counts~id~1');
  hear('word', 'word-counts~id~2');
  assert.deepEqual(taken, ['progress', 'rewound', 'word', 'word']);
  live.end();
});

test('a beginning that the log has forgotten is said to be, and it goes on where it was', async () => {
  const {live, states, told, taken} = await rewound();
  hear('reset', '');
  await null;
  assert.deepEqual(taken, ['progress', 'forgotten']);
  assert.match(sources.at(-1).url, /lastEventId=word-counts%7Eid%7E7/);
  sources.at(-1).onopen();
  assert.ok(told.at(-1).since > 0);
  hear('progress', 'word-counts~id~7');
  assert.deepEqual(taken, ['progress', 'forgotten', 'progress']);
  assert.ok(!states.includes('reset'));
  live.end();
});

test('who breaks off before the windows are told that follow a reset begins anew', async () => {
  const {live, states} = await connected();
  sources[0].onopen();
  hear('progress', 'place');
  hear('reset', 'place');
  hear('window', 'place'); // as it has no id of its own
  assert.equal(states.at(-1), 'reset');
  live.restart();
  await null;
  assert.doesNotMatch(sources.at(-1).url, /lastEventId/);
  sources.at(-1).onopen();
  hear('snapshot-end', 'place');
  live.restart();
  await null;
  assert.match(sources.at(-1).url, /lastEventId=place/);
  live.end();
});

test('a stream is said to go on with the first event, unless that is a reset', async () => {
  const {live, states, told} = await connected();
  sources[0].onopen();
  hear('snapshot-end', 'place');
  const lostAt = Date.now();
  for (const event of ['reset', 'progress']) {
    live.restart();
    await pass(5_000);
    sources.at(-1).onopen();
    assert.deepEqual(states.filter(name => name === 'resumed'), []);
    hear(event, 'place');
    hear('progress', 'another place');
  }
  live.end();
  assert.deepEqual(states, ['connecting', 'live', 'connecting', 'live', 'reset', 'connecting', 'live', 'resumed']);
  assert.equal(told.at(-1).since, lostAt + 5_000);
});

test('a connection that opens and ends before anything comes is a part of the outage', async () => {
  const {live, told} = await connected();
  sources[0].onopen();
  hear('progress', 'place');
  const lostAt = Date.now(); // when it was last heard
  await pass(3_000);
  sources[0].onerror({});
  for (let i = 0; i < 2; i++) {
    await pass(5_000);
    sources.at(-1).onopen();
    sources.at(-1).onerror({});
  }
  await pass(10_000);
  sources.at(-1).onopen();
  hear('progress', 'place');
  live.end();
  assert.deepEqual(told.at(-1), {name: 'resumed', at: Date.now(), since: lostAt});
});

test('a topic that the stream does not have is not said to be heard from its beginning', async () => {
  for (const position of ['window-results~id~7', 'window-results~id~7~~word.counts~id~7', 'window-results~id~7~~my-word-counts~id~7']) {
    const {live, taken} = await connected();
    sources[0].onopen();
    live.rewind('word-counts');
    hear('progress', position);
    live.rewind('word-counts');
    live.rewind('my.word.counts');
    hear('word', position);
    assert.deepEqual(taken, ['progress', 'unknown', 'unknown', 'word']);
    assert.equal(sources.length, 1);
    live.end();
  }
});

test('of several topics one is heard from its beginning', async () => {
  const {live} = await connected();
  sources[0].onopen();
  hear('progress', 'alerts~a~3.4~~word-counts~b~7.0.12~~word-counts-2~c~5');
  live.rewind('word-counts');
  await null;
  assert.equal(new URL(sources.at(-1).url, location).searchParams.get('lastEventId'), 'alerts~a~3.4~~word-counts~b~0.0.0~~word-counts-2~c~5');
  live.end();
});

test('a key that no header can have is not taken', async () => {
  stored.set('streampane.key', 'dashboard.Ab3…');
  const {live, told} = await connected();
  stored.clear();
  live.end();
  assert.equal(told.at(-1).name, 'refused');
  assert.equal(told.at(-1).status, 401);
  assert.equal(sources.length, 0);
});

test('a Retry-After that is a time, as proxies may say it, is no reason to ask again without a pause', async () => {
  const told = [];
  globalThis.fetch = async () => new Response('', {status: 503, headers: {'Retry-After': 'Fri, 20 Nov 2026 06:00:00 GMT'}});
  const live = new Live({}, () => {}, state => told.push(state));
  await live.connect();
  sources.at(-1).onerror({});
  await turns();
  live.end();
  assert.equal(told.at(-1).name, 'lost');
  assert.ok(told.at(-1).again > Date.now(), `again at ${told.at(-1).again}`);
});

/** A token that the service no longer takes, and a provider that answers as `provider` does when it is asked for the next one. */
async function expired(provider, at = 0) {
  stored.set('streampane.key', 'old');
  stored.set('streampane.renewal', JSON.stringify({token: 'https://provider/token', client: 'page', refresh: 'r', at}));
  globalThis.fetch = async (path, {headers}) => path === 'https://provider/token' ? provider()
    : headers.Authorization === 'Bearer old' ? new Response('{"detail": "It has ended."}', {status: 401}) : new Response('{"ticket": "t"}');
  const opened = await connected();
  await turns();
  return opened;
}

const away = () => {
  throw new TypeError('away');
};

test('a token that could not be renewed is asked for again until the provider gives one', async () => {
  let answer = away;
  const {live, told} = await expired(() => answer());
  assert.equal(told.at(-1).name, 'lost');
  await assert.rejects(get('/api/v1/jobs'), {status: 0}); // so that a view tries again
  await pass(10_000);
  await turns();
  assert.equal(told.at(-1).name, 'lost');
  answer = () => new Response('{"access_token": "new", "expires_in": 300}');
  for (let i = 0; i < 30 && !sources.length; i++) {
    await pass(1_000);
    await turns();
  }
  live.end();
  stored.clear();
  assert.match(sources.at(-1)?.url, /ticket=t/);
});

test('a token that the provider does not renew is refused, and so is one that need not be renewed', async () => {
  for (const [provider, at] of [[() => new Response('{"error": "invalid_grant"}', {status: 400}), 0], [away, Date.now() + 60_000]]) {
    const {live, told} = await expired(provider, at);
    live.end();
    stored.clear();
    assert.equal(told.at(-1).name, 'refused');
  }
});
