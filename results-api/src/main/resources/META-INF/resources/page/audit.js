// Audit: for each job and input partition, what was read and what became of it, with links to the records behind each number.

import {get, poll} from './api.js';
import {el, refill, svg, table, tell} from './dom.js';
import {digits, many, when} from './format.js';
import {link} from './route.js';
import {empty, failed, loading} from './states.js';

const EVERY = 5_000;
export const STATES = {
  reconciled: ['good', '✓ Reconciled', 'Every record up to the ends of the inputs is accounted for.'],
  settling: ['good', '✓ Balanced, settling', 'All audited records are accounted for; newer ones may not be audited yet.'],
  unknown: ['wait', '… Unknown', 'There is no audit yet, it is still being read, or it is of more partitions than are kept.'],
  broken: ['bad', '✕ Broken', 'Something is wrong in an item below.'],
};
/** The audit of an offset says only that it is covered, nothing about later offsets. */
const COVERED = ['good', '✓ Reconciled over this offset', 'Every record that the audits below cover is accounted for; there may be others.'];

function counted(item, spec) {
  const sum = Number(spec.counted) + Number(spec.late) + Number(item.rejected) + Number(item.heartbeats);
  const fits = sum === Number(item.rows);
  const parts = [['counted', spec.counted], ['late', spec.late], ['rejected', item.rejected], ['heartbeats', item.heartbeats]];
  const total = Math.max(1, Number(item.rows));
  let x = 0;
  const shares = parts.map(([name, count]) => {
    const width = Math.max(Number(count) ? 0.7 : 0, Number(count) / total * 100);
    x += width;
    return svg('rect', {class: name, x: x - width, y: 0, width, height: 6}, svg('title', {}, `${name} ${digits(count)} of ${digits(item.rows)}`));
  });
  return {fits, bar: el('span', {class: 'bar', 'aria-hidden': 'true'}, svg('svg', {viewBox: `0 0 ${Math.max(100, x)} 6`, preserveAspectRatio: 'none'}, shares))};
}

/** Records of a `former` topic are gone: it was deleted and created again. */
function row(item, spec, stalled, former) {
  const {fits, bar} = counted(item, spec);
  const {job, generation, topic, partition, first, last} = item;
  // the range grows, so the id is without it
  const records = (view, count, which) => Number(count) && !former ? el('a', {id: [view, job, generation, item.topicId, partition, spec.spec].join('~'), href: link(view, {...which, first, last})}, digits(count)) : digits(count);
  const aside = {job, topic, partition, generation};
  const ofWindows = {...aside, spec: spec.spec?.includes('(') ? spec.spec : null};
  const notes = [...item.problems];
  if (former) {
    notes.push('of a deleted topic with this name');
  }
  if (!fits) {
    notes.push('the parts do not add up');
  }
  if (stalled) {
    notes.push('stalled: neither data nor heartbeats');
  }
  if (item.rows !== item.records) {
    notes.push(`${digits(item.rows)} rows in ${many(item.records, 'record')}`);
  }
  if (Number(item.corrections)) {
    notes.push(many(item.corrections, 'counted record') + ' dropped by a window afterwards');
  }
  if (Number(item.holes.offsets)) {
    notes.push(many(item.holes.offsets, 'offset') + ' without a record');
  }
  const good = item.balanced && fits;
  const windows = ofWindows.spec ? el('a', {href: link('history', {job, spec: spec.spec})}, spec.spec) : spec.spec ?? '–';
  const state = good ? '✓ balanced' : '✕ broken';
  // on a narrow page CSS shows the state below the input, too
  return [el('span', {class: 'input', 'data-audit': state}, `${topic}[${partition}]`), windows, records('records', item.rows, {topic, partition}), '=', records('counted', spec.counted, ofWindows), '+', records('late', spec.late, ofWindows), '+',
    records('dead-letters', item.rejected, aside), '+', records('heartbeats', item.heartbeats, aside), bar, el('span', {class: good ? 'good' : 'bad'}, state),
    stalled ? el('span', {class: 'warn'}, '▲ ' + notes.join('; ')) : notes.join('; ')];
}

function partitions(items, stalls, former) {
  const jobs = new Map();
  items.forEach(item => jobs.set(item.job + '\n' + item.generation, [...jobs.get(item.job + '\n' + item.generation) ?? [], item]));
  return [...jobs.values()].map(ofJob => el('section', {class: 'panel'},
    el('h3', {}, ofJob[0].job, ' ', el('span', {class: 'quiet'}, `generation ${ofJob[0].generation}`)),
    table(`Audit of ${ofJob[0].job}, generation ${ofJob[0].generation}`,
      ['Input', 'Windows', ['Read', 'number'], ['=', 'sign'], ['Counted', 'number'], ['+', 'sign'], ['Late', 'number'], ['+', 'sign'], ['Rejected', 'number'], ['+', 'sign'], ['Heartbeats', 'number'],
        'Shares, in that order', 'Audit', 'Notes'],
      ofJob.flatMap(item => (item.specs.length ? item.specs : [{spec: null, counted: item.rows - item.rejected - item.heartbeats, late: '0'}])
        .map(spec => row(item, spec, stalls.has(`${item.topic}-${item.partition}`) || stalls.has(`${item.topic}[${item.partition}]`), former.includes(item.topicId)))), {class: 'audit'})));
}

const sum = (items, number) => items.reduce((total, item) => total + BigInt(number(item)), 0n);

/** How many rows were not counted. */
export const notCounted = items => ({late: sum(items, item => sum(item.specs, spec => spec.late)), rejected: sum(items, item => item.rejected)});

/** The same of all that is shown, with links to them. */
function aside(items, {job, topic, partition}) {
  const {late, rejected} = notCounted(items);
  const parts = [['late', 'late', late], ['rejected', 'dead-letters', rejected]]
    .map(([word, view, count]) => [`${digits(count)} `, count ? el('a', {href: link(view, {job, topic, partition})}, word) : word]);
  const corrections = sum(items, item => item.corrections);
  return el('p', {class: 'told'}, parts[0], ', ', parts[1], corrections ? `, ${digits(corrections)} dropped by a window afterwards` : '',
    ', of ', many(sum(items, item => item.rows) - sum(items, item => item.heartbeats), 'row'), ' without heartbeats; each job counts what it has read');
}

class Audit {
  constructor(root, params) {
    const only = {job: params.get('job'), topic: params.get('topic'), partition: params.get('partition'), offset: params.get('offset')};
    this.ending = new AbortController();
    const verdict = el('div', {}, loading('the audit'));
    const asOf = el('p', {class: 'told'});
    const stalled = el('div', {});
    const body = el('div', {});
    root.append(el('div', {class: 'view-head'}, el('h2', {class: 'hidden-text'}, 'Audit'),
      el('p', {class: 'quiet'}, only.job || only.topic ? `Audit${only.job ? ` of ${only.job}` : ''}${only.topic ? ` over ${only.topic}${only.partition ? `[${only.partition}]` : ''}` : ''}${only.offset ? `, offset ${only.offset}` : ''}. ` : 'Read = counted + late + rejected + heartbeats, per job and partition. ',
        only.job || only.topic ? el('a', {href: '#/audit'}, 'All jobs') : 'Each number leads to its records, as far as the topics still have them.')), verdict, asOf, stalled, body);
    poll(EVERY, this.ending.signal, async () => {
      const [audit, marks] = await Promise.all([get('/api/v1/audit', only, this.ending.signal),
        get('/api/v1/watermarks', {}, this.ending.signal).catch(() => ({stalled: []}))]);
      const [css, title, text] = only.offset && audit.state === 'reconciled' ? COVERED : STATES[audit.state];
      tell(verdict, el('div', {class: 'verdict ' + css, role: 'status'}, el('strong', {}, title), ' ', text));
      asOf.replaceChildren('As of ', when(new Date().toISOString()));
      stalled.replaceChildren(...(marks.stalled.length ? [el('div', {class: 'verdict warn'}, el('strong', {}, '▲ Stalled'), ' ',
        `Neither data nor heartbeats come on ${marks.stalled.join(', ')}; windows wait for them.`)] : []));
      refill(body, ...(audit.items.length ? [aside(audit.items, only), ...partitions(audit.items, new Set(marks.stalled), audit.formerTopicIds)] : [empty('No audit yet', 'A job writes it with its results.')]));
    }, e => {
      tell(verdict, failed('the audit', e));
      if (e.status === 401 || e.status === 403) {
        [asOf, stalled, body].forEach(place => place.replaceChildren());
      }
    });
  }

  close() {
    this.ending.abort();
  }
}

export const open = (root, params) => new Audit(root, params);
