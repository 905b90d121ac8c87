// The records behind the numbers of the audit, with their raw bytes, newest first. Views are named after their paths in the API, except PARTS of an input's records.

import {get, pages} from './api.js';
import {el, keyed} from './dom.js';
import {digits, when} from './format.js';
import {around, link} from './route.js';
import {empty, failed, loading} from './states.js';

const PAGE = 25;
const LARGEST_PAGE = 200;
/** At most so many pages are read to find records, or to know which to leave out. */
const MOST_PAGES = 20;
const FIELDS = ['job', 'reason', 'spec', 'topic', 'partition', 'kind', 'from', 'to'];
const OF_AN_INPUT = ['topic', 'partition', 'kind', 'first', 'last'];
/** An input's records of one kind without those that other lists have, too. */
const PARTS = {counted: {kind: 'data', without: ['late', 'dead-letters']}, heartbeats: {kind: 'heartbeat', without: ['dead-letters']}};
/** Titles by path in the API. */
const LISTS = {late: 'Late records', 'dead-letters': 'Dead letters', records: 'Records'};
export const TITLES = {...LISTS, counted: 'Counted records', heartbeats: 'Heartbeats'};

/** The page's link for a link of the API. */
function own(path, view, title) {
  return path ? el('a', {href: link(view, new URLSearchParams(path.split('?')[1] ?? ''))}, title) : null;
}

/** The page's link to the window that a record missed, unless its key is not known: to view window, which checks that it is one; to History if it is over all keys or has no start. */
function missed(path) {
  const params = Object.fromEntries(new URLSearchParams(path?.split('?')[1] ?? ''));
  return params.key || params.spec?.startsWith('all:') ? el('a', {href: params.key && params.from ? link('window', params) : link('history', around(params))}, 'the window that it missed') : null;
}

const text = raw => raw.text ?? 'base64: ' + raw.base64;

function bytes(raw) {
  return raw === null ? '–' : el('code', {class: 'raw', tabindex: 0}, text(raw), raw.cut ? ` … (${digits(raw.bytes)} bytes)` : '');
}

/** The title of a record, and details. */
const HEADS = {
  late: record => [`late for ${record.spec}`, 'event time ', when(record.eventTime)],
  'dead-letters': record => [record.reason ?? 'no reason', record.message ?? ''],
  records: (record, rows) => [record.kind ?? 'record', rows ? `without row${rows.length > 1 ? 's' : ''} ${rows.join(', ')}` : ''],
};

/** Tells whether the audit that a link comes from counts a record: by its offsets and generation. */
function within(params) {
  const [first, last] = ['first', 'last'].map(name => parseInt(params.get(name)));
  const generation = params.get('generation');
  return record => {
    const offset = Number(record.input.offset);
    return !(offset < first) && !(offset > last) && (!generation || [undefined, generation].includes(record.generation));
  };
}

/** What to leave out of an input's records: by offset the rows, or null for the whole record; and whether that is all. */
async function leftOut(views, {job, topic, partition, spec}, counts, signal) {
  const rows = new Map();
  let known = true;
  for (const view of views) {
    let read = 0;
    for await (const page of pages('/api/v1/' + view, {job, topic, partition, spec: view === 'late' ? spec : null, limit: LARGEST_PAGE}, signal)) {
      page.items.filter(counts).forEach(({input: {offset, row}}) => rows.set(offset, row === null ? null : [...rows.get(offset) ?? [], row]));
      known &&= !page.reason;
      if (page.next && ++read === MOST_PAGES) {
        known = false;
        break;
      }
    }
  }
  return {rows, known};
}

function item(record, view, rows) {
  const [title, ...more] = (HEADS[view] ?? HEADS.records)(record, rows);
  const input = record.input ?? {...record, row: null};
  return el('li', {class: 'panel record'},
    el('p', {}, el('strong', {}, title), ' ', el('span', {}, more)),
    bytes(record.value),
    el('p', {class: 'quiet'}, record.key && text(record.key) ? el('span', {}, 'key ', keyed(text(record.key)), ' · ') : null,
      `${input.topic}[${input.partition}] offset ${input.offset}${input.row === null ? '' : ', row ' + input.row} · `, 'appended ', when(input.appended ?? record.appended),
      record.input ? ` · ${record.job} · ` : ' · ', own(record.links.books, 'audit', 'its audit'), ' ',
      missed(record.links.windows),
      record.links.window ? el('a', {href: link('window', {id: record.id})}, 'the refused window') : null));
}

class Rejects {
  constructor(root, params, view) {
    const title = TITLES[view];
    const part = PARTS[view];
    const ofInput = part || view === 'records';
    this.ending = new AbortController();
    const {signal} = this.ending;
    const given = Object.fromEntries([...FIELDS, 'generation', 'first', 'last'].map(name => [name, params.get(name)]).filter(([, value]) => value));
    const named = Object.entries(given).filter(([name]) => (ofInput ? OF_AN_INPUT : FIELDS).includes(name));
    const query = {...Object.fromEntries(named), ...(part ? {kind: part.kind} : {})};
    const counts = within(params);
    const status = el('div', {}, loading('records'));
    const list = el('ol', {class: 'records', 'aria-label': title + ', newest first'});
    const more = el('button', {type: 'button', hidden: true, onclick: () => load()}, 'Older records');
    const told = Object.entries(given).map(([name, value]) => `${name} ${value}`).join(', ').replace(/first (\d+), last (\d+)/, 'offsets $1 to $2');
    const ofAll = view === 'records' && given.first && given.last && given.first !== given.last ? 'records of all keys between these offsets · ' : '';
    const note = el('span', {}, ofAll);
    root.append(el('div', {class: 'view-head'}, el('h2', {}, title),
      el('p', {class: 'quiet'}, told ? told + ' · ' : '', note, el('a', {href: '#/audit'}, 'Back to the audit'))), list, status, more);
    let after = null;
    let out = part ? null : {rows: new Map()};
    const load = async () => {
      more.hidden = true;
      status.replaceChildren(loading('records'));
      try {
        if (!out) {
          out = await leftOut(part.without, given, counts, signal);
          note.append(out.known ? '' : 'only the newest late and rejected records are left out, so others may be among these · ');
        }
        const before = list.children.length;
        const found = () => list.children.length - before;
        let page;
        let read = 0;
        let left = 0;
        do {
          page = await get('/api/v1/' + (part ? 'records' : view), {...query, limit: read && !found() ? LARGEST_PAGE : PAGE, after}, signal);
          after = page.next;
          const shown = page.items.filter(record => ofInput ? out.rows.get(record.offset) !== null : counts(record));
          left = page.items.length - shown.length;
          list.append(...shown.map(record => item(record, view, out.rows.get(record.offset))));
        } while (after && left && found() < PAGE && ++read < MOST_PAGES);
        more.hidden = !after;
        status.replaceChildren(...(list.children.length ? [] : [empty('No records', after ? 'None so far down; older ones may be.' : 'There is nothing here.')]));
      } catch (e) {
        if (!signal.aborted) {
          status.replaceChildren(failed(title.toLowerCase(), e));
          more.hidden = false;
        }
      }
    };
    load();
  }

  close() {
    this.ending.abort();
  }
}

export const open = (root, params, app, view) => new Rejects(root, params, view);
