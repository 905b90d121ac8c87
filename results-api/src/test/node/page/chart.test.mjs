import assert from 'node:assert/strict';
import {test} from 'node:test';
import {charts} from './dom.mjs';

process.env.TZ = 'Europe/Berlin';
const {LineChart, scaled, ticks} = await import('./page/chart.js');

const grid = (from, to, most) => ticks(Date.parse(from), Date.parse(to), most).map(({value}) => new Date(value).toISOString().replace(':00.000Z', 'Z'));

test('lines of the grid stand at round times of the zone also behind a change of its clocks', () => {
  assert.deepEqual(grid('2026-03-28T20:00Z', '2026-03-29T12:00Z', 4), ['2026-03-28T23:00Z', '2026-03-29T04:00Z', '2026-03-29T10:00Z']);
  assert.deepEqual(grid('2026-10-24T20:00Z', '2026-10-25T12:00Z', 4), ['2026-10-24T22:00Z', '2026-10-25T05:00Z', '2026-10-25T11:00Z']);
  assert.deepEqual(grid('2026-10-23T22:00Z', '2026-10-26T23:00Z', 4), ['2026-10-23T22:00Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z', '2026-10-26T23:00Z']);
});

test('no line of the grid is missing in the hour that is there twice, and none is there twice where one is missing', () => {
  assert.deepEqual(grid('2026-10-25T00:00Z', '2026-10-25T02:00Z', 4), ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z', '2026-10-25T02:00Z']);
  assert.deepEqual(grid('2026-03-29T00:00Z', '2026-03-29T02:00Z', 4), ['2026-03-29T00:00Z', '2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-29T02:00Z']);
});

test('a range of years has no more lines of the grid than others, and their years', async () => {
  const [from, to] = ['2019-11-20T00:00Z', '2026-11-20T00:00Z'].map(Date.parse);
  for (const most of [2, 4, 9]) {
    const found = ticks(from, to, most);
    assert.ok(found.length >= most / 2 && found.length <= most + 1, `${found.length} of ${most}`);
  }
  const drawn = charts();
  const chart = new LineChart(null, () => {});
  await chart.show([{label: '3', color: '--series-1', mark: 0, points: []}], from, to, '');
  chart.close();
  drawn[0].scales = {x: {min: from, max: to}};
  assert.match(drawn[0].options.scales.x.ticks.callback(from), /2019/);
});

test('lines of the grid that lie close together have different labels', () => {
  const labels = values => values.map((value, i) => scaled(value, i, values.map(one => ({value: one}))));
  assert.deepEqual(labels([150, 150.2, 150.4]), ['150.0', '150.2', '150.4']);
  assert.deepEqual(labels([20.05, 20.06]), ['20.05', '20.06']);
  assert.deepEqual(labels([0, 0.5, 1]), ['0.0', '0.5', '1.0']);
  assert.deepEqual(labels([0, 5000, 10000]), ['0', '5,000', '10,000']);
  assert.deepEqual(labels([-0.1, 0]), ['-0.1', '0.0']);
  assert.deepEqual(labels([12.5]), ['12.50']);
});

test('a chart that is closed while its library is loaded draws nothing', async () => {
  const drawn = charts();
  const chart = new LineChart(null, () => {});
  const shown = chart.show([], 0, 1, '');
  chart.close();
  await shown;
  assert.deepEqual(drawn, []);
});

test('a point says of which value it is, and that its window is incomplete', async () => {
  const drawn = charts();
  const chart = new LineChart(null, () => {});
  await chart.show([{label: '3', color: '--series-1', mark: 0, points: []}], 0, 1, '°C');
  chart.close();
  const {label} = drawn[0].options.plugins.tooltip.callbacks;
  assert.equal(label({dataset: {label: '3'}, raw: {text: '20.5', complete: true}}), '3: 20.5 °C');
  assert.equal(label({dataset: {label: '3'}, raw: {text: '20.5', complete: false}}), '3: 20.5 °C, incomplete');
});

test('the axis has no room below zero for what is never below it', async () => {
  const least = async (points, band = []) => {
    const drawn = charts();
    const chart = new LineChart(null, () => {});
    await chart.show([{label: '3', color: '--series-1', mark: 0, points, band}], 0, 200, '');
    chart.close();
    return drawn[0].options.scales.y.min;
  };
  assert.equal(await least([{x: 0, y: 5}, {x: 1, y: 800}]), 0);
  assert.equal(await least([{x: 0, y: 20}, {x: 1, y: 25}]), undefined);
  assert.equal(await least([{x: 0, y: 20}, {x: 1, y: 25}], [{x: 0, low: 0, high: 30}]), 0);
  assert.equal(await least([{x: 0, y: -5}, {x: 1, y: 800}]), undefined);
  assert.equal(await least([]), undefined);
  assert.equal(await least(Array.from({length: 500_000}, (_, x) => ({x, y: x}))), 0);
});

test('of many points those are seen that no line leads to', async () => {
  const drawn = charts();
  const chart = new LineChart(null, () => {});
  const data = Array.from({length: 200}, (_, x) => ({x, y: 0, gone: Math.min(x, 3) / 2}));
  await chart.show([{label: '3', color: '--series-1', mark: 0, points: data}], 0, 200, '');
  chart.close();
  const [dataset] = drawn[0].data.datasets;
  const seen = data.flatMap((_, dataIndex) => dataset.pointRadius({dataIndex, dataset}) ? [dataIndex] : []);
  assert.deepEqual(seen.slice(0, 5), [0, 1, 2, 17, 34]);
});
