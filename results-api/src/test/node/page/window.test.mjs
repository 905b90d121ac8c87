import assert from 'node:assert/strict';
import {test} from 'node:test';

globalThis.location = new URL('http://localhost:8080/');
const {compared} = await import('./page/window.js');

const recomputed = {id: 'w', count: '4', values: {avg_temp: '25.0'}};
const differs = {field: 'values.avg_temp', log: '26', recomputed: '25.0'};

test('nothing is said of a document or a record that was not there', () => {
  assert.deepEqual(compared({compared: ['document', 'log'], differences: [], recomputed}).map(row => row.slice(1)),
    [['count', '4', '4', '4', '= equal'], ['values.avg_temp', '25.0', '25.0', '25.0', '= equal']]);
  assert.deepEqual(compared({compared: ['log'], differences: [differs], recomputed}),
    [['changed', 'values.avg_temp', '–', '26', '25.0', '≠ differs'], [null, 'count', '–', '4', '4', '= log']]);
  assert.deepEqual(compared({compared: ['document'], differences: [], recomputed})[0], [null, 'count', '4', '–', '4', '= document']);
  assert.deepEqual(compared({compared: ['history'], differences: [], recomputed})[0], [null, 'count', '4', '–', '4', '= history']);
  assert.deepEqual(compared({compared: ['log'], differences: []}), []);
});
