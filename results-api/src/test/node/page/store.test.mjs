import assert from 'node:assert/strict';
import {test} from 'node:test';
import {pass} from './clock.mjs';
import {MAX_SERIES, MAX_WORDS, Store} from './page/store.js';

const SERIES = 'job\nsession(5s)\nk';

const at = second => new Date(Date.UTC(2026, 10, 20, 6, 0, second)).toISOString();

const result = (start, end, status = 'FINAL', more = {}) => ({id: `job~session-5s~k~${start}~${end}`, job: 'job', spec: 'session(5s)', key: 'k', window: {start: at(start), end: at(end)},
  status, complete: true, generation: '1', rev: status === 'FINAL' ? '1' : '2', values: status === 'RETRACTED' ? {} : {total_amount: '1'}, ...more});

async function told(store, ...results) {
  results.forEach(one => store.take('window', JSON.stringify(one)));
  await pass(1_000);
}

test('a session that was swallowed does not hide the one that holds', async () => {
  const store = new Store();
  await told(store, result(0, 10), result(15, 25));
  await told(store, result(0, 25), result(0, 10, 'RETRACTED'), result(15, 25, 'RETRACTED'));
  assert.equal(store.series.get(SERIES).newest.id, result(0, 25).id);
});

test('the newest window that is retracted gives way to the one before where that is known', async () => {
  const store = new Store();
  await told(store, result(15, 25));
  store.track(SERIES, [result(0, 10)]);
  await told(store, result(15, 25, 'RETRACTED'));
  assert.equal(store.series.get(SERIES).newest.id, result(0, 10).id);
  assert.equal(store.series.get(SERIES).end, Date.parse(at(10)));
});

test('a window that ends behind the year 9999 is newer than the one before', async () => {
  const store = new Store();
  const last = {...result(15, 25), window: {start: '9999-12-31T23:59:50Z', end: '+10000-01-01T00:00:00Z'}};
  await told(store, result(0, 10), last);
  assert.equal(store.series.get(SERIES).newest.id, last.id);
  assert.equal(store.series.get(SERIES).end, Date.parse('+010000-01-01T00:00:00Z'));
  await told(store, result(30, 40));
  assert.equal(store.series.get(SERIES).newest.id, last.id);
});

test('a series whose windows are all retracted is none, until another one comes', async () => {
  const store = new Store();
  await told(store, result(0, 10), result(15, 25));
  store.track(SERIES, [result(0, 10)]);
  await told(store, result(0, 10, 'RETRACTED'), result(15, 25, 'RETRACTED'));
  assert.equal(store.series.size, 0);
  await told(store, result(30, 40));
  await told(store, result(30, 40, 'RETRACTED'), result(30, 50));
  assert.equal(store.series.get(SERIES).newest.id, result(30, 50).id);
});

test('a window that was retracted while it was asked for does not come back with the answer', async () => {
  const store = new Store();
  await told(store, result(0, 25));
  store.track(SERIES);
  await told(store, result(15, 25, 'RETRACTED'));
  store.track(SERIES, [result(15, 25), result(0, 10)]);
  const {points, newest} = store.series.get(SERIES);
  assert.deepEqual(points.map(point => point.id), [result(0, 10).id, result(0, 25).id]);
  assert.equal(newest.id, result(0, 25).id);
});

test('the newest window that was retracted while it was asked for does not come back, but a later revision of it does', async () => {
  const store = new Store();
  await told(store, result(15, 25));
  store.track(SERIES);
  await told(store, result(15, 25, 'RETRACTED'));
  store.track(SERIES, [result(15, 25), result(0, 10)]);
  assert.equal(store.series.has(SERIES), false);
  await told(store, result(15, 25, 'REVISED', {rev: '3'}));
  assert.equal(store.series.get(SERIES).newest.id, result(15, 25).id);
});

test('of a series no more retracted windows are kept than windows', async () => {
  const store = new Store();
  await told(store, result(0, 10));
  store.track(SERIES);
  await told(store, ...Array.from({length: 100}, (_, i) => result(i, i + 20, 'RETRACTED')));
  assert.equal(store.series.get(SERIES).retracted.size, 40);
});

test('what is retracted and was never here makes no series', async () => {
  const store = new Store();
  await told(store, result(0, 10, 'RETRACTED'));
  assert.equal(store.series.size, 0);
});

test('windows of before are no news', async () => {
  const store = new Store();
  await told(store, result(0, 10));
  assert.equal(store.last.at, 0);
  assert.equal(store.last.end, Date.parse(at(10)));
  store.take('snapshot-end', '{"partial": false}');
  await told(store, result(0, 10));
  assert.equal(store.last.at, 0);
  await told(store, result(15, 25));
  assert.notEqual(store.last.at, 0);
  assert.deepEqual(store.events().at(-1), ['snapshot-end', '{"partial": false}']);
  store.clear();
  assert.equal(store.ready, false);
  assert.deepEqual(store.events().map(([name]) => name), ['evicted', 'evictedWords']);
  store.take('progress', '{}');
  assert.equal(store.ready, true);
});

test('another page is told whether what comes is news, and not before it is', () => {
  const store = new Store();
  const other = new Store();
  store.events().forEach(event => other.take(...event));
  assert.equal(other.ready, false);
  store.take('progress', '{}');
  store.events().forEach(event => other.take(...event));
  assert.equal(other.ready, true);
});

test('series that are more than are kept are counted', async () => {
  const store = new Store();
  const ofKey = key => ({...result(key, key + 10), id: `w${key}`, key: String(key)});
  for (let key = 0; key < MAX_SERIES + 5; key += 1_000) {
    await told(store, ...Array.from({length: Math.min(1_000, MAX_SERIES + 5 - key)}, (_, i) => ofKey(key + i)));
  }
  assert.equal(store.series.size, MAX_SERIES);
  assert.equal(store.evicted.size, 5);
  await told(store, {...ofKey(MAX_SERIES + 9), id: 'w', key: '0'});
  assert.equal(store.series.has('job\nsession(5s)\n0'), true);
  assert.equal(store.evicted.size, 5);
  const other = new Store();
  store.events().forEach(event => other.take(...event));
  assert.equal(other.evicted.size, 5);
  store.clear();
  assert.equal(store.evicted.size, 0);
});

test('of more words than are kept the most frequent stay, and the others are counted', async () => {
  const store = new Store();
  const tell = async (...words) => {
    words.forEach(([word, count]) => store.take('word', JSON.stringify({op: '+U', word, count})));
    await pass(1_000);
  };
  for (let n = 0; n < MAX_WORDS + 5; n += 1_000) {
    await tell(...Array.from({length: Math.min(1_000, MAX_WORDS + 5 - n)}, (_, i) => ['w' + (n + i), 1 + n + i]));
  }
  assert.equal(store.words.size, MAX_WORDS);
  assert.equal(store.evictedWords.size, 5);
  assert.equal(store.words.has('w4'), false);
  assert.equal(store.words.has('w5'), true);
  await tell(['w0', 1_000_000]);
  assert.equal(store.words.get('w0'), '1000000');
  assert.equal(store.words.size, MAX_WORDS);
  assert.equal(store.evictedWords.has('w0'), false);
  assert.equal(store.evictedWords.size, 5);
  const other = new Store();
  store.events().forEach(event => other.take(...event));
  assert.equal(other.evictedWords.size, 5);
  store.clear();
  assert.equal(store.evictedWords.size, 0);
});

test('an alert that another generation tells again is no news', async () => {
  const store = new Store();
  const news = [];
  store.listen(batch => news.push(batch.news));
  for (const generation of ['2', '3', '1']) {
    store.take('alert', JSON.stringify({id: 'a', start: at(0), generation}));
    await pass(1_000);
    store.newAlerts.clear(); // they have been looked at
  }
  assert.deepEqual(news, [1, 0, 0]);
});

test('an alert of an older generation, as an answer can have it, does not take the place of a newer one', async () => {
  const store = new Store();
  const alert = generation => ({id: 'a', start: at(0), generation});
  store.take('alert', JSON.stringify(alert('10')));
  await pass(1_000);
  store.addAlerts([alert('9')]);
  assert.equal(store.alerts.get('a').generation, '10');
  store.addAlerts([alert('11')]);
  assert.equal(store.alerts.get('a').generation, '11');
});
