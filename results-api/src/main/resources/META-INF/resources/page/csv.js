// What is shown, as a CSV file: values with all their digits.

import {el} from './dom.js';

const quoted = text => /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;

/** Downloads windows as a file. */
export function csv(windows, name) {
  const values = [...new Set(windows.flatMap(window => Object.keys(window.values)))];
  const lines = [['id', 'job', 'spec', 'key', 'start', 'end', 'status', 'rev', 'count', 'late', ...values, 'complete', 'generation'],
    ...windows.map(window => [window.id, window.job, window.spec, window.key, window.window.start, window.window.end, window.status, window.rev, window.count, window.late,
      ...values.map(value => window.values[value] ?? ''), window.complete, window.generation])];
  const text = lines.map(line => line.map(cell => quoted(String(cell))).join(',') + '\r\n').join('');
  const url = URL.createObjectURL(new Blob([text], {type: 'text/csv'}));
  el('a', {href: url, download: name.replace(/[^\w.-]+/g, '_') + '.csv'}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
