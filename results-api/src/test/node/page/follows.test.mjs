// The page as a whole, where another one has the stream.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {turns} from './browser.mjs';
import {pass} from './clock.mjs';
import {places} from './places.mjs';

let channel;
globalThis.navigator = {locks: {request: () => new Promise(() => {})}};
globalThis.isSecureContext = true;
// the real one answers when it likes
Object.defineProperty(globalThis, 'crypto', {value: {subtle: {digest: async (_, text) => text}}});
globalThis.BroadcastChannel = class {
  constructor() {
    channel = this;
  }

  postMessage() {}

  close() {}
};
globalThis.fetch = async () => new Response('{"items": [], "stalled": []}');
location.hash = '#/health';

const hear = async (name, more = {}, message = {}) => {
  channel.onmessage({data: {state: {name, at: Date.now(), ...more}, ...message}});
  await turns();
};
const handed = (position, more) => hear('live', more, {events: [], position, heard: Date.now()});

/** How often Health has that, as that the page was away. */
async function times(text = 'Away from') {
  await pass(6_000);
  await turns();
  return places.view.textContent.split(text).length - 1;
}

async function comesBack() {
  for (const event of ['pagehide', 'pageshow']) {
    dispatchEvent(new Event(event));
    await pass(1_000);
    await turns();
  }
}

async function resumes() {
  const since = Date.now();
  await hear('connecting');
  await hear('live', {since});
  await hear('resumed', {since});
}

test('a page that is new was not away when the stream goes on', async () => {
  await import('./page/main.js');
  await turns();
  await hear('connecting', {}, {events: [], position: 'a', heard: Date.now()});
  await resumes();
  await comesBack();
  await handed('b', {since: Date.now()});
  await hear('resumed', {since: Date.now()});
  assert.equal(await times(), 0);
});

test('a page that comes back to the stream where it was has been away once, however often that goes back of itself', async () => {
  await comesBack();
  await handed('b');
  assert.equal(await times(), 1);
  const connected = await times('Connected.');
  await resumes();
  assert.equal(await times(), 1);
  assert.equal(await times('Connected.'), connected);
});

test('a page that comes back to a stream that may still be reset does not say that nothing is missing before it goes on', async () => {
  await comesBack();
  await handed('b', {since: Date.now()});
  assert.equal(await times(), 1);
  await hear('resumed', {since: Date.now()});
  assert.equal(await times(), 2);
});
