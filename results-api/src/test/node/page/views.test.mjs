import assert from 'node:assert/strict';
import {test} from 'node:test';
import {answering, turns} from './browser.mjs';
import {pass} from './clock.mjs';
import {charts, downloads, Element, openView, press, showView} from './dom.mjs';
import {open as openAlerts} from './page/alerts.js';
import {open as openAudit} from './page/audit.js';
import {open as openHealth} from './page/health.js';
import {open as openHistory} from './page/history.js';
import {open as openNow} from './page/now.js';
import {open as openRecords} from './page/rejects.js';
import {Store} from './page/store.js';
import {open as openWindow} from './page/window.js';
import {open as openWords} from './page/words.js';

const result = (spec, start, end) => ({id: 'w', job: 'transaction-total', spec, key: '3', window: {start, end}, generation: 1, rev: 1, status: 'FINAL', cause: 'WATERMARK', complete: true,
  values: {total_amount: '12.50'}, count: 2, late: 0, minEventTime: start, maxEventTime: start, watermark: end, inputs: [], jobVersion: '1.0.0'});

const minute = i => new Date(Date.now() + i * 60_000).toISOString();

const seriesOf = newest => {
  const {job, spec, key, window} = newest;
  return {name: [job, spec, key].join('\n'), job, spec, key, newest, end: Date.parse(window.end), early: null};
};

/** Answers what History asks about a job: its newest window, no keys, and its windows, or none of those yet. */
const answeringOfJob = (windows, [start, end] = ['2026-11-20T06:29:00Z', '2026-11-20T06:30:00Z'], {key = '3', specs = ['tumbling(1m)']} = {}) => answering({
  '/api/v1/jobs': {items: [{job: 'transaction-total', specs, lastWindow: {key, start, end}}]}, '/api/v1/jobs/transaction-total/keys': {items: []},
  '/api/v1/windows': Array.isArray(windows) ? {items: windows} : windows});

const app = series => ({store: {series: new Map(series.map(entry => [entry.name, entry])), filling: new Map(), evicted: new Set(), newAlerts: new Set(), listen: () => () => {}, track() {}, untrack() {}}});

/** The same, and how the store tells a view of what comes. */
function listening(series) {
  const all = app(series);
  let told;
  all.store.listen = listener => {
    told = listener;
    return () => {};
  };
  return {all, update: batch => told(batch)};
}

/** The same with a store that keeps points. */
function tracking(series) {
  const made = listening(series);
  made.all.store.track = name => {
    const entry = made.all.store.series.get(name);
    entry.points ??= [entry.newest];
  };
  return made;
}

test('a window that is left while it is asked for draws nothing over the next view', async () => {
  answering({'/api/v1/windows/w/history': {items: [result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z')]}});
  const root = await showView(openWindow, {id: 'w'}, app([]));
  root.replaceChildren('the next view');
  await turns();
  assert.equal(root.textContent, 'the next view');
});

test('the link to a window names the revision that is shown, and one that names none shows the newest', async () => {
  const window = rev => ({...result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'), rev: String(rev), generation: '1'});
  answering({'/api/v1/windows/w/history': {items: [window(1), window(2)]}, '/api/v1/windows/w': window(2)});
  globalThis.history = {replaceState: (_, __, url) => location.hash = url};
  const {all, update} = listening([]);
  location.hash = '#/window?id=w&rev=1';
  const {root, view} = await openView(openWindow, {id: 'w', rev: '1'}, all);
  assert.match(root.textContent, /Revision 1 of 2/);
  update({results: [window(3)]});
  press(root, 'Show it');
  await turns();
  assert.match(root.textContent, /Revision 2 of 2/);
  assert.equal(location.hash, '#/window?id=w');
  view.close();
  const {root: other} = await openView(openWindow, {id: 'w', rev: 'x'}, app([]));
  assert.match(other.textContent, /Revision 2 of 2/);
});

async function totalOfToday(spec, start, end) {
  const asked = answering({'/api/v1/windows': {items: []}, '/api/v1/windows/aggregate': {items: [], exact: true}});
  const newest = result(spec, start, end);
  const root = await showView(openNow, {}, app([seriesOf(newest)]));
  return [/Today so far([^A-Z]*)/.exec(root.textContent)[1], asked.some(path => path.startsWith('/api/v1/windows/aggregate'))];
}

const revision = rev => ({...result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'), rev: String(rev), generation: '1'});

test('a revision shows what it no longer has, and the session that it was merged into', async () => {
  const input = partition => ({topic: 't', partition, first: '1', last: '9'});
  const gone = {...revision(2), status: 'RETRACTED', values: {}, inputs: [input('0')], mergedInto: 'longer'};
  answering({'/api/v1/windows/w/history': {items: [{...revision(1), inputs: [input('0'), input('1')]}, gone]}, '/api/v1/windows/w': gone});
  const {root, view} = await openView(openWindow, {id: 'w'}, app([]));
  view.close();
  const rows = root.querySelectorAll('tr').map(row => row.children.map(cell => cell.textContent));
  assert.deepEqual(rows.find(([name]) => name === 'Total'), ['Total', '–', '12.50', '≠ changed']);
  assert.deepEqual(rows.filter(([name]) => name.startsWith('t[')), [['t[0]', '1', '9', ''], ['t[1]', '–', '–', '≠ changed']]);
  assert.match(root.textContent, /Does its newest revision follow from its inputs\?/);
  assert.equal(root.all.find(element => element.tag === 'a' && element.textContent === 'a longer session').getAttribute('href'), '#/window?id=longer');
});

test('a window that is asked for twice has each revision once', async () => {
  const answers = {'/api/v1/windows/w/history': {items: [revision(1)]}, '/api/v1/windows/w': revision(1)};
  answering(answers);
  const {all, update} = listening([]);
  const {root} = await openView(openWindow, {id: 'w'}, all);
  answers['/api/v1/windows/w/history'] = {items: [revision(1), revision(2)]};
  answers['/api/v1/windows/w'] = revision(2);
  update({results: [revision(2)]});
  press(root, 'Show it');
  press(root, 'Show it');
  await turns();
  assert.match(root.textContent, /Revision 2 of 2: /);
});

test('of two answers about a window the one that was asked for last is shown, whichever comes last', async () => {
  const gates = [];
  const gated = () => new Promise(resolve => gates.push(resolve));
  answering({'/api/v1/windows/w/history': gated, '/api/v1/windows/w': revision(2)});
  const {all, update} = listening([]);
  const {root} = await openView(openWindow, {id: 'w'}, all);
  gates[0]({items: [revision(1)]});
  await turns();
  update({results: [revision(3)]});
  press(root, 'Show it');
  press(root, 'Show it');
  await turns();
  gates[2]({items: [revision(1), revision(2), revision(3)]});
  await turns();
  gates[1]({items: [revision(1), revision(2)]});
  await turns();
  assert.match(root.textContent, /Revision 3 of 3: /);
});

test('what was explained of a revision is not said of the next one', async () => {
  let explain;
  const answers = {'/api/v1/windows/w/history': {items: [revision(1)]}, '/api/v1/windows/w': revision(1), '/api/v1/windows/w/explain': () => new Promise(resolve => explain = resolve)};
  answering(answers);
  const {all, update} = listening([]);
  const {root} = await openView(openWindow, {id: 'w'}, all);
  press(root, 'Explain');
  await turns();
  update({results: [revision(2)]});
  answers['/api/v1/windows/w/history'] = {items: [revision(1), revision(2)]};
  answers['/api/v1/windows/w'] = revision(2);
  press(root, 'Show it');
  await turns();
  explain({verdict: 'equal', summary: 'of revision 1', findings: [], compared: ['document'], differences: [], recomputed: {}, seconds: 1});
  await turns();
  assert.match(root.textContent, /Revision 2 of 2/);
  assert.doesNotMatch(root.textContent, /of revision 1/);
});

test('a revision that comes while a window is asked for is told once the older ones are shown', async () => {
  let answer;
  answering({'/api/v1/windows/w/history': {items: [revision(1)]}, '/api/v1/windows/w': () => new Promise(resolve => answer = resolve)});
  const {all, update} = listening([]);
  const {root} = await openView(openWindow, {id: 'w'}, all);
  update({results: [revision(2), revision(1)]});
  answer(revision(1));
  await turns();
  assert.match(root.textContent, /Another revision of this window has come/);
  press(root, 'Show it');
  await turns();
  answer(revision(2));
  await turns();
  assert.doesNotMatch(root.textContent, /Another revision/);
});

test('Now says that the stream is refused in the place of what it would tell', async () => {
  const all = {...app([]), refused: {status: 401, message: 'no key'}};
  const root = new Element();
  const view = openNow(root, new URLSearchParams(), all);
  await pass(1_000);
  assert.match(root.textContent, /A key is needed/);
  all.refused = null;
  await pass(1_000);
  view.close();
  assert.match(root.textContent, /Loading the newest windows/);
});

test('Now has a table of what its cards draw, in the order of their keys, as long as it is asked for', async () => {
  answering({'/api/v1/windows': {items: []}});
  const window = (minute, temperature) => ({...result('tumbling(1m)', `2026-11-20T06:0${minute}:00Z`, `2026-11-20T06:0${minute + 1}:00Z`), job: 'weather-average',
    values: {avg_temp: `${temperature}.500`, min_temp: `${temperature}.25`, max_temp: `${temperature}.75`, avg_hum: '50.5', min_hum: '50', max_hum: '51'}});
  const ten = {...seriesOf({...window(1, 20), key: 'device10'}), early: {...window(2, 22), count: 7}, points: [window(0, 19), window(1, 20)]};
  const root = new Element();
  const view = openNow(root, new URLSearchParams(), app([ten,
    {...seriesOf({...window(1, 30), key: 'device2', status: 'REVISED', late: 3, complete: false}), points: [window(1, 30)]}]));
  await pass(1_000);
  const rows = () => root.all.filter(element => element.tag === 'tr').map(row => row.children.map(cell => cell.textContent));
  assert.deepEqual(rows(), []);
  const [details] = root.querySelectorAll('.figures');
  details.open = true;
  details.dispatchEvent(new Event('toggle'));
  const figures = ['50.5', '50', '51'];
  assert.deepEqual(rows().map(([key, , ...cells]) => [key, ...cells]), [
    ['Key', 'State', 'Temperature', 'Lowest temperature', 'Highest temperature', 'Humidity', 'Lowest humidity', 'Highest humidity', 'Count', 'Open window',
      'Temperature of the last windows, oldest first', 'Humidity of the last windows, oldest first'],
    ['device2', 'revised · 3 late · incomplete', '30.500', '30.25', '30.75', ...figures, '2', '–', '30.50', '50.50'],
    ['device10', 'final', '20.500', '20.25', '20.75', ...figures, '2', '22.50\u00a0°C, 7 readings', '19.50, 20.50', '50.50, 50.50']]);
  ten.newest = window(2, 21);
  await pass(1_000);
  assert.equal(rows()[2][3], '21.500');
  view.close();
});

test('a card of values that are texts says what they are, also of the window that is filling, and draws no line of them', async () => {
  const window = (minute, state) => ({...result('tumbling(1m)', `2026-11-20T06:0${minute}:00Z`, `2026-11-20T06:0${minute + 1}:00Z`), id: `w${minute}`, job: 'states', values: {last_state: state}, count: 3});
  answering({'/api/v1/windows': {items: [window(2, 'on'), window(1, 'off'), window(0, 'on')]}});
  const newest = window(2, 'on');
  const store = new Store();
  [newest, {...window(3, 'ALARM1234567'), status: 'EARLY'}].forEach(one => store.take('window', one));
  await pass(1_000);
  const root = await showView(openNow, {}, {store});
  assert.match(root.querySelector('.note').textContent, /open window: ALARM1234567, 3 records$/);
  assert.equal(root.querySelector('.spark').getAttribute('aria-label'), 'last 3 windows: on, off, on');
  assert.equal(root.querySelector('polyline').getAttribute('points'), '');
});

test('Now says whether jobs read and what became of the records', async () => {
  const job = (name, more) => ({job: name, lag: '3', clock: '2026-11-20T06:00:00Z', halted: false, stalled: [], newest: null, ...more});
  const partition = (late, rejected) => ({rejected, specs: [{late}, {late: '1'}]});
  const told = async (status, audit) => {
    answering({'/api/v1/windows': {items: []}, '/api/v1/status': {loaded: true, ...status}, '/api/v1/audit': {state: 'settling', items: [], ...audit}});
    const {root, view} = await openView(openNow, {}, app([]));
    const line = root.querySelector('.overview');
    view.close();
    return [line.textContent, ...line.links];
  };
  const items = [job('a'), job('b', {stalled: ['t[0]', 't[1]']}), job('c', {halted: true}), job('d', {lag: null, clock: null}), job('e', {lag: null})];
  assert.deepEqual(await told({items: [items[0], items[3]]}, {items: [partition('1200', '4'), partition('0', '1')]}),
    ['✓ 1 job reading · ✓ Balanced, settling: 1,202 late, 5 rejected', '#/health', '#/audit']);
  assert.match((await told({items: items.slice(0, 2)}, {state: 'broken'}))[0], /^▲ stalled: t\[0\], t\[1\] · ✕ Broken: 0 late, 0 rejected$/);
  assert.match((await told({items}, {}))[0], /^▲ reading nothing, though records wait: c · /);
  assert.match((await told({items, loaded: false}, {state: 'unknown'}))[0], /^… jobs are not known yet · … Unknown: /);
  assert.match((await told({items: [items[0], items[4]]}, {}))[0], /^… not known whether these read: e · /);
  assert.match((await told({items: [items[3]]}, {}))[0], /^… no job is known to read · /);
});

test('who is at the line of Now stays there when its numbers change', async () => {
  const audit = {state: 'settling', items: []};
  answering({'/api/v1/windows': {items: []}, '/api/v1/status': {loaded: true, items: []}, '/api/v1/audit': () => audit});
  const {root, view} = await openView(openNow, {}, app([]));
  root.all.find(element => element.getAttribute('href') === '#/audit').focus();
  audit.state = 'reconciled';
  await pass(11_000);
  await turns();
  view.close();
  assert.match(root.querySelector('.overview').textContent, /✓ Reconciled: 0 late/);
  assert.equal(document.activeElement?.textContent, '✓ Reconciled: 0 late, 0 rejected');
});

test('values of one\'s own job have all their digits in each place', async () => {
  const window = {...result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'), job: 'meter', values: {total_kwh: '0.003', units: '9007199254740993'}};
  const early = {...window, window: {start: '2026-11-20T06:01:00Z', end: '2026-11-20T06:02:00Z'}, status: 'EARLY', count: 1};
  const root = await showView(openNow, {}, app([{...seriesOf(window), early}]));
  const [figures] = root.querySelectorAll('.figures');
  figures.open = true;
  figures.dispatchEvent(new Event('toggle'));
  assert.deepEqual(figures.querySelectorAll('tr')[1].children.map(cell => cell.textContent).slice(3), ['0.003', '9,007,199,254,740,993', '2', '0.003, 1 record', '0.003', '9,007,199,254,740,993']);
});

test('the button for older alerts goes on where it was after an error', async () => {
  const alert = i => ({id: 'a' + i, job: 'fraud-detection', client: 'c', pattern: 'p', score: '0.9', reason: '', start: minute(-i), end: minute(-i), generation: '1', transactions: []});
  const asked = [];
  let broken = false;
  globalThis.fetch = async path => {
    asked.push(new URLSearchParams(path.split('?')[1]));
    return broken ? new Response('{}', {status: 500}) : new Response(JSON.stringify({items: [alert(asked.length)], next: 'more'}));
  };
  const {root, view} = await openView(openAlerts, {}, {store: new Store()});
  press(root, 'Older alerts');
  await turns();
  broken = true;
  press(root, 'Older alerts');
  await turns();
  press(root, 'Older alerts');
  await turns();
  view.close();
  assert.deepEqual(asked.map(query => query.get('after')), [null, 'more', 'more', null]);
  assert.equal(Date.parse(asked.at(-1).get('to')), Date.parse(root.querySelectorAll('time').at(-1).getAttribute('datetime')) + 1);
});

test('the table of a section has the values of all its cards', async () => {
  const one = (id, key, values) => ({...result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'), id, key, job: 'time-series-speed', values});
  const root = await showView(openNow, {}, app([one('a', 'n', {mean: 2}), one('b', 's', {last: 'running'})].map(seriesOf)));
  const [figures] = root.querySelectorAll('.figures');
  figures.open = true;
  figures.dispatchEvent(new Event('toggle'));
  assert.deepEqual(figures.querySelectorAll('tr').map(row => row.children.map(cell => cell.textContent)).map(cells => [cells[0], ...cells.slice(3, 5)]), [['Key', 'mean', 'last'], ['n', '2', '–'], ['s', '–', 'running']]);
});

test('until the first results Now shows what the open windows have so far', async () => {
  answering({'/api/v1/windows': {items: []}});
  const early = (key, count) => ({...result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'), key, count, status: 'EARLY'});
  const store = new Store();
  store.take('snapshot-end', '{"partial": false}');
  [early('client10', 2), early('client2', 1), early('client2', 3)].forEach(one => store.take('window', one));
  await pass(1_000);
  const {root, view} = await openView(openNow, {}, {...app([]), store});
  await pass(1_000);
  const rows = () => root.querySelectorAll('tr').slice(1).map(row => row.children.map(cell => cell.textContent)).map(([key, , , ...values]) => [key, ...values]);
  assert.match(root.textContent, /No results yet/);
  assert.deepEqual(rows(), [['client2', 'Total', '12.50', '3'], ['client10', 'Total', '12.50', '2']]);
  const follower = new Store();
  store.events().forEach(event => follower.take(...event));
  await pass(1_000);
  assert.equal(follower.filling.size, 2);
  store.take('window', {...early('client2', 3), status: 'FINAL'});
  await pass(2_000);
  assert.deepEqual(root.querySelectorAll('.card-key').map(key => key.textContent), ['client2']);
  assert.deepEqual(rows(), []);
  view.close();
});

test('of many series Now shows those with the newest windows, in the order of their keys, those without a recent one behind, and the others when they are asked for', async () => {
  answering({'/api/v1/windows': {items: []}});
  const minute = i => `2026-11-20T06:${String(i).padStart(2, '0')}:00Z`;
  const series = Array.from({length: 55}, (_, i) => ({...result('tumbling(1m)', minute(i), minute(i + 1)), key: `client${(i * 23) % 55}`}))
    .map(seriesOf);
  const {root, view} = await openView(openNow, {}, app(series));
  const keys = () => root.querySelectorAll('.card-key').map(key => key.textContent);
  const ordered = entries => entries.map(entry => Number(entry.key.slice(6))).sort((one, other) => one - other).map(number => `client${number}`);
  assert.deepEqual(keys(), [...ordered(series.slice(-11)), ...ordered(series.slice(-48, -11))]);
  press(root, 'Show more');
  await turns();
  assert.deepEqual(keys(), [...ordered(series.slice(-11)), ...ordered(series.slice(0, -11))]);
  view.close();
});

test('series without a recent window are behind the others, and what they add up to is asked for when they are looked at', async () => {
  const minute = i => `2026-11-20T06:${String(i).padStart(2, '0')}:00Z`;
  const entry = (key, at) => seriesOf({...result('tumbling(1m)', minute(at), minute(at + 1)), key});
  const series = [entry('1', 30), entry('2', 20), entry('3', 19), entry('4', 0)];
  const asked = answering({'/api/v1/windows': {items: []}, '/api/v1/windows/aggregate': {items: [], exact: true}});
  const totals = () => asked.filter(path => path.includes('/aggregate')).map(path => new URLSearchParams(path.split('?')[1]).get('key'));
  const {all, update} = tracking(series);
  const {root, view} = await openView(openNow, {}, all);
  const [old] = root.querySelectorAll('.olds');
  const keys = within => within.querySelectorAll('.card-key').map(key => key.textContent);
  const seen = () => [keys(root), keys(old), old.querySelector('summary').textContent];
  assert.deepEqual(seen(), [['1', '2', '3', '4'], ['3', '4'], '2 more without a recent window']);
  assert.deepEqual(totals(), ['1', '2']);
  const [figures] = root.querySelectorAll('.figures');
  figures.open = true;
  figures.dispatchEvent(new Event('toggle'));
  assert.deepEqual(figures.querySelectorAll('.key').map(key => key.textContent), ['1', '2']);
  Object.assign(series[2], {newest: entry('3', 31).newest, end: entry('3', 31).end});
  update({names: [series[2].name], results: []});
  await pass(6_000);
  await turns();
  assert.deepEqual(totals(), ['1', '2', '3']);
  assert.equal(seen()[2], '2 more without a recent window'); // 3 is not, and 2 is by now
  old.open = true;
  old.dispatchEvent(new Event('toggle'));
  await turns();
  view.close();
  assert.deepEqual(totals(), ['1', '2', '3', '2', '4']);
});

test('totals of clients that come while others are asked for do not wait for the next round', async () => {
  const [start, end] = ['2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'];
  const entry = key => seriesOf({...result('tumbling(1m)', start, end), key});
  const asked = answering({'/api/v1/windows': {items: []}, '/api/v1/windows/aggregate': {items: [], exact: true}});
  const {all, update} = tracking(['1', '2'].map(entry));
  const {root, view} = await openView(openNow, {}, all);
  all.store.series.set(entry('3').name, entry('3'));
  update({names: [entry('3').name], results: []});
  await turns();
  view.close();
  assert.equal(asked.filter(path => path.includes('/aggregate')).length, 3);
});

test('what a client has paid today is not said where its windows are not over before the day is', async () => {
  assert.deepEqual(await totalOfToday('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'), ['0.00', true]);
  assert.deepEqual(await totalOfToday('tumbling(12h)', '2026-11-20T00:00:00Z', '2026-11-20T12:00:00Z'), ['0.00', true]);
  assert.deepEqual(await totalOfToday('tumbling(1d)', '2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'), ['–', false]);
  assert.deepEqual(await totalOfToday('calendar(day,Europe/Berlin)', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'), ['–', false]);
});

test('a total of today says in UTC, too, since when it is, and leads to what it adds up', async () => {
  const [start, end] = ['2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'];
  answering({'/api/v1/windows': {items: []}, '/api/v1/windows/aggregate': {items: [{key: '3', value: '25.00'}], exact: true, incomplete: '0'}});
  const root = await showView(openNow, {}, app([seriesOf(result('tumbling(1m)', start, end))]));
  const midnight = new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
  assert.equal(root.querySelectorAll('.big')[0].getAttribute('href'), `#/history?job=transaction-total&spec=tumbling%281m%29&key=3&from=${encodeURIComponent(midnight)}`);
  assert.match(root.querySelectorAll('.big')[0].title, /^amount of all windows that began since .+ \(\d{4}-\d\d-\d\d \d\d:\d\d:00\.000 UTC\), added up exactly$/);
});

test('a total of today that can be too low says so until it is whole, and one that is refused is not said', async () => {
  const [start, end] = ['2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'];
  const whole = {items: [{key: '3', value: '25.00'}], exact: true, truncated: false, incomplete: '0'};
  let answer;
  answering({'/api/v1/windows': {items: []}, '/api/v1/windows/aggregate': () => answer});
  const {all, update} = listening([seriesOf(result('tumbling(1m)', start, end))]);
  const root = new Element();
  const view = openNow(root, new URLSearchParams(), all);
  const shown = async next => {
    answer = next;
    await turns();
    await pass(6_000);
    await turns();
    return /Today so far(.*)Last window/.exec(root.textContent)[1];
  };
  const title = () => root.querySelectorAll('.big').map(total => total.title.replace(/ since .*?, added/, ', added'))[0];
  assert.equal(await shown({...whole, items: [{key: '3', value: '12.50'}], exact: false, truncated: true, reason: 'store-behind'}), '12.50incomplete');
  assert.equal(title(), 'amount of all windows that began, added up without those that Elasticsearch does not have yet');
  assert.equal(await shown(whole), '25.00');
  assert.equal(title(), 'amount of all windows that began, added up exactly');
  const {fetch} = globalThis;
  const next = () => update({names: [], results: [result('tumbling(1m)', start, end)]});
  next();
  assert.equal(await shown({...whole, exact: false, incomplete: '1'}), '25.00incomplete');
  next();
  assert.equal(await shown({...whole, exact: false}), '25.00');
  assert.equal(title(), 'amount of all windows that began, added up in floating point');
  globalThis.fetch = (path, asked) => path.includes('/aggregate') ? Promise.resolve(new Response('{"detail": "no such job"}', {status: 404})) : fetch(path, asked);
  next();
  assert.equal(await shown(), '–');
  view.close();
});

/** Of an hour without windows where its only link leads, when the newest window of what is shown is this one. */
async function linkFromNone(spec, start, end) {
  answeringOfJob(asked => ({items: asked.has('from') ? [] : [result(spec, start, end)]}), undefined, {specs: ['tumbling(1m)', 'tumbling(1d)'], key: '4'});
  const root = await showView(openHistory, {job: 'transaction-total', spec, key: '3', from: '2026-11-20T05:30:00Z', to: '2026-11-20T06:30:00Z'}, app([]));
  return root.links;
}

test('where History has nothing it leads to the newest windows of what is shown, however long they are', async () => {
  assert.deepEqual(await linkFromNone('tumbling(1d)', '2026-11-19T00:00:00Z', '2026-11-20T00:00:00Z'),
    ['#/history?job=transaction-total&spec=tumbling%281d%29&key=3&from=2026-11-19T00%3A00%3A00.000Z&to=2026-11-20T00%3A00%3A00Z']);
  assert.deepEqual(await linkFromNone('tumbling(1m)', '2026-11-20T04:59:00Z', '2026-11-20T05:00:00Z'),
    ['#/history?job=transaction-total&spec=tumbling%281m%29&key=3&from=2026-11-20T04%3A00%3A00.000Z&to=2026-11-20T05%3A00%3A00Z']);
});

test('History of a key without windows leads nowhere', async () => {
  answeringOfJob([], undefined, {key: '4'});
  const root = await showView(openHistory, {job: 'transaction-total', spec: 'tumbling(1m)', key: 'typo'}, app([]));
  assert.match(root.textContent, /There are none of this at any time/);
  assert.deepEqual(root.links, []);
});

test('who zooms out by key is at the button again, to go on', async () => {
  answeringOfJob([]);
  const opened = async () => {
    const root = new Element();
    document.getElementById = id => root.all.find(element => element.id === id) ?? null;
    const view = openHistory(root, new URLSearchParams({key: '3', from: '2026-11-20T05:30:00Z', to: '2026-11-20T06:30:00Z'}), app([]));
    await turns();
    view.close();
    return root.querySelectorAll('button').find(button => button.textContent === 'Zoom out');
  };
  const button = await opened();
  button.focus();
  button.dispatchEvent(new Event('click'));
  const next = await opened();
  document.getElementById = () => null;
  assert.ok(document.activeElement === next);
});

test('what could not be had can be asked for again', async () => {
  globalThis.fetch = async () => new Response('{"detail": "Elasticsearch does not answer."}', {status: 503});
  const asked = [];
  globalThis.dispatchEvent = event => asked.push(event.type);
  for (const open of [openHistory, openWindow]) {
    const {root} = await openView(open, {id: 'w'}, app([]));
    assert.match(root.textContent, /cannot be shown now.*Elasticsearch does not answer/);
    press(root, 'Try again');
  }
  assert.deepEqual(asked, ['hashchange', 'hashchange']);
});

test('an answer that a view cannot draw is no endless wait', async () => {
  answering({'/api/v1/jobs': {items: [{job: 'j'}]}, '/api/v1/windows/none/history': {items: [{}]}, '/api/v1/windows/none': {}, '/api/v1/late': {items: [{}], next: null}, '/api/v1/alerts': {items: [{id: 'a'}]},
    '/api/v1/windows/w/history': {items: [revision(1)]}, '/api/v1/windows/w': revision(1), '/api/v1/windows/w/explain': {}});
  const all = app([]);
  all.store.alerts = new Map();
  for (const open of [openHistory, openWindow, openRecords, openAlerts]) {
    assert.match((await openView(open, {id: 'none'}, all, 'late')).root.textContent, /cannot be shown now/, open.toString());
  }
  const {root} = await openView(openWindow, {id: 'w'}, all);
  press(root, 'Explain');
  await turns();
  assert.match(root.textContent, /The explanation cannot be shown now/);
});

test('a window that is in memory is shown while its revisions cannot be', async () => {
  const window = result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z');
  globalThis.fetch = async path => path.includes('/history') ? new Response('{"detail": "Elasticsearch does not answer."}', {status: 503}) : new Response(JSON.stringify(window));
  const root = await showView(openWindow, {id: 'w'}, app([]));
  assert.match(root.textContent, /Its revisions cannot be shown now: Elasticsearch does not answer/);
  assert.match(root.textContent, /FINAL \(holds now\).*12\.50/);
});

test('a window whose older revisions Elasticsearch does not show yet says so, and not that there is one alone', async () => {
  const answers = {'/api/v1/windows/w/history': {items: [revision(2)], truncated: true, reason: 'store-behind'}, '/api/v1/windows/w': revision(2)};
  answering(answers);
  const {all, update} = listening([]);
  const {root} = await openView(openWindow, {id: 'w'}, all);
  assert.match(root.textContent, /Some revisions may be missing, as Elasticsearch is behind/);
  assert.doesNotMatch(root.textContent, /There is one revision|holds now/);
  assert.match(root.textContent, /Revision 1 of 1 known: FINAL \(newest known\)/);
  answers['/api/v1/windows/w/history'] = {items: [revision(1), revision(2), revision(3)]};
  answers['/api/v1/windows/w'] = revision(3);
  update({results: [revision(3)]});
  press(root, 'Show it');
  await turns();
  assert.match(root.textContent, /Revision 3 of 3: FINAL \(holds now\)/);
  assert.doesNotMatch(root.textContent, /may be missing/);
});

test('a revision that is newer than the others of a window is the one that holds, whichever answer has it', async () => {
  const shown = async (revisions, window) => {
    answering({'/api/v1/windows/w/history': {items: revisions}, '/api/v1/windows/w': window});
    const root = await showView(openWindow, {id: 'w'}, app([]));
    return [/Revision \d of \d: FINAL \(.*?\)/.exec(root.textContent)[0], /(\d+) records, from/.exec(root.textContent)[1]];
  };
  const [first, second] = [{...revision(1), count: '3'}, {...revision(2), count: '4'}];
  assert.deepEqual(await shown([first], second), ['Revision 2 of 2: FINAL (holds now)', '4']);
  assert.deepEqual(await shown([first, second], first), ['Revision 2 of 2: FINAL (holds now)', '4']);
});

test('a range that is refused can be mended where it was chosen', async () => {
  answeringOfJob();
  const {fetch} = globalThis;
  globalThis.fetch = (path, asked) => path.startsWith('/api/v1/windows') ? Promise.resolve(new Response('{"detail": "from is not before to"}', {status: 400})) : fetch(path, asked);
  const root = await showView(openHistory, {key: '3', from: '2026-11-20T06:30:00Z', to: '2026-11-20T05:30:00Z'}, app([]));
  assert.match(root.textContent, /From, to.*The history cannot be shownfrom is not before to/);
});

test('History from a time on goes on with time', async () => {
  const from = minute(-300);
  const one = (i, id) => ({...result('tumbling(1m)', minute(i), minute(i + 1)), id, status: 'FINAL'});
  answeringOfJob(Array.from({length: 250}, (_, i) => one(i - 250, 'w' + i)), [minute(-1), minute(0)]);
  const {all, update} = listening([]);
  const {root, view} = await openView(openHistory, {job: 'transaction-total', key: '3', from}, all);
  assert.match(root.textContent, /250 windows from/);
  await pass(3_600_000);
  update({results: [one(-1, 'next')]});
  await pass(2_000);
  root.querySelectorAll('button').find(button => button.textContent.startsWith('Show all')).click();
  assert.match(root.textContent, /251 windows from/);
  assert.equal(root.links.filter(href => href === '#/window?id=next').length, 1);
  const files = downloads();
  press(root, 'CSV');
  assert.equal((await files[0].text()).split('\r\n').length, 253);
  const overlay = root.all.find(element => element.id === 'overlay');
  overlay.checked = true;
  overlay.dispatchEvent(new Event('change'));
  view.close();
  assert.equal(location.hash, `#/history?job=transaction-total&spec=tumbling%281m%29&key=3&metric=total_amount&from=${encodeURIComponent(from)}&overlay=1`);
});

test('History that goes on with time has the newest windows also where the clock of the browser is behind', async () => {
  const one = (i, id) => ({...result('tumbling(1m)', minute(i), minute(i + 1)), id});
  answeringOfJob([one(-1, 'first'), one(9, 'second'), one(2_900, 'of a clock that is ahead')], [minute(9), minute(10)]);
  const drawn = charts();
  const {all, update} = listening([]);
  const {root, view} = await openView(openHistory, {job: 'transaction-total', key: '3', range: '15m'}, all);
  assert.match(root.textContent, /2 windows from/);
  const status = root.querySelectorAll('p').find(p => p.getAttribute('role') === 'status');
  assert.equal(status.getAttribute('aria-live'), null);
  const [start, later] = [Date.parse(minute(9)), Date.parse(minute(10))];
  assert.ok(drawn[0].options.scales.x.max > start);
  update({results: [one(10, 'third')]});
  await pass(1_000);
  await turns();
  view.close();
  delete globalThis.Chart;
  assert.match(root.textContent, /3 windows from/);
  assert.equal(drawn[0].data.datasets[0].data.at(-1).x, later);
  assert.equal(status.getAttribute('aria-live'), 'off'); // each second would be read out
});

test('History from a time on has no end, and a range that there is none of is the usual one', async () => {
  const reads = [];
  answeringOfJob(asked => {
    reads.push([asked.get('from'), asked.get('to')]);
    return {items: []};
  });
  for (const params of [{from: '2026-11-20T06:00:00Z'}, {range: 'constructor'}]) {
    await showView(openHistory, {key: '3', ...params}, app([]));
  }
  assert.deepEqual(reads[0], ['2026-11-20T06:00:00.000Z', null]);
  assert.deepEqual(reads.filter(([from]) => from).at(-1), [new Date(Date.now() - 3_600_000).toISOString(), null]);
});

test('History of windows of a key shows a key, also where the job has windows over all keys', async () => {
  const [start, end] = ['2026-11-20T06:29:00Z', '2026-11-20T06:30:00Z'];
  answering({
    '/api/v1/jobs': {items: [{job: 'transaction-total', specs: ['tumbling(1m)', 'all:tumbling(1m)'], lastWindow: {key: '', start, end}}]},
    '/api/v1/jobs/transaction-total/keys': asked => ({items: [{key: ''}, {key: '3'}, {key: '4'}].slice(0, asked.get('limit'))}),
    '/api/v1/windows': asked => ({items: ['3', '4'].filter(key => !asked.has('key') || key === asked.get('key')).map(key => ({...result('tumbling(1m)', start, end), key}))})});
  const root = await showView(openHistory, {spec: 'tumbling(1m)', from: '2026-11-20T06:00:00Z', to: end}, app([]));
  assert.match(root.textContent, /1 window from/);
});

test('History keeps the chosen value when its range is changed before the windows are there', async () => {
  answering({
    '/api/v1/jobs': {items: [{job: 'weather-average', specs: ['tumbling(1m)'], lastWindow: {key: '3', start: '2026-11-20T06:29:00Z', end: '2026-11-20T06:30:00Z'}}]},
    '/api/v1/jobs/weather-average/keys': {items: []}});
  const {root, view} = await openView(openHistory, {key: '3', metric: 'avg_hum', range: '30d'}, app([]));
  press(root, '1 day');
  view.close();
  assert.equal(location.hash, '#/history?job=weather-average&spec=tumbling%281m%29&key=3&metric=avg_hum&range=24h');
});

test('History that goes on with time keeps no window that has left its range', async () => {
  const one = (i, more) => ({...result('tumbling(1m)', minute(i), minute(i + 1)), id: 'w' + Date.parse(minute(i)), values: {total_amount: '1'}, ...more});
  answeringOfJob(asked => ({items: [Date.parse(asked.get('from')) < Date.now() - 3_600_000 ? one(-1_450) : one(-10)]}), [minute(-1), minute(0)]);
  const {all, update} = listening([]);
  const {view} = await openView(openHistory, {job: 'transaction-total', key: '3', range: '15m', overlay: '1'}, all);
  assert.deepEqual([view.lines, view.before].map(([line]) => line.windows.size), [1, 1]);
  for (let passed = 0; passed < 60; passed++) {
    update({results: [one(-1)]});
    await pass(60_000);
  }
  view.close();
  assert.deepEqual([view.lines, view.before].map(([line]) => line.windows.size), [14, 0]);
});

test('History does not show a window that was retracted while it was asked for', async () => {
  const session = (from, to, more) => ({...result('session(5m)', minute(from), minute(to)), id: `w${from}-${to}`, ...more});
  let answer;
  answeringOfJob(undefined, [minute(-9), minute(-3)], {specs: ['session(5m)']});
  const {fetch} = globalThis;
  globalThis.fetch = (path, asked) => path.startsWith('/api/v1/windows') ? new Promise(resolve => answer = items => resolve(new Response(JSON.stringify({items})))) : fetch(path, asked);
  const {all, update} = listening([]);
  const {root, view} = await openView(openHistory, {job: 'transaction-total', key: '3'}, all);
  update({results: [session(-9, -3), session(-9, -6, {status: 'RETRACTED', rev: 2, values: {}})]});
  answer([session(-9, -6)]);
  await turns();
  view.close();
  assert.deepEqual(root.links, ['#/window?id=w-9--3']);
  assert.match(root.textContent, /1 window from/);
});

test('History says which windows are incomplete, in its table and its CSV', async () => {
  const of = (id, minute, more) => ({...result('tumbling(1m)', `2026-11-20T06:0${minute}:00Z`, `2026-11-20T06:0${minute + 1}:00Z`), id, generation: '4', rev: '1', ...more});
  answeringOfJob([of('w', 0, {status: 'REVISED', rev: '2', complete: false}), of('v', 1)], ['2026-11-20T06:01:00Z', '2026-11-20T06:02:00Z']);
  const {root, view} = await openView(openHistory, {job: 'transaction-total', key: '3', from: '2026-11-20T06:00:00Z', to: '2026-11-20T07:00:00Z'}, app([]));
  assert.deepEqual(root.querySelectorAll('tr').slice(1).map(row => row.children.at(-1).textContent), ['FINAL', 'REVISED, rev 2, incomplete']);
  const files = downloads();
  press(root, 'CSV');
  view.close();
  assert.equal(await files[0].text(), 'id,job,spec,key,start,end,status,rev,count,late,total_amount,complete,generation\r\n'
    + 'w,transaction-total,tumbling(1m),3,2026-11-20T06:00:00Z,2026-11-20T06:01:00Z,REVISED,2,2,0,12.50,false,4\r\n'
    + 'v,transaction-total,tumbling(1m),3,2026-11-20T06:01:00Z,2026-11-20T06:02:00Z,FINAL,1,2,0,12.50,true,4\r\n');
});

test('a long key is cut where a chart names it, and is whole in the title of the others', async () => {
  const key = 'ключ'.repeat(32);
  const window = {...result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'), key};
  answering({
    '/api/v1/jobs': {items: [{job: 'transaction-total', specs: ['tumbling(1m)'], lastWindow: {key, start: '2026-11-20T06:00:00Z', end: '2026-11-20T06:01:00Z'}}]},
    '/api/v1/jobs/transaction-total/keys': {items: []},
    '/api/v1/windows': {items: [window]},
    '/api/v1/windows/w': window,
    '/api/v1/windows/w/history': {items: [window]}});
  const drawn = charts();
  const root = await showView(openHistory, {job: 'transaction-total', key, overlay: '1', from: '2026-11-20T06:00:00Z', to: '2026-11-20T07:00:00Z'}, app([]));
  delete globalThis.Chart;
  const cut = '\u2068' + 'ключ'.repeat(8) + '…\u2069';
  assert.deepEqual(drawn[0].data.datasets.map(({label}) => label), [cut + ', day before', cut]);
  assert.deepEqual(root.querySelectorAll('.key').map(one => one.getAttribute('title')), [key, key]);
  const heading = await showView(openWindow, {id: 'w'}, app([]));
  assert.deepEqual(heading.querySelectorAll('h2')[0].children.map(one => [one.getAttribute('class'), one.getAttribute('title')]), [['key', key]]);
});

test('History that had no windows shows a value of those that come', async () => {
  const end = new Date(Date.now()).toISOString();
  const start = new Date(Date.now() - 60_000).toISOString();
  answering({
    '/api/v1/jobs': {items: [{job: 'transaction-total', specs: ['tumbling(1m)'], lastWindow: {key: '4', start, end}}]},
    '/api/v1/jobs/transaction-total/keys': {items: []},
    '/api/v1/windows': {items: []}});
  const {all, update} = listening([]);
  const {root, view} = await openView(openHistory, {job: 'transaction-total', key: '3'}, all);
  const retracted = Array.from({length: 5}, (_, i) => ({...result('tumbling(1m)', start, end), id: 'r' + i, status: 'RETRACTED', values: {}}));
  update({results: [result('tumbling(1m)', start, end), ...retracted]});
  await pass(2_000);
  view.close();
  assert.equal(view.metric, 'total_amount');
  assert.match(root.textContent, /ValueTotal/);
  assert.match(root.textContent, /1 window from .*12\.50/);
});

test('History that had no job, or a job without windows, is opened anew when results come', async () => {
  const window = result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z');
  const {dispatchEvent} = globalThis;
  for (const [items, said] of [[[], /No job has results yet/], [[{job: window.job, specs: [window.spec], lastWindow: null}], /This job has no windows yet/]]) {
    answering({'/api/v1/jobs': {items}, [`/api/v1/jobs/${window.job}/keys`]: {items: []}, '/api/v1/windows': {items: []}});
    const {all, update} = listening([]);
    const {root, view} = await openView(openHistory, {}, all);
    assert.match(root.textContent, said);
    const asked = [];
    globalThis.dispatchEvent = event => asked.push(event.type);
    update({results: []});
    update({results: [{...window, status: 'RETRACTED'}, ...items.map(() => ({...window, key: ''}))]}); // neither gives such a job a key
    assert.deepEqual(asked, []);
    update({results: [window]});
    assert.deepEqual(asked, ['hashchange']);
    view.close();
  }
  globalThis.dispatchEvent = dispatchEvent;
});

test('History of texts has no chart, and a table of them', async () => {
  const text = {...result('tumbling(1m)', minute(-2), minute(-1)), values: {last: 'running', empty: ''}};
  answeringOfJob([text], [minute(-2), minute(-1)]);
  const {root, view} = await openView(openHistory, {job: 'transaction-total', key: '3'}, app([]));
  view.close();
  assert.equal(view.metric, 'last');
  assert.equal(root.querySelector('.chart').hidden, true);
  assert.doesNotMatch(root.textContent, /No windows begin in this range/);
  assert.deepEqual(root.querySelectorAll('tr').at(-1).children.map(cell => cell.textContent).slice(2), ['running', '2', 'FINAL']);
});

test('History of a job that is not listed shows no other one, and is opened anew when it has results', async () => {
  const window = {...result('tumbling(1m)', '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'), job: 'weather-average'};
  const {dispatchEvent} = globalThis;
  const asked = [];
  globalThis.dispatchEvent = event => asked.push(event.type);
  const jobs = {items: [{job: 'weather-average', specs: ['tumbling(1m)'], lastWindow: null}]};
  answering({'/api/v1/jobs': () => jobs});
  const {all, update} = listening([]);
  const {root, view} = await openView(openHistory, {job: 'transaction-total', key: '3'}, all);
  assert.match(root.textContent, /No windows of transaction-total are known.*It has not run, or your key does not see it/);
  update({results: [window]});
  assert.deepEqual(asked, []);
  update({results: [{...window, job: 'transaction-total'}]});
  assert.deepEqual(asked, ['hashchange']);
  view.close();
  globalThis.dispatchEvent = dispatchEvent;
  jobs.truncated = true;
  assert.match((await showView(openHistory, {job: 'transaction-total'}, app([]))).textContent, /Not all jobs are listed now/);
});

test('History of a key shows its windows, not those over all keys', async () => {
  const specs = ['all:tumbling(1m)', 'tumbling(1m)'];
  answeringOfJob([], undefined, {specs});
  const spec = async params => {
    const {view} = await openView(openHistory, {job: 'transaction-total', ...params}, app([]));
    view.close();
    return [view.spec, view.keys];
  };
  assert.deepEqual(await spec({key: '7'}), ['tumbling(1m)', ['7']]);
  assert.deepEqual(await spec({}), ['all:tumbling(1m)', ['']]);
});

test('a range that lies ahead is still one when it is widened', async () => {
  answeringOfJob([]);
  globalThis.history = {pushState: (_, __, url) => location.hash = url, replaceState: (_, __, url) => location.hash = url};
  const [from, to] = [minute(60), minute(120)];
  const {root, view} = await openView(openHistory, {job: 'transaction-total', key: '3', from, to}, app([]));
  press(root, 'Zoom out');
  view.close();
  const asked = new URLSearchParams(location.hash.split('?')[1]);
  assert.deepEqual([asked.get('from'), asked.get('to')], [new Date(Date.parse(from) - 1_800_000).toISOString(), to]);
});

test('who is at a window of the table behind a chart stays there when the next one comes', async () => {
  const one = i => ({...result('tumbling(1m)', minute(i), minute(i + 1)), id: 'w' + i});
  answeringOfJob([one(-3), one(-2)], [minute(-1), minute(0)]);
  const {all, update} = listening([]);
  const {root, view} = await openView(openHistory, {job: 'transaction-total', key: '3'}, all);
  root.all.find(element => element.getAttribute('href') === '#/window?id=w-3').focus();
  update({results: [one(-1)]});
  await pass(2_000);
  view.close();
  assert.deepEqual(root.links, ['#/window?id=w-1', '#/window?id=w-2', '#/window?id=w-3']);
  assert.equal(document.activeElement?.getAttribute('href'), '#/window?id=w-3');
});

test('History that has windows of the day before alone shows a value of them', async () => {
  answeringOfJob(asked => ({items: Date.parse(asked.get('from')) < Date.parse(minute(-1_440)) ? [result('tumbling(1m)', minute(-1_441), minute(-1_440))] : []}), [minute(-1_441), minute(-1_440)]);
  const {view} = await openView(openHistory, {job: 'transaction-total', key: '3', overlay: '1'}, app([]));
  view.close();
  assert.equal(view.metric, 'total_amount');
});

test('a result of a series that was evicted leaves the totals of others', async () => {
  const spec = 'tumbling(1m)';
  const [start, end] = ['2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'];
  const name = key => `transaction-total\n${spec}\n${key}`;
  const asked = answering({'/api/v1/windows': {items: []}, '/api/v1/windows/aggregate': {items: [], exact: true}});
  const {all, update} = listening(['3', '4'].map(key => ({name: name(key), job: 'transaction-total', spec, key, newest: result(spec, start, end), end: Date.parse(end), early: null})));
  const {view} = await openView(openNow, {}, all);
  all.store.series.delete(name('3'));
  const before = asked.length;
  update({names: [], results: ['3', '4'].map(key => ({...result(spec, start, end), key}))});
  await pass(10_000);
  await turns();
  view.close();
  assert.ok(asked.slice(before).some(path => path.includes('/aggregate') && path.includes('key=4')));
});

test('Now shows no series whose windows are all retracted, and again the one of which a window comes', async () => {
  const [start, end] = ['2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'];
  const of = (key, more) => ({...result('tumbling(1m)', start, end), id: 'w' + key, key, ...more});
  const store = new Store();
  const tell = async (...windows) => {
    windows.forEach(window => store.take('window', window));
    await pass(2_000);
    await turns();
  };
  answering({'/api/v1/windows': {items: []}, '/api/v1/windows/aggregate': {items: [], exact: true}});
  await tell(of('3'), of('4'), of('5'));
  await tell(of('5', {status: 'RETRACTED', rev: 2, values: {}}));
  const root = new Element();
  const view = openNow(root, new URLSearchParams(), {store});
  const shown = () => [...view.sections.values()].flatMap(section => [...section.cards.keys()]).map(name => name.split('\n')[2]);
  await turns();
  const before = shown();
  await tell(of('3', {status: 'RETRACTED', rev: 2, values: {}}));
  const fewer = shown();
  await tell(of('4', {status: 'RETRACTED', rev: 2, values: {}}));
  const none = shown();
  await tell(of('4', {status: 'REVISED', rev: 3}));
  view.close();
  assert.deepEqual([before, fewer, none, shown()], [['3', '4'], ['4'], [], ['4']]);
});

test('a series that was gone before Now looked again has the line of what comes', async () => {
  const [start, end] = ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'];
  const of = (key, more) => ({...result('tumbling(1d)', start, end), id: 'w' + key, key, ...more});
  const store = new Store();
  answering({'/api/v1/windows': {items: []}});
  Array.from({length: 60}, (_, key) => store.take('window', of(String(key))));
  await pass(2_000);
  const view = openNow(new Element(), new URLSearchParams(), {store});
  store.take('window', of('3', {status: 'RETRACTED', rev: 2, values: {}}));
  await pass(300);
  store.take('window', of('3', {status: 'REVISED', rev: 3}));
  await pass(2_000);
  const {points} = store.series.get('transaction-total\ntumbling(1d)\n3');
  view.close();
  assert.equal(points?.length, 1);
});

test('Now asks again for the lines that it could not get', async () => {
  const [start, end] = ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'];
  const of = id => ({...result('tumbling(1d)', start, end), id});
  const store = new Store();
  store.take('window', of('w'));
  await pass(2_000);
  globalThis.fetch = async () => new Response('{}', {status: 503});
  const {view} = await openView(openNow, {}, {store});
  answering({'/api/v1/windows': {items: [of('w'), of('v')]}});
  await pass(6_000);
  await turns();
  const {points} = store.series.get('transaction-total\ntumbling(1d)\n3');
  view.close();
  assert.deepEqual(points.map(({id}) => id).sort(), ['v', 'w']);
});

test('that no partition is stalled is said of those that are known', async () => {
  const marks = {loaded: true, truncated: false, stalled: [], items: []};
  answering({'/api/v1/jobs': {items: []}, '/api/v1/status': {items: []}, '/api/v1/watermarks': () => marks});
  const root = new Element();
  const view = openHealth(root, new URLSearchParams(), {store: new Store(), live: {}, log: []});
  const said = async more => {
    Object.assign(marks, more);
    await pass(6_000);
    await turns();
    return /Not known of every partition|No partition is stalled/.exec(root.textContent)[0];
  };
  const items = [{job: 'j', topic: 't', partition: 0, lag: '0', clock: null, records: '1', stalled: false}];
  const all = [await said({}), await said({items}), await said({loaded: false}), await said({loaded: true, truncated: true})];
  view.close();
  assert.deepEqual(all.map(text => text.startsWith('No partition')), [false, true, false, false]);
});

test('Health says lag and clocks once the audit has been read, and until then that it is being read', async () => {
  const clock = new Date(Date.now()).toISOString();
  const shown = async loaded => {
    answering({'/api/v1/jobs': {items: [{job: 'j', generation: '1', started: clock, specs: [], lastWindow: null}]},
      '/api/v1/status': {now: clock, loaded, items: [{job: 'j', generation: '1', lag: '1234', clock, stalled: [], newest: null}]},
      '/api/v1/watermarks': {loaded, truncated: false, stalled: [], items: [{job: 'j', topic: 't', partition: 0, lag: '1234', clock, records: '4321', stalled: false}]}});
    const root = await showView(openHealth, {}, {store: new Store(), live: {}, log: []});
    const rows = root.querySelectorAll('tr').filter(row => row.children[0].textContent === 'j').map(row => row.children.map(cell => cell.textContent));
    return [rows[0].slice(6, 8), rows[1].slice(2, 6), root.textContent.match(/The audit is still being read/g)?.length];
  };
  assert.deepEqual(await shown(false), [['–', '–'], ['–', '–', '–', '–'], 2]);
  const [[lag, behind], [, ...input], told] = await shown(true);
  assert.deepEqual([lag, input[0] === behind, input.at(-1), told], ['1,234', true, '4,321', undefined]);
  assert.notEqual(behind, '–');
});

test('Health reckons by the clock of the server, and does not say of a silent input without times that it receives', async () => {
  const server = Date.now() - 300_000;
  const clock = new Date(server - 5_000).toISOString();
  const partition = (topic, clock) => ({job: 'j', topic, partition: 0, lag: '0', clock, records: '1', stalled: false});
  answering({'/api/v1/jobs': {items: []}, '/api/v1/status': {now: new Date(server).toISOString(), loaded: true, items: []},
    '/api/v1/watermarks': {loaded: true, truncated: false, stalled: [], items: [partition('t', clock), partition('lines', null), {...partition('u', null), stalled: true}]}});
  const {root, view} = await openView(openHealth, {}, {store: new Store(), live: {}, log: []});
  await pass(6_000);
  await turns();
  view.close();
  const rows = root.querySelectorAll('tr').filter(row => row.children[0].textContent === 'j').map(row => row.children.map(cell => cell.textContent));
  assert.match(rows[0][3], /^(5\.0|1\d) s$/);
  assert.deepEqual(rows.map(row => row.at(-1)), ['✓ receiving', '–', '▲ stalled']);
});

test('Health says which jobs read nothing though records wait', async () => {
  const clock = new Date(Date.now()).toISOString();
  const item = (job, more) => ({job, generation: '1', lag: '5', clock, halted: false, stalled: [], newest: null, ...more});
  answering({'/api/v1/jobs': {items: ['a', 'b', 'c', 'd'].map(job => ({job, generation: '1', started: clock, specs: [], lastWindow: null}))},
    '/api/v1/status': {now: clock, loaded: true, items: [item('a'), item('b', {halted: true}), item('c', {lag: null}), item('d', {lag: null, clock: null})]},
    '/api/v1/watermarks': {loaded: true, truncated: false, stalled: [], items: []}});
  const root = await showView(openHealth, {}, {store: new Store(), live: {}, log: []});
  const states = root.querySelectorAll('tr').filter(row => /^[abcd]$/.test(row.children[0].textContent)).map(row => row.children[5].textContent);
  assert.deepEqual(states, ['✓ reading', '▲ reads nothing, though records wait: stopped, restarting or stuck', '–', 'no audit']);
});

test('Health says that there is nothing in the place of empty tables, and not where there may be more', async () => {
  const said = async jobs => {
    answering({'/api/v1/jobs': {items: [], ...jobs}, '/api/v1/status': {items: []}, '/api/v1/watermarks': {loaded: true, truncated: false, stalled: [], items: []}});
    const root = await showView(openHealth, {}, {store: new Store(), live: {}, log: []});
    assert.equal(root.querySelectorAll('table').length, 1); // that of the connection
    return ['No job has reported yet', 'No input has been audited yet', 'may be missing'].map(text => root.textContent.includes(text));
  };
  assert.deepEqual(await said({}), [true, true, false]);
  assert.deepEqual(await said({truncated: true}), [false, true, true]);
});

test('a share of the audit is seen however small it is', async () => {
  const item = {job: 'j', generation: '1', topic: 't', partition: 0, rows: '1000000', rejected: '60', heartbeats: '0', corrections: '0', holes: {offsets: '0'}, balanced: true, problems: [],
    specs: [{spec: 'tumbling(1m)', counted: '999900', late: '40'}]};
  answering({'/api/v1/audit': {state: 'reconciled', formerTopicIds: [], items: [item]}, '/api/v1/watermarks': {stalled: []}});
  const root = await showView(openAudit, {});
  const ends = root.querySelectorAll('rect').map(share => Number(share.getAttribute('x')) + Number(share.getAttribute('width')));
  const drawn = root.all.find(element => element.getAttribute('viewBox')?.endsWith(' 6')).getAttribute('viewBox').split(' ')[2];
  assert.ok(Math.max(...ends) <= Number(drawn), `${ends} of ${drawn}`);
});

test('each share of the audit says in words what it is', async () => {
  const item = {job: 'j', generation: '1', topic: 't', partition: 0, rows: '1300', rejected: '60', heartbeats: '0', corrections: '0', holes: {offsets: '0'}, balanced: true, problems: [],
    specs: [{spec: 'tumbling(1m)', counted: '1234', late: '6'}]};
  answering({'/api/v1/audit': {state: 'reconciled', formerTopicIds: [], items: [item]}, '/api/v1/watermarks': {stalled: []}});
  const root = await showView(openAudit, {});
  assert.deepEqual(root.querySelectorAll('rect').map(share => share.textContent),
    ['counted 1,234 of 1,300', 'late 6 of 1,300', 'rejected 60 of 1,300', 'heartbeats 0 of 1,300']);
});

test('words say that some are missing where the log has lost their beginning, and do not ask for it again', async () => {
  const store = new Store();
  const rewinds = [];
  store.take('forgotten', '{}');
  store.take('word', '{"op":"+I","word":"a","count":1}');
  await pass(1_000);
  const root = new Element();
  const view = openWords(root, new URLSearchParams(), {store, live: {position: 'word-counts~id~7', rewind: topic => rewinds.push(topic)}});
  view.close();
  assert.match(root.textContent, /1 of 1 words; the log has lost its beginning/);
  assert.deepEqual(rewinds, []);
  assert.deepEqual(store.events().map(([name]) => name), ['evicted', 'evictedWords', 'forgotten', 'word']);
});

test('words of a stream that does not know their topic say that some may be missing, and ask again', async () => {
  const store = new Store();
  const rewinds = [];
  const live = {position: 'window-results~id~7', rewind: topic => {
    rewinds.push(topic);
    store.take('unknown', '{}');
  }};
  store.take('word', '{"op":"+I","word":"a","count":1}');
  await pass(1_000);
  const root = new Element();
  const view = openWords(root, new URLSearchParams(), {store, live: {...live, rewind: topic => setTimeout(() => live.rewind(topic), 1)}});
  await pass(1_000);
  assert.match(root.textContent, /1 of 1 words; words that were not counted since the page was opened may be missing/);
  view.asked -= 10_001;
  view.draw();
  await pass(1_000);
  store.take('rewound', '{}');
  view.asked -= 10_001;
  view.draw();
  view.close();
  assert.equal(rewinds.length, 2);
});

test('a link to words of a filter shows those', async () => {
  const store = new Store();
  store.take('word', '{"op":"+I","word":"alpha","count":2}');
  store.take('word', '{"op":"+I","word":"beta","count":3}');
  await pass(1_000);
  const root = await showView(openWords, {filter: 'LPH'}, {store, live: {}});
  assert.deepEqual(root.querySelectorAll('.key').map(word => word.textContent), ['alpha']);
});

test('a word of blanks is shown in quotes', async () => {
  const store = new Store();
  store.take('word', '{"op":"+I","word":"  ","count":2}');
  await pass(1_000);
  const root = await showView(openWords, {}, {store, live: {}});
  assert.deepEqual(root.querySelectorAll('.key').map(one => one.textContent), ['"  "']);
});

test('words say how many rarer ones are not here', async () => {
  const store = new Store();
  store.take('evictedWords', ['b', 'c']);
  store.take('word', '{"op":"+I","word":"a","count":2}');
  await pass(1_000);
  const root = await showView(openWords, {}, {store, live: {}});
  assert.match(root.textContent, /1 of 1 words; at least 2 rarer ones are not here/);
  const none = await showView(openWords, {filter: 'x'}, {store, live: {}});
  assert.match(none.textContent, /0 of 1 words; none has that in it; at least/);
  assert.ok(none.querySelector('.words').hidden);
});

test('that there are no words is said when the stream was asked for them, not while there is none', async () => {
  const store = new Store();
  const root = new Element();
  const view = openWords(root, new URLSearchParams(), {store, live: {}});
  await pass(5_000);
  assert.match(root.textContent, /Loading the words/);
  store.take('rewound', '{}');
  await pass(5_000);
  view.close();
  assert.match(root.textContent, /No words/);
});

test('words that do not come are looked for where jobs are', async () => {
  const store = new Store();
  const root = new Element();
  store.take('rewound', '{}');
  const view = openWords(root, new URLSearchParams(), {store, live: {}});
  await pass(5_000);
  view.close();
  assert.match(root.textContent, /No words.*Health says whether it runs/);
});

test('Words says that the stream is refused in the place of what it would tell', async () => {
  const all = {store: new Store(), live: {}, refused: {status: 401, message: 'no key'}};
  const root = new Element();
  const view = openWords(root, new URLSearchParams(), all);
  await pass(1_000);
  assert.match(root.textContent, /A key is needed.*to see the words/);
  all.refused = null;
  await pass(1_000);
  assert.match(root.textContent, /Loading the words/);
  all.store.take('rewound', '{}');
  await pass(5_000);
  assert.match(root.textContent, /No words/);
  all.refused = {status: 403, message: 'the scope read:<job> is missing'};
  await pass(1_000);
  view.close();
  assert.match(root.textContent, /Your key does not open this/);
});

test('where there are no words and no alerts a key is told that it may be one that does not open them', async () => {
  answering({'/api/v1/alerts': {items: []}});
  const text = async () => {
    const words = new Element();
    const alerts = new Element();
    const store = new Store();
    store.take('rewound', '{}');
    const views = [openWords(words, new URLSearchParams(), {store, live: {}}), openAlerts(alerts, new URLSearchParams(), app([]))];
    await pass(5_000);
    await turns();
    views.forEach(view => view.close());
    return /No words(.*)/.exec(words.textContent)[1] + ' ' + /No alerts(.*)/.exec(alerts.textContent)[1];
  };
  const {getItem} = sessionStorage;
  sessionStorage.getItem = name => name === 'streampane.key' ? 'sp_1' : null;
  const [withKey, without] = [await text(), (sessionStorage.getItem = getItem, await text())];
  assert.match(withKey, /Health lists it if it has run and your key may read it.*Health lists it if it has run and your key may read it/);
  assert.match(without, /Health says whether it runs.*Health says whether it runs/);
  assert.doesNotMatch(without, /your key/);
});

test('the records of an input are asked for as their link says, and lead to their audit', async () => {
  const record = {topic: 'device-readings', partition: '0', offset: '1203', appended: '2026-11-20T06:00:00.012Z', kind: 'heartbeat', key: null,
    value: {bytes: '2', cut: false, text: '{}', base64: 'e30='}, malformed: [], links: {books: '/api/v1/audit?topic=device-readings&partition=0&offset=1203'}};
  const asked = answering({'/api/v1/records': {items: [record], next: null}});
  const root = await showView(openRecords, 'topic=device-readings&partition=0&kind=heartbeat', app([]), 'records');
  assert.deepEqual(asked, ['/api/v1/records?topic=device-readings&partition=0&kind=heartbeat&limit=25']);
  assert.match(root.textContent, /Records.*heartbeat.*\{\}device-readings\[0\] offset 1203 · appended .* · its audit/);
  assert.deepEqual(root.links, ['#/audit', '#/audit?topic=device-readings&partition=0&offset=1203']);
});

test('bytes that are no text are said to be base64', async () => {
  const raw = {bytes: '2', cut: false, text: null, base64: '//4='};
  answering({'/api/v1/dead-letters': {items: [{job: 'weather-average', reason: 'not_utf8', message: null, input: {topic: 'device-readings', partition: '0', offset: '7', row: null}, appended: '2026-11-20T06:00:00.012Z',
    key: raw, value: raw, links: {}}], next: null}});
  const root = await showView(openRecords, {}, app([]), 'dead-letters');
  assert.match(root.textContent, /not_utf8 base64: \/\/4=key base64: \/\/4= · device-readings\[0\]/);
});

test('an alert that came while alerts were asked for stays when the answer has an older generation of it', async () => {
  const [start, end] = ['2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'];
  const alert = generation => ({id: 'a', job: 'fraud-detection', client: '3', pattern: 'burst', score: '0.9', reason: 'because', start, end, generation, transactions: []});
  let answer;
  answering({'/api/v1/alerts': () => new Promise(resolve => answer = resolve)});
  const {all, update} = listening([]);
  const {root} = await openView(openAlerts, {}, all);
  update({alerts: [alert('10')]});
  answer({items: [alert('9')]});
  await turns();
  assert.match(root.textContent, /generation 10 of/);
  assert.doesNotMatch(root.textContent, /generation 9 of/);
  update({alerts: [alert('12'), alert('11')]}); // it has just drawn
  assert.match(root.textContent, /generation 10 of/);
  await pass(1_000);
  assert.match(root.textContent, /generation 12 of/);
});

test('an alert that is told once more stays as it is, and so does who is at it, unless it is new', async () => {
  const alert = id => ({id, job: 'fraud-detection', client: id, pattern: 'burst', score: '0.9', reason: 'because', start: '2026-11-20T06:00:00Z', end: '2026-11-20T06:01:00Z', generation: '1', transactions: []});
  answering({'/api/v1/alerts': {items: [alert('b'), alert('a')]}});
  const store = new Store();
  const {root, view} = await openView(openAlerts, {}, {store});
  const before = root.querySelectorAll('li');
  store.addAlerts([alert('b'), alert('a')]); // as when the connection is back
  await pass(1_000);
  assert.equal(before.length, 2);
  assert.deepEqual(root.querySelectorAll('li').map(one => before.indexOf(one)), [0, 1]);
  store.take('alert', JSON.stringify(alert('b')));
  await pass(1_000);
  assert.equal(root.querySelectorAll('li').find(one => one.textContent.includes('client b')).querySelectorAll('.new').length, 1);
  view.close();
});

test('alerts that came since somebody looked are marked, wherever they are, until another view is opened', async () => {
  const alert = (id, minute) => ({id, job: 'fraud-detection', client: id, pattern: 'burst', score: '0.000', reason: 'because', start: `2026-11-20T06:0${minute}:00Z`, end: `2026-11-20T06:0${minute}:00Z`, generation: '1', transactions: []});
  answering({'/api/v1/alerts': {items: [alert('c', 3), alert('b', 2), alert('a', 1)]}});
  const store = new Store();
  const opened = async params => {
    const {root, view} = await openView(openAlerts, params, {store});
    return {root, view, marked: () => root.querySelectorAll('.new').map(mark => mark.textContent).length + ' of ' + root.querySelectorAll('.alert-who').map(one => one.textContent)};
  };
  store.take('alert', JSON.stringify(alert('b', 2)));
  await pass(1_000);
  location.hash = '#/alerts';
  const first = await opened({});
  assert.equal(first.marked(), '1 of client c,client b,client a');
  assert.match(first.root.querySelector('.new').textContent, /^new$/);
  store.take('alert', JSON.stringify(alert('d', 0)));
  await pass(1_000);
  assert.equal(first.marked(), '2 of client c,client b,client a,client d');
  first.view.close();
  const second = await opened({client: 'b'});
  assert.equal(second.marked(), '1 of client b');
  assert.match(second.root.textContent, /Score: distance beyond/);
  const [client] = second.root.querySelectorAll('input');
  client.dispatchEvent(new Event('focus'));
  assert.deepEqual(second.root.querySelectorAll('option').map(option => option.getAttribute('value')), ['b', 'd']);
  location.hash = '#/now';
  second.view.close();
  const third = await opened({});
  assert.match(third.marked(), /^0 of/);
  third.view.close();
});

test('a link to alerts of a time asks for those and shows no others, also of what comes', async () => {
  const alert = (id, start) => ({id, job: 'fraud-detection', client: id, pattern: 'burst', score: '0.9', reason: 'because', start, end: start, generation: '1', transactions: []});
  const asked = answering({'/api/v1/alerts': {items: [alert('within', '2026-11-20T06:00:00Z')]}});
  const {all, update} = listening([]);
  const {root} = await openView(openAlerts, {from: '2026-11-20T06:00:00Z', to: '2026-11-20T07:00:00.500Z'}, all);
  const parameters = new URLSearchParams(asked[0].split('?')[1]);
  assert.deepEqual([parameters.get('from'), parameters.get('to')], ['2026-11-20T06:00:00Z', '2026-11-20T07:00:00.500Z']);
  update({alerts: [alert('before', '2026-11-20T05:59:59Z'), alert('last', '2026-11-20T07:00:00Z'), alert('behind', '2026-11-20T07:00:00.500Z')]});
  assert.deepEqual(root.all.filter(element => element.attributes.has('data-id')).map(element => element.getAttribute('data-id')), ['last', 'within']);
  assert.deepEqual(root.all.filter(element => element.getAttribute('type') === 'datetime-local').map(element => element.title),
    ['2026-11-20 06:00:00 UTC', '2026-11-20 07:00:00.500 UTC']);
  const form = root.querySelectorAll('form')[0];
  form.elements = Object.fromEntries(form.querySelectorAll('input').map(input => [input.getAttribute('name'), input]));
  form.dispatchEvent(new Event('submit'));
  assert.equal(location.hash, '#/alerts?from=2026-11-20T06%3A00%3A00Z&to=2026-11-20T07%3A00%3A00.500Z');
  await openView(openAlerts, {from: 'yesterday'}, all);
  assert.equal(new URLSearchParams(asked[1].split('?')[1]).get('from'), null);
});

test('an alert leads to each of its transactions, and says what its score is', async () => {
  const transaction = {topic: 'transactions', partition: '2', offset: '123', ts: '2026-11-20T06:00:00Z', amount: '12.0000'};
  answering({'/api/v1/alerts': {items: [{id: 'a', job: 'fraud-detection', client: '3', pattern: 'burst', score: '0.900', reason: 'because', start: transaction.ts, end: transaction.ts, generation: '1', transactions: [transaction]}]}});
  const {root} = await openView(openAlerts, {}, app([]));
  assert.match(root.textContent, /score 0\.900/);
  assert.equal(root.links[0], '#/records?topic=transactions&partition=2&first=123&last=123');
});

test('a window leads to the records of each input that it was made of, where its partitions are named', async () => {
  const window = {...revision(1), inputs: [{topic: 't', partition: '0', first: '40', last: '99'}, {topic: 'u', first: '1', last: '7'}]};
  answering({'/api/v1/windows/w/history': {items: [window]}, '/api/v1/windows/w': window});
  const {root} = await openView(openWindow, {id: 'w'}, app([]));
  assert.deepEqual(root.links.slice(1), ['#/records?topic=t&partition=0&kind=data&first=40&last=99']);
});

test('of each revision the offsets that it was made of are shown, and which of them changed', async () => {
  const made = (rev, last) => ({...revision(rev), inputs: [{topic: 't', partition: '0', first: '40', last}, {topic: 't', partition: '1', first: '7', last: '9'}]});
  const revisions = [made(1, '99'), made(2, '104')];
  answering({'/api/v1/windows/w/history': {items: revisions}, '/api/v1/windows/w': revisions[1]});
  const offsets = async rev => {
    const {root} = await openView(openWindow, {id: 'w', ...rev}, app([]));
    return root.querySelectorAll('table').find(one => one.textContent.startsWith('Offsets')).querySelectorAll('tr').map(row => row.children.map(cell => cell.textContent));
  };
  assert.deepEqual(await offsets({}), [['Input', 'First', 'Last', 'Changed'], ['t[0]', '40', '104', '≠ changed'], ['t[1]', '7', '9', '']]);
  assert.deepEqual(await offsets({rev: '1'}), [['Input', 'First', 'Last'], ['t[0]', '40', '99'], ['t[1]', '7', '9']]);
});

test('a window that ends behind the year 9999, at the end of its inputs, is shown wherever windows are', async () => {
  const window = {...result('tumbling(1m)', '9999-12-31T23:59:00Z', '+10000-01-01T00:00:00Z'), generation: '1', rev: '1', watermark: '+292278994-08-17T07:12:55.807Z'};
  answering({'/api/v1/windows/w/history': {items: [window]}, '/api/v1/windows/w': window, '/api/v1/windows': asked => ({items: asked.has('from') ? [] : [window]}),
    '/api/v1/jobs': {items: [{job: 'transaction-total', generation: 1, specs: ['tumbling(1m)'], lastWindow: {...window.window, id: 'w', key: '3'}}]},
    '/api/v1/jobs/transaction-total/keys': {items: []}, '/api/v1/status': {loaded: true, items: []},
    '/api/v1/late': {items: [{job: 'transaction-total', spec: 'tumbling(1m)', eventTime: '9999-12-31T23:59:59Z', input: {topic: 't', partition: 0, offset: 7, row: null}, key: null, value: null,
      links: {windows: '/api/v1/windows?job=transaction-total&from=9999-12-31T23:59:00Z&to=%2B10000-01-01T00:00:00Z'}}], next: null}});
  const store = new Store();
  store.take('window', window);
  await pass(1_000);
  for (const open of [openNow, openWindow, openHistory, openHealth, openRecords]) {
    const root = await showView(open, {id: 'w'}, {store, log: [], live: {}}, 'late');
    assert.match(root.textContent, /9999|10000/, open.toString());
    assert.doesNotMatch(root.textContent, /cannot be shown|NaN|Invalid/, open.toString());
  }
});

test('no time is asked for that a question cannot name', async () => {
  const ends = [];
  answering({'/api/v1/jobs': {items: [{job: 'transaction-total', specs: ['tumbling(1m)'], lastWindow: null}]},
    '/api/v1/jobs/transaction-total/keys': {items: []},
    '/api/v1/windows': asked => {
      ends.push(asked.get('to'));
      return {items: []};
    }});
  const range = {job: 'transaction-total', key: '3', from: '9999-12-31T23:59:00Z', to: '+10000-01-01T00:00:00Z'};
  const {history} = globalThis;
  globalThis.history = {replaceState() {}};
  for (const open of [openHistory, openWindow]) {
    await showView(open, range, app([]));
  }
  globalThis.history = history;
  assert.ok(ends.length > 1);
  assert.deepEqual(ends.filter(Boolean), []);
});

test('of a window only what is very long is broken into lines', async () => {
  const window = {...revision(1), values: {total_amount: '34654000.5', note: 'x'.repeat(30)}};
  answering({'/api/v1/windows/w/history': {items: [window]}, '/api/v1/windows/w': window});
  const {root} = await openView(openWindow, {id: 'w'}, app([]));
  const whole = text => root.all.find(element => element.tag === 'td' && element.textContent === text).firstChild.getAttribute('class');
  assert.deepEqual([whole('34,654,000.50'), whole('x'.repeat(30))], ['whole', null]);
});

test('the window that a late record missed is opened, and History around them where there are more or none', async () => {
  const [start, end] = ['2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'];
  const window = result('tumbling(1m)', start, end);
  const late = (query, spec = 'tumbling(1m)') => ({job: 'transaction-total', spec, eventTime: start, input: {topic: 't', partition: '0', offset: '7', row: null, appended: start}, key: null, value: null, links: {windows: '/api/v1/windows?job=transaction-total&spec=' + encodeURIComponent(spec) + query}});
  const range = '&from=2026-11-20T06%3A00%3A00Z&to=2026-11-20T06%3A00%3A00.001Z';
  const answers = {'/api/v1/late': {items: [late('&key=3' + range), late(range), late(range, 'all:tumbling(1m)'), late('&key=3&to=2026-11-20T06%3A00%3A00Z')], next: null},
    '/api/v1/windows/w': window, '/api/v1/windows/w/history': {items: [window]}};
  answering(answers);
  const {root} = await openView(openRecords, {}, app([]), 'late');
  const wide = '&from=2026-11-20T05%3A30%3A00.000Z&to=2026-11-20T06%3A30%3A00.001Z';
  const [one, ...others] = root.links.slice(1);
  assert.deepEqual(others, ['#/history?job=transaction-total&spec=all%3Atumbling%281m%29' + wide, '#/history?job=transaction-total&spec=tumbling%281m%29&key=3&to=2026-11-20T06%3A30%3A00.000Z']);
  globalThis.history = {replaceState: (_, __, url) => location.hash = url};
  const opened = [];
  globalThis.dispatchEvent = event => opened.push(event.type);
  const followed = async items => {
    location.hash = one;
    answers['/api/v1/windows'] = {items};
    const {root} = await openView(openWindow, one.split('?')[1], app([]));
    return [location.hash, root.textContent.includes('Where it comes from')];
  };
  assert.deepEqual(await followed([window]), ['#/window?id=w', true]);
  assert.deepEqual(opened, []);
  const history = '#/history?job=transaction-total&spec=tumbling%281m%29&key=3' + wide;
  assert.deepEqual(await followed([window, {...window, id: 'v'}]), [history, false]);
  assert.deepEqual(await followed([]), [history, false]);
  assert.deepEqual(opened, ['hashchange', 'hashchange']);
});

test('times of a revision and of its explanation are those of the browser, with UTC in the title and all their digits', async () => {
  const [start, end] = ['2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z'];
  const window = {...result('tumbling(1m)', start, end), maxEventTime: '2026-11-20T06:00:59.123Z'};
  answering({'/api/v1/windows/w/history': {items: [window, {...window, rev: 2, maxEventTime: '2026-11-20T06:00:59.124Z'}]}, '/api/v1/windows/w': {...window, rev: 2},
    '/api/v1/windows/w/explain': {verdict: 'equal', summary: '', findings: [], compared: ['log'], differences: [], recomputed: {maxEventTime: '2026-11-20T06:00:59.124Z', window: {end}}, seconds: 0.1}});
  const {root, view} = await openView(openWindow, {id: 'w'}, app([]));
  root.all.find(element => element.textContent === 'Explain').click();
  await turns();
  view.close();
  const times = row => row.all.filter(element => element.tag === 'time').map(time => [time.getAttribute('datetime'), time.getAttribute('title'), /\.\d+$/.exec(time.textContent)[0]]);
  const shown = digit => [`2026-11-20T06:00:59.12${digit}Z`, `2026-11-20 06:00:59.12${digit} UTC`, `.12${digit}`];
  const rows = root.all.filter(element => element.tag === 'tr' && element.children[0].textContent === 'maxEventTime');
  assert.deepEqual(rows.map(times), [[shown(4), shown(4)], [shown(4), shown(3)]]);
  assert.equal(root.all.filter(element => element.tag === 'time' && element.getAttribute('datetime') === end).length, 4); // two of them beside the revisions
});
