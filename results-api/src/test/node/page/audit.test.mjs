import assert from 'node:assert/strict';
import {test} from 'node:test';
import {answering, turns} from './browser.mjs';
import {pass} from './clock.mjs';
import {openView, showView} from './dom.mjs';
import {open as openAudit} from './page/audit.js';
import {open as openRecords} from './page/rejects.js';

const item = {job: 'j', generation: 2, topic: 't', topicId: 'i', partition: 0, first: 40, last: 99, records: 60, rows: 60, rejected: 3, heartbeats: 5, corrections: 0, holes: {offsets: 0}, balanced: true, problems: [],
  specs: [{spec: 'tumbling(1m)', counted: 50, late: 2}]};

const audits = items => answering({'/api/v1/audit': () => ({state: 'reconciled', formerTopicIds: [], items}), '/api/v1/watermarks': () => ({stalled: []})});

/** The page's links to records: their words, and where they lead. */
function numbers(root) {
  return root.querySelectorAll('a').filter(({id}) => id).map(a => [a.textContent, a.getAttribute('href')]);
}

test('each number of the audit leads to what it counts', async () => {
  audits([item]);
  const root = await showView(openAudit, {});
  const found = numbers(root);
  const [range, aside] = ['first=40&last=99', 'job=j&topic=t&partition=0&generation=2'];
  assert.deepEqual(found, [['60', '#/records?topic=t&partition=0&' + range], ['50', `#/counted?${aside}&spec=tumbling%281m%29&${range}`],
    ['2', `#/late?${aside}&spec=tumbling%281m%29&${range}`], ['3', `#/dead-letters?${aside}&${range}`], ['5', `#/heartbeats?${aside}&${range}`]]);
});

test('a number of a job without windows leads to what it counts', async () => {
  audits([{...item, specs: [{spec: 'none', counted: 52, late: 0}]}]);
  const [, counted] = numbers(await showView(openAudit, {}));
  assert.deepEqual(counted, ['52', '#/counted?job=j&topic=t&partition=0&generation=2&first=40&last=99']);
});

test('who is at a number of the audit stays there when it goes on', async () => {
  const items = [item];
  audits(items);
  const {root, view} = await openView(openAudit, {});
  root.querySelectorAll('a').find(a => a.textContent === '50').focus();
  items[0] = {...item, last: 100, rows: 61, records: 61, specs: [{spec: 'tumbling(1m)', counted: 51, late: 2}]};
  await pass(6_000);
  await turns();
  view.close();
  assert.match(document.activeElement.getAttribute('href'), /^#\/counted\?.*last=100$/);
});

test('of an audit that may not be seen any more nothing stays, of one that cannot be had all', async t => {
  answering({'/api/v1/audit': () => ({state: 'reconciled', formerTopicIds: [], items: [item]}), '/api/v1/watermarks': () => ({stalled: ['t[0]']})});
  const {root, view} = await openView(openAudit, {});
  const told = [];
  for (const status of [503, 403]) {
    t.mock.method(globalThis, 'fetch', async () => new Response('{"detail": "of now"}', {status}));
    await pass(6_000);
    await turns();
    told.push(['of now', 'As of', '▲ Stalled', 't[0]'].map(text => root.textContent.includes(text)));
  }
  view.close();
  assert.deepEqual(told, [[true, true, true, true], [true, false, false, false]]);
});

test('the audit has its verdict beside the input, where a narrow page shows it', async () => {
  audits([item, {...item, partition: 1, balanced: false}]);
  const root = await showView(openAudit, {});
  assert.deepEqual(root.querySelectorAll('.input').map(input => [input.textContent, input.getAttribute('data-audit')]), [['t[0]', '✓ balanced'], ['t[1]', '✕ broken']]);
});

test('the audit says where its rows are not records, and what windows dropped of what was counted', async () => {
  audits([{...item, records: 12, corrections: 1}]);
  const root = await showView(openAudit, {});
  assert.match(root.textContent, /60 rows in 12 records; 1 counted record dropped by a window afterwards/);
});

test('what was read of a topic before it was made anew says so, and leads to no records of the topic that is there now', async () => {
  answering({'/api/v1/audit': () => ({state: 'settling', formerTopicIds: ['before'], items: [item, {...item, generation: 1, topicId: 'before', first: 0, last: 1290}]}), '/api/v1/watermarks': () => ({stalled: []})});
  const root = await showView(openAudit, {});
  const found = numbers(root);
  assert.deepEqual(found.map(([text]) => text), ['60', '50', '2', '3', '5']);
  assert.ok(found.every(([, href]) => href.endsWith('first=40&last=99')));
  assert.match(root.textContent, /generation 1.*✓ balancedof a deleted topic with this name$/);
});

test('the audit says of all that it shows how much was late, rejected and dropped, and leads there', async () => {
  audits([{...item, rows: 1960, specs: [{spec: 'tumbling(1m)', counted: 50, late: 2}, {spec: 'tumbling(1h)', counted: 51, late: 1}], corrections: 2}, {...item, partition: 1, rejected: 0, rows: 19, specs: []}]);
  const root = await showView(openAudit, 'job=j');
  const told = root.querySelectorAll('.told').at(-1);
  assert.equal(told.textContent, '3 late, 3 rejected, 2 dropped by a window afterwards, of 1,969 rows without heartbeats; each job counts what it has read');
  assert.deepEqual(told.links, ['#/late?job=j', '#/dead-letters?job=j']);
});

test('the audit says no more of an offset, and of what settles, than the service does', async () => {
  const said = async (params, state) => {
    answering({'/api/v1/audit': () => ({state, formerTopicIds: [], items: [item]}), '/api/v1/watermarks': () => ({stalled: []})});
    const root = await showView(openAudit, params);
    return root.querySelector('.verdict').textContent;
  };
  assert.equal(await said('job=j&topic=t&partition=0', 'reconciled'), '✓ Reconciled Every record up to the ends of the inputs is accounted for.');
  assert.equal(await said('job=j&topic=t&partition=0&offset=50', 'reconciled'),
    '✓ Reconciled over this offset Every record that the audits below cover is accounted for; there may be others.');
  assert.match(await said('offset=50', 'broken'), /^✕ Broken/);
  assert.equal(await said('', 'settling'), '✓ Balanced, settling All audited records are accounted for; newer ones may not be audited yet.');
});

const record = (offset, more) => ({topic: 't', partition: 0, offset, appended: '2026-11-20T06:00:00.012Z', kind: 'reading', key: null, value: {bytes: 2, cut: false, text: '{}', base64: 'e30='}, malformed: [], links: {}, ...more});
const aside = (offset, generation, row = null) => record(900 + offset, {job: 'j', generation, spec: 'tumbling(1m)', reason: 'range', eventTime: null, input: {topic: 't', partition: 0, offset, row, appended: null}});

/** A list, newest first, of as many a page as are asked for. */
const list = all => asked => {
  const [first, last] = ['first', 'last'].map(name => parseInt(asked.get(name)));
  const records = all.filter(({offset}) => !(Number(offset) < first) && !(Number(offset) > last));
  const from = Number(asked.get('after') ?? 0);
  const to = from + Number(asked.get('limit'));
  return {items: records.slice(from, to), next: to < records.length ? String(to) : null};
};

const offsets = root => root.querySelectorAll('li').map(li => /offset (\d+)/.exec(li.textContent)[1]);
const older = root => root.querySelectorAll('button').find(button => button.textContent === 'Older records');

async function opened(view, link, answers) {
  const asked = answering(answers);
  const {root, view: opened} = await openView(openRecords, link, null, view);
  while (older(root) && !older(root).hidden) {
    older(root).click();
    await turns();
  }
  opened.close();
  return {root, asked};
}

const link = 'job=j&topic=t&partition=0&generation=2&spec=tumbling%281m%29&first=40&last=99';
const down = (from, to) => Array.from({length: from - to + 1}, (_, i) => from - i);

test('the counted records are the data without what was late or rejected in that generation and range', async () => {
  const {root, asked} = await opened('counted', link, {'/api/v1/records': list(down(400, 0).map(offset => record(offset))),
    '/api/v1/late': list([aside(150, 2), aside(98, 2), aside(97, 1)]), '/api/v1/dead-letters': list([aside(60, 2), aside(59, 2, 3), aside(59, 2, 1), aside(58, 1)])});
  assert.deepEqual(offsets(root), down(99, 40).filter(offset => ![98, 60].includes(offset)).map(String));
  assert.match(root.textContent, /Counted records.*generation 2, offsets 40 to 99/);
  assert.match(root.textContent, /reading without rows 3, 1\{\}t\[0\] offset 59/);
  assert.equal(asked[0], '/api/v1/late?job=j&topic=t&partition=0&spec=tumbling%281m%29&limit=200');
  assert.equal(asked[2], '/api/v1/records?topic=t&partition=0&first=40&last=99&kind=data&limit=25');
  assert.doesNotMatch(root.textContent, /only the newest/);
});

test('counted records say when there may be late or rejected ones among them', async () => {
  const {root} = await opened('counted', link, {'/api/v1/records': list([record(99)]), '/api/v1/late': list(down(8_000, 0).map(offset => aside(offset + 40, 2))), '/api/v1/dead-letters': list([])});
  assert.match(root.textContent, /only the newest late and rejected records are left out/);
});

test('heartbeats are those that were not rejected, and records those that the audit covers', async () => {
  const {root} = await opened('heartbeats', link, {'/api/v1/records': list([100, 99, 98, 97].map(offset => record(offset, {kind: 'heartbeat'}))), '/api/v1/dead-letters': list([aside(98, 2)])});
  assert.deepEqual(offsets(root), ['99', '97']);
  const {root: all, asked} = await opened('records', 'topic=t&partition=0&first=98&last=99', {'/api/v1/records': list([100, 99, 98, 97].map(offset => record(offset)))});
  assert.deepEqual(offsets(all), ['99', '98']);
  assert.match(all.textContent, /offsets 98 to 99 · records of all keys between these offsets · Back to the audit/);
  const {root: one} = await opened('records', 'topic=t&partition=0&first=98&last=98', {'/api/v1/records': list([record(98)])});
  assert.doesNotMatch(one.textContent, /of all keys/);
  assert.deepEqual(asked, ['/api/v1/records?topic=t&partition=0&first=98&last=99&limit=25']);
});

test('late records and dead letters are those of the generation and the range', async () => {
  const {root} = await opened('late', link, {'/api/v1/late': list([aside(100, 2), aside(99, 2), aside(98, 1), aside(39, 2)])});
  assert.deepEqual(offsets(root), ['99']);
  const {root: letters} = await opened('dead-letters', 'job=j', {'/api/v1/dead-letters': list([aside(100, 2), aside(98, 1)])});
  assert.deepEqual(offsets(letters), ['100', '98']);
});
