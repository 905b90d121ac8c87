import assert from 'node:assert/strict';
import {test} from 'node:test';
import {charts, downloads, press, showView} from './dom.mjs';

globalThis.history = {replaceState: (_, __, url) => location.hash = url};
process.env.TZ = 'Europe/Berlin';
const {open} = await import('./page/history.js');

const window = start => ({id: start, job: 'j', spec: 'tumbling(30m)', key: 'k', window: {kind: 'tumbling', start, end: new Date(Date.parse(start) + 1_800_000).toISOString()}, generation: 1, rev: 1, status: 'FINAL',
  complete: true, values: {total: '1'}, count: 1, late: 0});

/** What History shows of windows that begin then. */
async function opened(params, starts = [], values = {total: '1'}, keys = []) {
  const asked = [];
  globalThis.fetch = async path => {
    const [name, search] = path.split('?');
    const from = new URLSearchParams(search).get('from');
    const to = new URLSearchParams(search).get('to');
    if (name === '/api/v1/windows') {
      asked.push([from, to]);
    }
    return new Response(JSON.stringify({items: name === '/api/v1/jobs' ? [{job: 'j', specs: ['tumbling(30m)'], lastWindow: {key: 'k', start: '2026-10-25T01:30:00Z', end: '2026-10-25T02:00:00Z'}}]
      : name === '/api/v1/windows' ? starts.filter(start => start >= from && (to === null || start < to)).map(start => ({...window(start), values})) : []}));
  };
  const root = await showView(open, params === null ? {} : [...Object.entries({job: 'j', key: 'k', ...params}), ...keys.slice(1).map(key => ['key', key])], {store: {listen: () => () => {}}});
  return {root, asked};
}

/** Where the windows of the day before are drawn. */
async function dayBefore(from, to, starts) {
  const drawn = charts();
  const {asked} = await opened({overlay: '1', from, to}, starts);
  delete globalThis.Chart;
  return {asked: asked[1], x: drawn[0].data.datasets.find(({label}) => label.endsWith('day before')).data.map(({x}) => new Date(x).toISOString().replace(':00.000Z', 'Z'))};
}

test('the day before is drawn at the same times of day, also where clocks are changed in between', async () => {
  assert.deepEqual(await dayBefore('2026-03-29T06:00:00.000Z', '2026-03-29T10:00:00.000Z', ['2026-03-28T08:00:00.000Z', '2026-03-28T09:00:00.000Z']),
    {asked: ['2026-03-28T06:00:00.000Z', '2026-03-28T12:00:00.000Z'], x: ['2026-03-29T07:00Z', '2026-03-29T08:00Z']});
  assert.deepEqual((await dayBefore('2026-10-25T08:00:00.000Z', '2026-10-25T10:00:00.000Z', ['2026-10-24T08:00:00.000Z'])).x, ['2026-10-25T09:00Z']);
});

test('of the day before nothing is drawn at an hour that there is not, and an hour that was there twice once', async () => {
  const before = ['2026-03-28T00:30:00.000Z', '2026-03-28T01:00:00.000Z', '2026-03-28T01:30:00.000Z', '2026-03-28T02:00:00.000Z'];
  assert.deepEqual((await dayBefore('2026-03-29T00:00:00.000Z', '2026-03-29T04:00:00.000Z', before)).x, ['2026-03-29T00:30Z', '2026-03-29T01:00Z']);
  const twice = ['2026-10-25T00:00:00.000Z', '2026-10-25T00:30:00.000Z', '2026-10-25T01:00:00.000Z', '2026-10-25T01:30:00.000Z', '2026-10-25T02:00:00.000Z'];
  assert.deepEqual((await dayBefore('2026-10-26T00:00:00.000Z', '2026-10-26T04:00:00.000Z', twice)).x, ['2026-10-26T01:00Z', '2026-10-26T01:30Z', '2026-10-26T02:00Z']);
});

test('the line of the day before has gaps as it is drawn, also where clocks are changed', async () => {
  const gaps = async (from, to, starts) => {
    const drawn = charts();
    await opened({overlay: '1', from, to}, starts);
    delete globalThis.Chart;
    return drawn[0].data.datasets.find(({label}) => label.endsWith('day before')).data.map(({gone}) => gone / 60_000);
  };
  const spring = ['2026-03-28T00:00:00.000Z', '2026-03-28T00:30:00.000Z', '2026-03-28T01:00:00.000Z', '2026-03-28T01:30:00.000Z', '2026-03-28T02:00:00.000Z'];
  assert.deepEqual(await gaps('2026-03-29T00:00:00.000Z', '2026-03-29T04:00:00.000Z', spring), [0, 0, 0]);
  assert.deepEqual(await gaps('2026-03-29T00:00:00.000Z', '2026-03-29T04:00:00.000Z', [spring[0], spring[4]]), [0, 30]);
  const autumn = ['2026-10-24T00:00:00.000Z', '2026-10-24T00:30:00.000Z', '2026-10-24T01:00:00.000Z', '2026-10-24T01:30:00.000Z'];
  assert.deepEqual(await gaps('2026-10-25T00:00:00.000Z', '2026-10-25T04:00:00.000Z', autumn), [0, 0, 60, 60]);
});

test('of a day whose clocks go back all windows are drawn', async () => {
  const drawn = charts();
  const starts = ['2026-10-25T00:00:00.000Z', '2026-10-25T00:30:00.000Z', '2026-10-25T01:00:00.000Z', '2026-10-25T01:30:00.000Z', '2026-10-25T02:00:00.000Z'];
  await opened({from: '2026-10-25T00:00:00.000Z', to: '2026-10-25T02:30:00.000Z'}, starts);
  delete globalThis.Chart;
  assert.deepEqual(drawn[0].data.datasets.find(({label}) => label === '\u2068k\u2069').data.map(({x}) => new Date(x).toISOString()), starts);
});

test('of the day before all is drawn that lies in the range, and nothing else, also where the range begins or ends in an hour that is there twice, or was not there', async () => {
  const drawn = async (from, to, starts) => (await dayBefore(from, to, starts)).x;
  const saturday = ['2026-10-23T23:30:00.000Z', '2026-10-24T00:00:00.000Z', '2026-10-24T00:30:00.000Z', '2026-10-24T01:00:00.000Z', '2026-10-24T01:30:00.000Z'];
  assert.deepEqual(await drawn('2026-10-25T00:00:00.000Z', '2026-10-25T01:30:00.000Z', saturday), ['2026-10-25T00:00Z', '2026-10-25T00:30Z']);
  assert.deepEqual(await drawn('2026-10-25T01:30:00.000Z', '2026-10-25T02:30:00.000Z', saturday), ['2026-10-25T02:00Z']);
  const sunday = ['2026-03-29T00:30:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-29T01:30:00.000Z', '2026-03-29T02:00:00.000Z'];
  assert.deepEqual(await drawn('2026-03-30T00:30:00.000Z', '2026-03-30T02:00:00.000Z', sunday), ['2026-03-30T01:00Z', '2026-03-30T01:30Z']);
  assert.deepEqual(await drawn('2026-03-29T23:00:00.000Z', '2026-03-30T00:30:00.000Z', sunday), ['2026-03-29T23:30Z']);
});

test('a range is that of the link while nothing else is typed, also in the hour that is there twice', async () => {
  const {root} = await opened({from: '2026-10-25T01:30:00.250Z', to: '2026-10-25T02:00:00Z'});
  const form = root.querySelectorAll('form').find(one => one.textContent.includes('From, to'));
  const [from, to] = form.querySelectorAll('input');
  form.dispatchEvent(new Event('submit'));
  assert.match(location.hash, /&from=2026-10-25T01%3A30%3A00.250Z&to=2026-10-25T02%3A00%3A00.000Z$/);
  from.value = '2026-10-25T01:00';
  to.value = '2026-10-25T04:00:00';
  form.dispatchEvent(new Event('submit'));
  assert.match(location.hash, /&from=2026-10-24T23%3A00%3A00.000Z&to=2026-10-25T03%3A00%3A00.000Z$/);
});

const rows = root => root.querySelectorAll('tr').map(row => row.children.map(cell => cell.textContent));

test('the table has what the chart draws of the day before, and no more', async () => {
  charts();
  const twice = ['2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z', '2026-10-26T02:00:00.000Z'];
  const {root} = await opened({overlay: '1', from: '2026-10-26T00:00:00.000Z', to: '2026-10-26T04:00:00.000Z'}, twice);
  delete globalThis.Chart;
  assert.deepEqual(rows(root).slice(1).map(([, key]) => key), ['k', 'k, day before']);
  assert.deepEqual(root.querySelectorAll('tr').slice(1).map(row => row.getAttribute('data-id')), ['2026-10-26T02:00:00.000Z', '2026-10-25T00:00:00.000Z']);
});

test('the table has the lowest and the highest while they are drawn', async () => {
  charts();
  const range = {from: '2026-10-26T00:00:00.000Z', to: '2026-10-26T04:00:00.000Z'};
  const values = {avg_temp: '20.50', min_temp: '19.0', max_temp: '22.00'};
  const {root} = await opened(range, ['2026-10-26T02:00:00.000Z'], values);
  assert.deepEqual(rows(root).map(row => row.slice(2, 6)), [['Temperature, °C', 'Lowest temperature, °C', 'Highest temperature, °C', 'Count'], ['20.50', '19.0', '22.00', '1']]);
  const {root: other} = await opened({...range, metric: 'min_temp'}, ['2026-10-26T02:00:00.000Z'], values);
  delete globalThis.Chart;
  assert.deepEqual(rows(other)[0].slice(2, 4), ['Lowest temperature, °C', 'Count']);
});

test('the CSV has the windows of the day before that are drawn, and none twice', async t => {
  t.mock.timers.enable({apis: ['setTimeout']});
  charts();
  const {root} = await opened({overlay: '1', from: '2026-11-10T00:00:00.000Z', to: '2026-11-12T00:00:00.000Z'}, ['2026-11-09T02:00:00.000Z', '2026-11-10T02:00:00.000Z']);
  delete globalThis.Chart;
  const files = downloads();
  press(root, 'CSV');
  assert.deepEqual((await files[0].text()).split('\r\n').slice(1, -1).map(line => line.split(',')[0]), ['2026-11-10T02:00:00.000Z', '2026-11-09T02:00:00.000Z']);
});

test('the link names what is shown, also what it left open', async () => {
  charts();
  location.hash = '#/history';
  await opened(null, [new Date(Date.now() - 60_000).toISOString()]);
  assert.equal(location.hash, '#/history?job=j&spec=tumbling%2830m%29&key=k&metric=total&range=1h');
  await opened({from: '2026-11-10T00:00:00Z', to: '2026-11-12T00:00:00Z', overlay: '1'}, ['2026-11-10T02:00:00.000Z']);
  delete globalThis.Chart;
  assert.equal(location.hash, '#/history?job=j&spec=tumbling%2830m%29&key=k&metric=total&from=2026-11-10T00%3A00%3A00Z&to=2026-11-12T00%3A00%3A00Z&overlay=1');
});

test('the fields of the range tell UTC, also of what is typed', async () => {
  const {root} = await opened({from: '2026-10-25T01:30:00.250Z', to: '2026-10-25T02:00:00Z'});
  const [from, to] = root.querySelectorAll('form').find(one => one.textContent.includes('From, to')).querySelectorAll('input');
  assert.deepEqual([from.title, to.title], ['2026-10-25 01:30:00.250 UTC', '2026-10-25 02:00:00.000 UTC']);
  from.value = '2026-10-25T01:00';
  from.dispatchEvent(new Event('input'));
  to.value = '';
  to.dispatchEvent(new Event('input'));
  assert.deepEqual([from.title, to.title], ['2026-10-24 23:00:00.000 UTC', '']);
});

test('the chip of a key has the mark of its line', async () => {
  const drawn = charts();
  const keys = ['k', 'l', 'm', 'n', 'o', 'p'];
  const {root} = await opened({key: 'k', from: '2026-11-10T00:00:00Z', to: '2026-11-12T00:00:00Z'}, ['2026-11-10T02:00:00.000Z'], {total: '1'}, keys);
  delete globalThis.Chart;
  const chips = root.querySelectorAll('.chip').map(chip => chip.querySelector('.swatch').getAttribute('data-mark'));
  assert.deepEqual(chips, drawn[0].data.datasets.map(({pointStyle}) => pointStyle));
  assert.equal(new Set(root.querySelectorAll('path').map(path => path.getAttribute('d'))).size, 6);
});

const between = ({data, segment}, style) => data.slice(1).map((raw, i) => segment[style]({p0: {raw: data[i]}, p1: {raw}}));

test('the line and its band are not drawn across times without windows', async () => {
  const drawn = charts();
  await opened({from: '2026-11-10T00:00:00.000Z', to: '2026-11-10T06:00:00.000Z'},
    ['2026-11-10T00:00:00.000Z', '2026-11-10T00:30:00.000Z', '2026-11-10T02:00:00.000Z', '2026-11-10T04:00:00.000Z', '2026-11-10T04:30:00.000Z'], {avg_temp: '20.5', min_temp: '19.0', max_temp: '22.0'});
  delete globalThis.Chart;
  const [, highest, line] = drawn[0].data.datasets;
  const gaps = [undefined, 'transparent', 'transparent', undefined];
  assert.deepEqual([between(highest, 'backgroundColor'), between(line, 'borderColor')], [gaps, gaps]);
});

test('of points too many to be drawn those are a line between which few are missing', async () => {
  const drawn = charts();
  const starts = Array.from({length: 144}, (_, i) => i).filter(i => i % 6 && !(i > 70 && i < 110)).map(i => new Date(Date.parse('2026-11-10T00:00:00.000Z') + i * 1_800_000).toISOString());
  await opened({from: '2026-11-10T00:00:00.000Z', to: '2026-11-13T00:00:00.000Z'}, starts, {avg_temp: '20.5', min_temp: '19.0', max_temp: '22.0'});
  delete globalThis.Chart;
  const [, highest, line] = drawn[0].data.datasets.map(dataset => ({...dataset, data: dataset.data.filter((_, i) => i % 4 === 0)})); // as the library leaves some out
  const gaps = line.data.slice(1).map(({x}, i) => x - line.data[i].x > 10 * 3_600_000 ? 'transparent' : undefined);
  assert.equal(gaps.filter(gap => gap).length, 1);
  assert.deepEqual([between(highest, 'backgroundColor'), between(line, 'borderColor')], [gaps, gaps]);
});
