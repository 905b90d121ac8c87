// The page as a whole: what it asks for when its stream begins.

import assert from 'node:assert';
import {test} from 'node:test';
import {storage, turns} from './browser.mjs';
import {pass} from './clock.mjs';
import {Element, press} from './dom.mjs';
import {sources as streams} from './eventsource.mjs';
import {places} from './places.mjs';

globalThis.navigator = {};
globalThis.isSecureContext = false;
location.hash = '#/history?job=j&key=3';

const asked = [];
const ANSWERS = {'/api/v1/jobs': {items: [{job: 'j', specs: ['tumbling(1m)'], lastWindow: {key: '3', start: new Date(Date.now() - 60_000).toISOString(), end: new Date().toISOString()}}]}};
globalThis.fetch = async path => {
  asked.push(path.split('?')[0]);
  return new Response(JSON.stringify(ANSWERS[path.split('?')[0]] ?? {items: []}));
};
const show = async hash => {
  location.hash = hash;
  dispatchEvent(new Event('hashchange'));
  await turns();
};
const FINAL = {job: 'j', spec: 'tumbling(1m)', key: '3', status: 'FINAL', complete: true, generation: 1, rev: 1, values: {total: '1'}, count: 1, late: 0};
const windowOf = id => {
  const [start, end] = ['2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'];
  const window = {...FINAL, id, window: {kind: 'tumbling', start, end}, minEventTime: start, maxEventTime: start, watermark: end, inputs: []};
  Object.assign(ANSWERS, {[`/api/v1/windows/${id}`]: window, [`/api/v1/windows/${id}/history`]: {items: [window]}});
  return window;
};
const hear = (name, data, lastEventId = name) => streams.at(-1).dispatchEvent(Object.assign(new Event(name), {data: JSON.stringify(data), lastEventId}));
const reads = () => asked.filter(path => path === '/api/v1/windows').length;

test('what came between the reading of a view and a first connection that was late is asked for', async () => {
  await import('./page/main.js');
  await turns();
  const once = reads();
  assert.ok(once > 0);
  streams[0].onopen();
  await turns();
  assert.equal(reads(), once, 'a stream that begins at once brings all there is');
  streams[0].onerror({});
  await turns();
  await pass(60_000);
  await turns();
  streams.at(-1).onopen();
  await turns();
  assert.equal(reads(), 2 * once);
});

test('what an explanation was refused for stays when the connection is back', async () => {
  windowOf('w');
  await show('#/window?id=w');
  const {fetch} = globalThis;
  globalThis.fetch = async () => new Response('{"command": "streampane replay"}', {status: 422});
  press(places.view, 'Explain');
  await turns();
  globalThis.fetch = fetch;
  streams.at(-1).onopen();
  await turns();
  assert.match(places.view.textContent, /Run: streampane replay/);
});

test('a view that there is none of is Now', async () => {
  await show('#/constructor');
  assert.equal(places.view.dataset.view, 'now');
});

test('who follows a link of a view is in the one that it leads to, and who is elsewhere stays there', async () => {
  const follow = async (from, hash) => {
    from.focus();
    await show(hash);
  };
  const menu = new Element('a');
  await follow(menu, '#/window?id=w');
  assert.equal(document.activeElement, menu);
  await follow(places.view.querySelector('a'), '#/health');
  assert.equal(document.activeElement, places.view);
  document.activeElement = null;
});

test('at midnight a view is opened anew, but not while something is typed, nor a window', async () => {
  const {Date: Today} = globalThis;
  const day = days => globalThis.Date = class extends Today {
    constructor(...time) {
      super(...time.length ? time : [Today.parse('2026-11-20T12:00:00Z') + days * 86_400_000]);
    }
  };
  const opensAnew = async (days, ms = 1_000) => {
    const [child] = places.view.children;
    day(days);
    streams.at(-1).dispatchEvent(new Event('conflated')); // it is there
    await pass(ms);
    await turns();
    return places.view.children[0] !== child;
  };
  day(0);
  await pass(1_000);
  await show('#/window?id=w');
  const inWindow = await opensAnew(1);
  await show('#/late');
  const underAudit = await opensAnew(2);
  await show('#/alerts');
  places.view.querySelector('input').focus();
  places.view.dispatchEvent(new Event('input'));
  const whileTyping = await opensAnew(3);
  const thereafter = [await opensAnew(3, 30_000), await opensAnew(3, 30_000), await opensAnew(3)];
  document.activeElement = null;
  globalThis.Date = Today;
  await pass(1_000);
  assert.deepEqual({inWindow, underAudit, whileTyping, thereafter}, {inWindow: false, underAudit: true, whileTyping: false, thereafter: [false, true, false]});
});

test('what the stream tells is shown, and that windows are missing is said with a way to ask again', async () => {
  const result = windowOf('w');
  hear('window', result);
  hear('snapshot-end', {partial: true, reason: 'busy'});
  await pass(2_000);
  assert.match(places['as-of'].textContent, /newest window of/);
  hear('window', {...result, rev: 2});
  await pass(3_000);
  assert.match(places['as-of'].textContent, /^last result [2-4]\.\d s ago$/);
  for (let i = 0; i < 18; i++) {
    hear('progress', {});
    await pass(10_000);
  }
  assert.match(places['as-of'].textContent, /^▲ no result for 3(\.\d)? min$/);
  assert.match(places.notices.textContent, /Not every window from before is here: it takes too long to collect them/);
  const before = streams.length;
  press(places.notices, 'Ask again');
  await turns();
  assert.equal(streams.length, before + 1);
});

const hearWindow = (job, start, end) => hear('window', {...FINAL, id: job + start, job, spec: 'tumbling', window: {kind: 'tumbling', start, end}});
const passes = async seconds => {
  for (let i = 0; i < seconds; i += 10) {
    hear('progress', {});
    await pass(10_000);
  }
};

test('that no result comes is said also where none has come since the windows of before', async () => {
  streams.at(-1).onopen();
  hear('reset', {detail: 'The log was made anew.'});
  await passes(200);
  assert.equal(places['as-of'].textContent, 'no result yet');
  hear('reset', {detail: 'The log was made anew.'});
  await pass(30_000);
  hearWindow('j', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z');
  hear('snapshot-end', {partial: false});
  await passes(170);
  assert.match(places['as-of'].textContent, /^newest window of/);
  await passes(20);
  assert.match(places['as-of'].textContent, /^▲ no result for 3 min$/);
});

test('results of a job with longer windows are not missed sooner as one with shorter windows was stopped', async () => {
  streams.at(-1).onopen();
  hear('reset', {detail: 'The log was made anew.'});
  hearWindow('stopped', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z');
  hearWindow('j', '2026-11-20T06:00:00Z', '2026-11-20T07:00:00Z');
  hear('snapshot-end', {partial: false});
  await passes(7_200);
  assert.match(places['as-of'].textContent, /^newest window of/);
  await passes(70);
  assert.match(places['as-of'].textContent, /^▲ no result for 2 h$/);
});

test('that nothing is missing is said when the stream has gone on, not when it may still be reset', async () => {
  const comesBack = async () => {
    streams.at(-1).onerror({});
    await pass(1_000);
    streams.at(-1).onopen();
    await turns();
    assert.equal(places.state.textContent, 'Live');
  };
  const told = () => places.notices.textContent + places.view.textContent;
  await show('#/health');
  streams.at(-1).onopen();
  hear('snapshot-end', {partial: false}, 'place');
  await comesBack();
  hear('reset', {detail: 'The log was made anew.'}, 'place');
  hear('snapshot-end', {partial: false}, 'another place');
  await pass(6_000);
  await turns();
  assert.match(told(), /Reset: The log was made anew/);
  assert.doesNotMatch(told(), /nothing is missing/);
  await comesBack();
  assert.doesNotMatch(told(), /nothing is missing/);
  hear('progress', {}, 'place');
  await pass(6_000);
  await turns();
  assert.match(places.notices.textContent, /Back\. Away from .* so nothing is missing\./);
  assert.match(places.view.textContent, /nothing is missing/);
});

test('the box for another key is there for the view that needs it, and makes way for what the stream is refused', async () => {
  dispatchEvent(new Event('otherkey'));
  assert.match(places.notices.textContent, /Your key does not open this/);
  await show('#/now');
  assert.equal(places.notices.querySelector('.key'), null);
});

for (const [after, forget] of Object.entries({
  async 'another key is given'() {
    dispatchEvent(new Event('otherkey'));
    const form = places.notices.querySelector('form');
    form.querySelector('input').value = 'other';
    form.dispatchEvent(new Event('submit'));
    await turns();
    streams.at(-1).onopen();
  },
  async 'the stream was reset'() {
    hear('reset', {detail: 'The log was made anew.'}, null);
  },
})) {
  test(`alerts that were asked for before ${after} are not shown after that, and those of now are`, async () => {
    const {fetch, sessionStorage} = globalThis;
    storage();
    location.hash = '#/health';
    dispatchEvent(new Event('hashchange'));
    const alert = client => ({id: client, job: 'fraud-detection', client, pattern: 'burst', score: '0.9', reason: 'because', start: '2026-11-20T06:00:00Z', end: '2026-11-20T06:01:00Z', generation: '1', transactions: []});
    const late = [];
    globalThis.fetch = (path, {signal}) => path.startsWith('/api/v1/alerts') ? new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      late.push(client => resolve(new Response(JSON.stringify({items: [alert(client)]}))));
    }) : fetch(path);
    streams.at(-1).onopen();
    await turns();
    assert.equal(late.length, 1);
    await forget();
    await turns();
    assert.equal(late.length, 2);
    await show('#/alerts');
    late.splice(0, 1)[0]('of-before');
    await turns();
    assert.doesNotMatch(places.view.textContent, /of-before/);
    late[0]('of-now');
    await turns();
    assert.match(places.view.textContent, /of-now/);
    Object.assign(globalThis, {fetch, sessionStorage});
  });
}

for (const [after, begin] of Object.entries({
  async 'a reset'() {
    hear('reset', {detail: 'The log was made anew.'}, null);
  },
  async 'windows have been told anew'() {
    hear('snapshot-end', {partial: true, reason: 'busy'}, null);
    press(places.notices, 'Ask again');
  },
  async 'a first connection that was late'() {
    await pass(60_000);
    streams.at(-1).onopen();
  },
})) {
  test(`a window that has another revision after ${after} does not pass for the one that holds`, async () => {
    const window = windowOf('v');
    await show('#/window?id=v');
    assert.match(places.view.textContent, /holds now/);
    ANSWERS['/api/v1/windows/v'] = {...window, rev: 2};
    await begin();
    await turns();
    assert.match(places.view.textContent, /Another revision of this window has come/);
  });
}

test('alerts that came while another stream was followed, or none, are counted and marked as new when the stream goes on', async () => {
  const {fetch} = globalThis;
  const alert = minute => ({id: `a${minute}`, job: 'fraud-detection', client: '3', pattern: 'burst', score: '0.9', reason: 'because', start: `2026-11-20T06:0${minute}:00Z`, end: '2026-11-20T06:09:00Z', generation: '1', transactions: []});
  const there = [alert(5)];
  globalThis.fetch = (path, asked) => path.startsWith('/api/v1/alerts') ? Promise.resolve(new Response(JSON.stringify({items: there}))) : fetch(path, asked);
  await show('#/alerts');
  await show('#/health');
  streams.at(-1).onopen();
  await turns();
  assert.equal(places['alert-count'].hidden, true);
  there.unshift(alert(7), alert(6));
  there.push(alert(4));
  hear('snapshot-end', {partial: true, reason: 'slow'}, null);
  press(places.notices, 'Ask again');
  await turns();
  streams.at(-1).onopen();
  await turns();
  assert.equal(places['alert-count'].hidden, false);
  assert.equal(places['alert-count'].textContent, '2');
  hear('alert', alert(7));
  await pass(1_000);
  assert.equal(places['alert-count'].textContent, '2');
  await show('#/alerts');
  assert.equal(places.view.querySelectorAll('.new').length, 2);
  globalThis.fetch = fetch;
});

test('a token that the page may not renew, as its policy does not name the provider, is asked for when it ends', async () => {
  const {fetch, sessionStorage} = globalThis;
  storage([['streampane.key', 'old'], ['streampane.renewal', JSON.stringify({token: 'https://issuer/token', client: 'page', refresh: 'r', at: 0})]]);
  globalThis.fetch = async path => {
    if (path === 'https://issuer/token') {
      dispatchEvent(Object.assign(new Event('securitypolicyviolation'), {blockedURI: path}));
      throw new TypeError('Failed to fetch');
    }
    return new Response('{}', {status: 401});
  };
  await show('#/history');
  Object.assign(globalThis, {fetch, sessionStorage});
  assert.match(places.view.textContent, /A key is needed/);
});
