// The records behind the numbers of the audit, with their raw bytes, newest first. Each view has the name of its path in the API.

import {get} from './api.js';
import {el, keyed} from './dom.js';
import {digits, when} from './format.js';
import {link} from './route.js';
import {empty, failed, loading} from './states.js';

const PAGE = 25;
const FIELDS = ['job', 'reason', 'spec', 'topic', 'partition', 'kind', 'from', 'to'];
export const TITLES = {late: 'Late records', 'dead-letters': 'Dead letters', records: 'Records'};

/** The page's own link to what the API's link leads to. */
function own(path, view, title) {
  return path ? el('a', {href: link(view, new URLSearchParams(path.split('?')[1] ?? ''))}, title) : null;
}

const text = raw => raw.text ?? 'base64: ' + raw.base64;

function bytes(raw) {
  return raw === null ? '–' : el('code', {class: 'raw', tabindex: 0}, text(raw), raw.cut ? ` … (${digits(raw.bytes)} bytes)` : '');
}

/** What a record is, and more about it. */
const HEADS = {
  late: record => [`late for ${record.spec}`, 'event time ', when(record.eventTime)],
  'dead-letters': record => [record.reason ?? 'no reason', record.message ?? ''],
  records: record => [record.kind ?? 'record'],
};

function item(record, view) {
  const [title, ...more] = HEADS[view](record);
  const input = record.input ?? {...record, row: null};
  return el('li', {class: 'panel record'},
    el('p', {}, el('strong', {}, title), ' ', el('span', {}, more)),
    bytes(record.value),
    el('p', {class: 'quiet'}, record.key && text(record.key) ? el('span', {}, 'key ', keyed(text(record.key)), ' · ') : null,
      `${input.topic}[${input.partition}] offset ${input.offset}${input.row === null ? '' : ', row ' + input.row} · `, 'appended ', when(input.appended ?? record.appended),
      record.input ? ` · ${record.job} · ` : ' · ', own(record.links.books, 'audit', 'its audit'), ' ',
      own(record.links.windows, 'history', 'the window that it missed'),
      record.links.window ? el('a', {href: link('window', {id: record.id})}, 'the refused window') : null));
}

class Rejects {
  constructor(root, params, view) {
    const title = TITLES[view];
    this.ending = new AbortController();
    const query = Object.fromEntries(FIELDS.map(name => [name, params.get(name)]).filter(([, value]) => value));
    const status = el('div', {}, loading('records'));
    const list = el('ol', {class: 'records', 'aria-label': title + ', newest first'});
    const more = el('button', {type: 'button', hidden: true, onclick: () => load()}, 'Older records');
    const told = Object.entries(query).map(([name, value]) => `${name} ${value}`).join(', ');
    root.append(el('div', {class: 'view-head'}, el('h2', {}, title),
      el('p', {class: 'quiet'}, told ? told + ' · ' : '', el('a', {href: '#/audit'}, 'Back to the audit'))), list, status, more);
    let after = null;
    const load = async () => {
      more.hidden = true;
      status.replaceChildren(loading('records'));
      try {
        const page = await get('/api/v1/' + view, {...query, limit: PAGE, after}, this.ending.signal);
        after = page.next;
        list.append(...page.items.map(record => item(record, view)));
        more.hidden = !page.next;
        status.replaceChildren(...(list.children.length ? [] : [empty('No records', page.next ? 'None so far down; older ones may be.' : 'There is nothing here.')]));
      } catch (e) {
        if (e.status !== undefined) {
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
