// A window: its valid result, its revisions and what each changed, its inputs, and whether it follows from them.

import {get, pages, windowPath} from './api.js';
import {el, keyed, table} from './dom.js';
import {LAST, dayClock, digits, labelled, many, millis, span, valued, when} from './format.js';
import {around, go, link} from './route.js';
import {again, failed, loading} from './states.js';
import {holds} from './store.js';

const VERDICTS = {equal: ['good', '✓ Equal'], different: ['bad', '✕ Different'], retracted: ['wait', '– Retracted'], expired: ['wait', '… Expired'], unaudited: ['wait', '… Not audited']};
/** Fields that are the same in every revision, are shown elsewhere, or belong to the log. */
const OF_NO_REVISION = /^(id|appended|position|job|spec|key|window\..*|inputs.*|mergedInto|jobVersion)$/;

const TIMES = /^(minEventTime|maxEventTime|watermark|window\.(start|end))$/;

/** A field in a table: times in the browser's zone, with fractions; amounts formatted, unless they are shown as compared. Only very long words wrap. */
const cell = (name, text, asCompared = false) => el('span', {class: /\S{25}/.test(text) ? null : 'whole'},
  TIMES.test(name) && !Number.isNaN(millis(text)) ? when(text, dayClock(text) + (/\.\d+/.exec(text)?.[0] ?? '')) : asCompared ? text : valued(name, text, String));

/** A partition, or its topic if there are too many to name. */
const place = ({topic, partition}) => partition === undefined || partition === null ? topic : `${topic}[${partition}]`;

/** A value as text; for inputs, their partitions and offsets. */
function shown(value) {
  return value === undefined ? '–' : value === null ? 'null'
    : Array.isArray(value) ? value.map(one => one.topic ? place(one) + (one.first === undefined ? '' : ` ${one.first} – ${one.last}`) : JSON.stringify(one)).join(', ')
    : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Every field by its path. */
function leaves(json, path = '', found = new Map()) {
  for (const [name, value] of Object.entries(json ?? {})) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      leaves(value, path + name + '.', found);
    } else {
      found.set(path + name, shown(value));
    }
  }
  return found;
}

/** Rows of style, field, its value in document (or history, or memory), log and recomputation, and verdict; differences come first, '–' stands for what was not compared. */
export function compared({compared: there, differences, recomputed}) {
  const differing = new Set(differences.map(({field}) => field));
  const same = [...leaves(recomputed)].filter(([field]) => field !== 'id' && !differing.has(field));
  const isDocument = there.some(one => one !== 'log');
  return [...differences.map(one => ['changed', one.field, shown(one.document), shown(one.log), shown(one.recomputed), '≠ differs']),
    ...same.map(([field, value]) => [null, field, isDocument ? value : '–', there.includes('log') ? value : '–', value, there.length > 1 ? '= equal' : '= ' + there[0]])];
}

class Window {
  constructor(root, params, app) {
    this.id = params.get('id') ?? '';
    this.params = params;
    this.wanted = params.get('rev');
    this.ending = new AbortController();
    /** The number of the last request; answers of earlier ones are dropped. */
    this.run = 0;
    this.newest = null;
    this.root = root;
    root.append(loading('the window'));
    this.stop = app.store.listen(({results}) => this.superseded(results));
    this.load();
  }

  /** Finds the only window of a key in a range; if there are none or more, opens History. */
  async find() {
    const params = Object.fromEntries(this.params);
    const {items} = await get('/api/v1/windows', {...params, to: millis(params.to) > LAST ? null : params.to, limit: 2}, this.ending.signal);
    if (items.length === 1) {
      this.id = items[0].id;
      go('window', {id: this.id}, true);
    } else {
      go('history', around(params), true);
      dispatchEvent(new Event('hashchange'));
    }
    return this.id;
  }

  async load() {
    const run = ++this.run;
    let revisions = [];
    let unknown = null;
    let behind = false;
    let held;
    try {
      if (!this.id && this.params.get('from') && !await this.find()) {
        return;
      }
      try {
        for await (const page of pages(windowPath(this.id) + '/history', {limit: 500}, this.ending.signal)) {
          revisions.push(...page.items);
          behind ||= Boolean(page.reason);
        }
      } catch (e) {
        unknown = e; // memory may have the window, without its revisions
        revisions = [];
        behind = false;
      }
      try {
        held = await get(windowPath(this.id), {}, this.ending.signal);
      } catch (e) {
        held = revisions[revisions.length - 1];
        if (e.status === undefined || !held) {
          throw e;
        }
      }
      const last = revisions[revisions.length - 1];
      if (last && holds(last, held)) {
        held = last;
      } else {
        revisions.push(held);
      }
      if (run === this.run) {
        Object.assign(this, {held, unknown, behind, revisions});
        this.draw();
      }
    } catch (e) {
      if (run === this.run && !this.ending.signal.aborted) {
        this.root.replaceChildren(failed('the window', e), again(e));
      }
    }
  }

  /** Keeps the newest revision that has come, also during a request. */
  superseded(results) {
    for (const result of results) {
      if (result.id === this.id && !(this.newest && holds(this.newest, result))) {
        this.newest = result;
        this.tellNews();
      }
    }
  }

  /** Asks for a newer revision that the stream may have missed. */
  async recheck() {
    try {
      this.superseded([await get(windowPath(this.id), {}, this.ending.signal)]);
    } catch {
      // what is shown stays
    }
  }

  /** Says that a newer revision has come than those that are shown. */
  tellNews() {
    if (this.news && this.newest && !holds(this.held, this.newest)) {
      this.news.replaceChildren('Another revision of this window has come. ', el('button', {type: 'button', onclick: () => {
        this.wanted = null;
        go('window', {id: this.id}, true);
        this.load();
      }}, 'Show it'));
    }
  }

  draw() {
    const last = this.revisions.length - 1;
    const at = Math.min(last, Math.max(0, (Math.trunc(this.wanted) || last + 1) - 1));
    const result = this.revisions[at];
    this.body = el('div', {});
    this.origin = el('div', {});
    this.slider = el('input', {type: 'range', id: 'revision', min: 1, max: last + 1, value: at + 1, oninput: () => {
      go('window', {id: this.id, rev: this.slider.value}, true);
      this.revision(Number(this.slider.value) - 1);
    }});
    this.button = el('button', {type: 'button', class: 'main', onclick: () => this.explain()}, 'Explain');
    this.news = el('p', {role: 'status'});
    this.explained = el('div', {'aria-live': 'polite'}, el('p', {class: 'quiet'}, 'Recomputes this window from the records of its inputs and compares: the document in Elasticsearch, the record in the log, and what follows.'));
    this.root.replaceChildren(
      el('div', {class: 'view-head'}, el('h2', {}, keyed(result.key)), el('p', {}, span(result.window), el('span', {class: 'quiet'}, ` · ${result.job} · ${result.spec}`)),
        el('a', {href: link('history', {job: result.job, spec: result.spec, key: result.key})}, 'History of this key')), this.news,
      el('section', {class: 'panel'}, el('div', {class: 'section-head'}, el('h3', {}, last ? 'Does its newest revision follow from its inputs?' : 'Does it follow from its inputs?'), this.button), this.explained),
      el('div', {class: 'columns'},
        el('section', {class: 'panel'}, el('h3', {}, 'Revisions'),
          last ? el('label', {class: 'slider'}, 'as it was at revision', this.slider) : '',
          this.unknown ? el('p', {class: 'quiet'}, `Its revisions cannot be shown now: ${this.unknown.message}`)
            : this.behind ? el('p', {class: 'quiet'}, 'Some revisions may be missing, as Elasticsearch is behind.')
            : last ? '' : el('p', {class: 'quiet'}, 'There is one revision; a record that is late, and not too late, would make another.'), this.body),
        el('section', {class: 'panel'}, el('h3', {}, 'Where it comes from'), this.origin)));
    this.revision(at);
    this.tellNews();
  }

  revision(at) {
    const result = this.revisions[at];
    const before = at > 0 ? leaves(this.revisions[at - 1]) : null;
    const now = leaves(result);
    const fields = [...now, ...[...before ?? []].filter(([name]) => !now.has(name)).map(([name]) => [name, '–'])].filter(([name]) => !OF_NO_REVISION.test(name));
    const order = name => name.startsWith('values.') ? 0 : name.startsWith('count') || name.startsWith('late') ? 1 : 2;
    fields.sort((one, other) => order(one[0]) - order(other[0]));
    const changed = ([name, value]) => before && before.get(name) !== value;
    this.body.replaceChildren(
      el('p', {}, el('strong', {}, this.unknown ? result.status : `Revision ${at + 1} of ${this.revisions.length}${this.behind ? ' known' : ''}: ${result.status}`),
        at < this.revisions.length - 1 ? ' (superseded)' : this.behind ? ' (newest known)' : ' (holds now)',
        result.appended ? el('span', {}, ', appended ', when(result.appended)) : ''),
      table('Fields of this revision', ['Field', ['Value', 'number'], ...(before ? [['Before', 'number'], 'Changed'] : [])],
        fields.map(field => {
          const [name, value] = field;
          const cells = [name.startsWith('values.') ? el('span', {title: name}, labelled(name.replace('values.', ''))) : name, cell(name, value),
            ...(before ? [changed(field) ? cell(name, before.get(name) ?? '–') : '', changed(field) ? '≠ changed' : ''] : [])];
          cells.attributes = {class: changed(field) ? 'changed' : null};
          return cells;
        }), {class: 'fields'}));
    this.provenance(result, this.revisions[at - 1]);
  }

  provenance(result, earlier) {
    const offsets = ({first, last}) => `${first} – ${last}`;
    const before = earlier && new Map(earlier.inputs.map(input => [place(input), offsets(input)]));
    const here = new Set(result.inputs.map(place));
    const inputs = [...result.inputs, ...(earlier?.inputs ?? []).filter(input => !here.has(place(input)) && !here.has(input.topic)).map(({topic, partition}) => ({topic, partition}))];
    this.origin.replaceChildren(el('p', {}, `${many(result.count, 'record')}${Number(result.late) ? `, ${digits(result.late)} of them late` : ''}, from `, when(result.minEventTime), ' to ', when(result.maxEventTime), '.'),
      table('Offsets that it was made of', ['Input', ['First', 'number'], ['Last', 'number'], ...(before ? ['Changed'] : [])], inputs.map(input => {
        const {topic, partition, first, last} = input;
        const changed = before && before.get(place(input)) !== offsets(input);
        const cells = [partition && first !== undefined ? el('a', {href: link('records', {topic, partition, kind: 'data', first, last})}, place(input)) : place(input), digits(first), digits(last), ...(before ? [changed ? '≠ changed' : ''] : [])];
        cells.attributes = {class: changed ? 'changed' : null};
        return cells;
      })),
      el('dl', {}, [['Cause', result.cause], ['Watermark then', when(result.watermark)], ['Generation', result.generation], ['Job version', result.jobVersion], ['Complete', result.complete ? 'yes' : 'no: earlier records may be missing'],
        ...(result.mergedInto ? [['Merged into', el('a', {href: link('window', {id: result.mergedInto})}, 'a longer session')]] : [])]
        .map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
      el('p', {class: 'id'}, el('span', {class: 'quiet'}, 'id '), el('code', {title: result.id}, result.id)));
  }

  async explain() {
    const {button, explained} = this; // draw() may replace them meanwhile
    button.disabled = true;
    explained.replaceChildren(loading('the inputs, to add them up again'));
    try {
      this.answer(await get(windowPath(this.id) + '/explain', {}, this.ending.signal), explained);
    } catch (e) {
      if (!this.ending.signal.aborted) {
        explained.replaceChildren(failed('the explanation', e), ...(e.problem?.command ? [el('p', {}, 'Run: ', el('code', {}, e.problem.command))] : []));
      }
    }
    button.disabled = false;
  }

  answer(explanation, explained) {
    const [css, title] = VERDICTS[explanation.verdict];
    const rows = compared(explanation).map(([style, field, document, log, recomputed, verdict]) => {
      const cells = [field, ...[document, log, recomputed].map(text => cell(field, text, Boolean(style))), verdict];
      cells.attributes = {class: style, 'data-field': field};
      return cells;
    });
    const unchecked = explanation.unchecked ?? [];
    const read = explanation.read ?? {};
    explained.replaceChildren(
      el('div', {class: 'verdict ' + css, 'data-verdict': explanation.verdict}, el('strong', {}, title), ' ', explanation.summary, explanation.settling ? ' Records can still come to this window.' : ''),
      explanation.findings.length > (explanation.verdict === 'different' ? 1 : 0) ? el('ul', {class: 'findings'}, explanation.findings.map(finding => el('li', {}, finding))) : '',
      rows.length ? table('Document, log and recomputation', ['Field', [{history: 'History', memory: 'Memory'}[explanation.compared[0]] ?? 'Document', 'number'], ['Log', 'number'], ['Recomputed', 'number'], 'Verdict'], rows, {class: 'three'}) : '',
      el('p', {class: 'quiet'}, `${read.records === undefined ? '' : digits(read.records) + ' records read, with heartbeats and records of other windows, '}${explanation.scope === 'window' ? 'from wherever a record of it can be, ' : ''}in ${explanation.seconds} s.`,
        unchecked.length ? ` Compared with nothing but document and log: ${unchecked.join(', ')}.` : ''));
  }

  close() {
    this.stop();
    this.ending.abort();
  }
}

export const open = (root, params, app) => new Window(root, params, app);
