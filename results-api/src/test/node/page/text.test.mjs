import assert from 'node:assert/strict';
import {test} from 'node:test';
import './dom.mjs';
import {keyText} from './page/dom.js';
import {digits, rounded, span, valued, when} from './page/format.js';
import {groups, query} from './page/query.js';

test('keys go into as few questions as a request line has room for', () => {
  const keys = Array.from({length: 24}, (_, i) => 'Ж'.repeat(27) + i);
  const found = groups(keys);
  assert.deepEqual(found.flat(), keys);
  assert.ok(found.length > 1);
  found.forEach(group => assert.ok(query({key: group}).length < 3_100));
  assert.deepEqual(groups(['a', '', 'b']), [['a', '', 'b']]);
  assert.deepEqual(groups(['x'.repeat(4_000), 'y']), [['x'.repeat(4_000)], ['y']]);
  assert.deepEqual(groups([]), []);
  assert.deepEqual(groups(['a', 'b', 'c'], 2), [['a', 'b'], ['c']]);
});

test('amounts have one format, and all decimals that say something', () => {
  assert.deepEqual(['1001.0000', '14', '-1000.5', '12345.6789', '0.000'].map(text => valued('total_amount', text)), ['1,001.00', '14.00', '-1,000.50', '12,345.6789', '0.00']);
  assert.deepEqual([valued('amount', '–'), valued('amount', undefined), valued('values.min_amount', '7'), valued('avg_temp', '1234.500'), valued('amounts', '7')], ['–', '–', '7.00', '1,234.500', '7']);
});

test('values that are texts are shown as they are', () => {
  assert.deepEqual(['10.0.0.7', 'ALARM1234567', '1234567.5x', '-', ''].map(text => digits(text)), ['10.0.0.7', 'ALARM1234567', '1234567.5x', '-', '']);
  assert.deepEqual(['1234567', '-1234.56789', 1234567, 1234567n, null].map(text => digits(text)), ['1,234,567', '-1,234.56789', '1,234,567', '1,234,567', '–']);
  assert.deepEqual(['10.0.0.7', 'on', '', '0x1F', '1234.567', 1e-9, undefined, null, '-0.001', '-0.01'].map(text => rounded(text)), ['10.0.0.7', 'on', '', '0x1F', '1,234.57', '0.00', '–', '–', '0.00', '-0.01']);
});

test('a window of a day ends on another day', () => {
  const day = span({start: '2026-03-28T23:00:00Z', end: '2026-03-29T22:00:00Z'}).textContent;
  const [from, to] = day.split(' – ');
  assert.notEqual(from, to);
  assert.equal(to.split(' ').length, 2);
  assert.equal(span({start: '2026-03-28T23:00:00Z', end: '2026-03-28T23:01:00Z'}).textContent.split(' – ')[1].split(' ').length, 1);
});

test('the start of a window stands before its end, also in digits that are written from right to left', () => {
  const {children} = span({start: '2026-03-28T23:00:00Z', end: '2026-03-28T23:01:00Z'});
  assert.deepEqual(children.map(child => child.tag ?? child), ['bdi', ' – ', 'bdi']);
});

test('a time behind the year 9999 is shown as others are, and one that no browser has as it is', () => {
  const [year, month] = span({start: '9999-12-31T23:59:00Z', end: '+10000-01-01T00:00:00Z'}).textContent.split(' – ');
  assert.match(year, /9999|10000/);
  assert.match(month, /^\d\d:\d\d:00$/);
  assert.match(when('+10000-06-01T00:00:00Z').textContent, /10000/);
  assert.equal(when('+292278994-08-17T07:12:55.807Z').textContent, '+292278994-08-17 07:12:55.807 UTC');
  assert.equal(when(null).textContent, '–');
});

test('a key of which nothing would show is shown in quotes', () => {
  assert.equal(keyText('a b'), 'a b');
  assert.equal(keyText('  '), '"  "');
  assert.equal(keyText('\t'), '"\\t"');
  assert.equal(keyText('\u00a0'), '"\u00a0"');
  assert.equal(keyText('\u200b'), '"\u200b"');
  assert.equal(keyText(' a'), '" a"');
  assert.equal(keyText(''), '(all keys)');
});
