// The records behind the numbers of late and rejected ones, with their raw bytes, newest first.

import {get} from './api.js';
import {el, keyed} from './dom.js';
import {digits, when} from './format.js';
import {link} from './route.js';
import {empty, failed, loading} from './states.js';

const PAGE = 25;
const FIELDS = ['job', 'reason', 'spec', 'topic', 'partition', 'from', 'to'];

/** The page's own link to what the API's link leads to. */
function own(path, view, title) {
  return path ? el('a', {href: link(view, new URLSearchParams(path.split('?')[1] ?? ''))}, title) : null;
}

function bytes(raw) {
  return raw === null ? '–' : el('code', {class: 'raw', tabindex: 0}, raw.text ?? raw.base64, raw.cut ? ` … (${digits(raw.bytes)} bytes)` : '');
}

function item(record, late) {
  const input = record.input;
  return el('li', {class: 'panel record'},
    el('p', {}, el('strong', {}, late ? `late for ${record.spec}` : record.reason ?? 'no reason'), ' ',
      late ? el('span', {}, 'event time ', when(record.eventTime)) : el('span', {}, record.message ?? '')),
    bytes(record.value),
    el('p', {class: 'quiet'}, record.key?.text ? el('span', {}, 'key ', keyed(record.key.text), ' · ') : null,
      `${input.topic}[${input.partition}] offset ${input.offset}${input.row === null ? '' : ', row ' + input.row} · `, 'appended ', when(input.appended ?? record.appended),
      ` · ${record.job} · `, own(record.links.books, 'audit', 'its books'), ' ',
      late ? own(record.links.windows, 'history', 'the window that it missed') : null,
      !late && record.links.window ? el('a', {href: link('window', {id: record.id})}, 'the refused window') : null));
}

class Rejects {
  constructor(root, params, view) {
    const late = view === 'late';
    this.ending = new AbortController();
    const query = Object.fromEntries(FIELDS.map(name => [name, params.get(name)]).filter(([, value]) => value));
    const status = el('div', {}, loading('records'));
    const list = el('ol', {class: 'records', 'aria-label': late ? 'Late records, newest first' : 'Dead letters, newest first'});
    const more = el('button', {type: 'button', hidden: true, onclick: () => load()}, 'Older records');
    const told = Object.entries(query).map(([name, value]) => `${name} ${value}`).join(', ');
    root.append(el('div', {class: 'view-head'}, el('h2', {}, late ? 'Late records' : 'Dead letters'),
      el('p', {class: 'quiet'}, told ? told + ' · ' : '', el('a', {href: '#/audit'}, 'Back to the audit'))), list, status, more);
    let after = null;
    const load = async () => {
      more.hidden = true;
      status.replaceChildren(loading('records'));
      try {
        const page = await get(late ? '/api/v1/late' : '/api/v1/dead-letters', {...query, limit: PAGE, after}, this.ending.signal);
        after = page.next;
        list.append(...page.items.map(record => item(record, late)));
        more.hidden = !page.next;
        status.replaceChildren(...(list.children.length ? [] : [empty('No records', page.next ? 'None so far down; older ones may be.' : 'Nothing was put aside here.')]));
      } catch (e) {
        if (e.status !== undefined) {
          status.replaceChildren(failed(late ? 'late records' : 'dead letters', e));
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
