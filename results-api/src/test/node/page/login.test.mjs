// Renewing a token.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {storage} from './browser.mjs';

const kept = storage();
globalThis.location ??= {origin: 'http://page.example', hash: ''};
const {due, renewed} = await import('./page/login.js');
const {RENEWAL} = await import('./page/session.js');

test('a refresh token is kept where the provider has not refused it', async () => {
  const keeps = async status => {
    kept.set(RENEWAL, JSON.stringify({token: 'http://provider.example/token', client: 'page', refresh: 'r', at: 0}));
    globalThis.fetch = async () => new Response('{}', {status});
    await renewed();
    return due();
  };
  assert.deepEqual([await keeps(503), await keeps(429), await keeps(408), await keeps(400)], [true, true, true, false]);
});
