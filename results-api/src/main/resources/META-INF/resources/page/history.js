// History: a value of one or several keys over a range; chart, table and CSV show the same windows.

import {get, pages} from './api.js';
import {LineChart, swatch} from './chart.js';
import {csv} from './csv.js';
import {cutText, el, keyed, keyText, refill, say, table, tell} from './dom.js';
import {LAST, clock, day, dayClock, digits, labelled, many, millis, named, span, timeField, valued, when} from './format.js';
import {groups} from './query.js';
import {go, link} from './route.js';
import {again, empty, failed, loading} from './states.js';
import {holds} from './store.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const RANGES = {__proto__: null, '15m': ['15 min', 900_000], '1h': ['1 hour', HOUR], '6h': ['6 hours', 6 * HOUR], '24h': ['1 day', DAY], '7d': ['7 days', 7 * DAY], '30d': ['30 days', 30 * DAY]};
const COLORS = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6'];
const ROWS = 200;
/** Kinds whose windows follow each other; only there a gap means a missing window. */
const FOLLOWING = ['tumbling', 'calendar'];
const FIELDS = 'id,job,spec,key,window,generation,rev,status,complete,values,count,late';

/** The same local time `more` days later; a later one if clocks skip it, the first one if it occurs twice. */
function days(time, more) {
  const date = new Date(time);
  return date.setDate(date.getDate() + more);
}

const isNumber = value => String(value ?? '').trim() !== '' && Number.isFinite(Number(value));

/** The range to request of the day before, an hour longer on both sides: clocks may have changed in between. */
const dayBefore = ([from, to]) => [days(from, -1) - HOUR, days(to, -1) + HOUR];

/** The newest revision of each window of one key; they are drawn `later` days after their own time. */
class Line {
  /** Retracted ones, too: an older revision of them may still come. */
  windows = new Map();
  /** The newest start, at most a day ahead of the browser's clock, which may be behind. */
  last = 0;

  constructor(key, later = 0) {
    this.key = key;
    this.later = later;
  }

  take(window) {
    const known = this.windows.get(window.id);
    if (!known || holds(window, known)) {
      const at = Date.parse(window.window.start);
      this.last = at < Date.now() + DAY ? Math.max(this.last, at) : this.last;
      const x = this.later ? days(at, this.later) : at;
      this.windows.set(window.id, {...window, at, x: !this.later || days(x, -this.later) === at ? x : NaN}); // NaN: the other day lacks this hour, or has it already
    }
  }

  get shown() {
    return [...this.windows.values()].filter(window => window.status !== 'RETRACTED');
  }

  /** Drops windows drawn before `from`: a range only moves forward. */
  forget(from) {
    this.windows.forEach((window, id) => window.x >= from || this.windows.delete(id));
  }

  sorted(from, to) {
    return this.shown.filter(window => window.x >= from && window.x < to)
      .sort((one, other) => one.x - other.x);
  }
}

/** Id of the control used last: it gets the focus when the view is opened again. */
let used = '';

class History {
  lines = [];
  before = [];
  rows = ROWS;

  constructor(root, params, app) {
    this.params = params;
    this.app = app;
    this.root = root;
    this.ending = new AbortController();
    root.append(loading('the jobs'));
    this.begin();
  }

  async begin() {
    try {
      const {items, truncated} = await get('/api/v1/jobs', {}, this.ending.signal);
      this.jobs = items.filter(job => job.lastWindow || job.specs.length);
      const withWindows = this.jobs.filter(job => job.lastWindow);
      const asked = this.params.get('job');
      this.job = asked ? this.jobs.find(job => job.job === asked) : withWindows.find(job => job.job === 'weather-average') ?? withWindows[0] ?? this.jobs[0];
      if (!this.job) {
        this.root.replaceChildren(asked ? empty(`No windows of ${asked} are known`, items.some(job => job.job === asked) ? 'It makes no windows.' : truncated ? 'Not all jobs are listed now.' : 'It has not run, or your key does not see it.')
          : empty('No job has results yet', 'History draws the windows of jobs such as weather-average.'));
        this.stop = this.app.store.listen(batch => this.live(batch));
        return;
      }
      this.specs = [...new Set([...this.job.specs, ...this.params.getAll('spec')])];
      const ofKeys = this.params.get('key') && this.specs.find(spec => !spec.startsWith('all:'));
      this.spec = this.params.get('spec') || ofKeys || this.specs[0] || '';
      this.keys = this.params.getAll('key').slice(0, COLORS.length);
      if (this.spec.startsWith('all:')) {
        this.keys = [''];
      } else if (!this.keys.length) {
        this.keys = await this.anyKey();
      }
      this.overlay = this.params.get('overlay') === '1';
      this.frame();
      await this.load();
    } catch (e) {
      if (!this.ending.signal.aborted) {
        (this.problem ?? this.root).replaceChildren(failed('the history', e), again(e));
      }
    }
  }

  /** The key of the newest window, else one that the reader may see; empty if there is none. */
  async anyKey() {
    if (this.job.lastWindow?.key) {
      return [this.job.lastWindow.key];
    }
    try {
      const {items} = await get(`/api/v1/jobs/${encodeURIComponent(this.job.job)}/keys`, {limit: 2}, this.ending.signal);
      return items.map(item => item.key).filter(key => key !== '').slice(0, 1); // '' stands for windows over all keys
    } catch (e) {
      if (e.status === 404) {
        return [];
      }
      throw e;
    }
  }

  /** The range, and whether its end moves with time. */
  range() {
    const from = millis(this.params.get('from') ?? '');
    const to = millis(this.params.get('to') ?? '');
    const now = Math.max(Date.now(), ...this.lines.map(line => line.last + 1));
    if (!Number.isNaN(from)) {
      const goesOn = Number.isNaN(to);
      return {from, to: goesOn ? now : to, name: '', goesOn};
    }
    const name = RANGES[this.params.get('range')] ? this.params.get('range') : '1h';
    if (!Number.isNaN(to)) {
      return {from: to - RANGES[name][1], to, name: '', goesOn: false};
    }
    return {from: Date.now() - RANGES[name][1], to: now, name, goesOn: true};
  }

  go(changes) {
    used = document.activeElement?.id ?? '';
    const {from, to, name, goesOn} = this.range();
    const custom = name ? {} : {from: new Date(from).toISOString(), to: goesOn ? '' : new Date(to).toISOString()};
    go('history', {job: this.job.job, spec: this.spec, key: this.keys, metric: this.metric ?? this.params.get('metric'), range: name, ...custom, overlay: this.overlay ? '1' : '', ...changes});
  }

  frame() {
    const {from, to, name} = this.range();
    const select = (id, values, chosen, change, title = value => value) => el('select', {id, onchange: event => change(event.target.value)},
      values.map(value => el('option', {value, selected: value === chosen}, title(value))));
    const field = (id, label, control) => el('div', {class: 'field'}, el('label', {for: id}, label), control);
    this.metricField = el('div', {class: 'field'});
    const key = el('input', {id: 'key-input', type: 'text', list: 'keys', autocomplete: 'off', placeholder: 'add a key', maxlength: 256, oninput: () => this.suggest(key.value)});
    this.list = el('datalist', {id: 'keys'});
    const [first, last] = [from, to].map((time, i) => timeField(new Date(time).toISOString(), {id: i ? 'to' : 'from', required: true}));
    this.status = el('p', {class: 'quiet', role: 'status'});
    this.canvas = el('canvas', {role: 'img', 'aria-label': 'Line chart; the table below has its points'});
    this.holder = el('div', {class: 'chart', hidden: true}, this.canvas);
    this.problem = el('div', {}, loading('windows'));
    this.table = el('div', {});
    this.chart = new LineChart(this.canvas, (a, b) => this.go({range: '', from: new Date(a).toISOString(), to: new Date(b).toISOString()}));
    this.root.replaceChildren(
      el('h2', {class: 'hidden-text'}, 'History'),
      el('div', {class: 'controls'},
        field('job', 'Job', select('job', this.jobs.map(job => job.job), this.job.job, job => this.go({job, spec: '', key: [], metric: '', range: name || '1h', from: '', to: '', overlay: ''}))),
        this.specs.length > 1 ? field('spec', 'Windows', select('spec', this.specs, this.spec, spec => this.go({spec}))) : null,
        this.metricField,
        el('form', {class: 'field', onsubmit: event => {
          event.preventDefault();
          if (key.value && !this.keys.includes(key.value)) {
            this.go({key: [...this.keys, key.value].slice(-COLORS.length)});
          }
        }}, el('label', {for: 'key-input'}, 'Key'), el('span', {class: 'joined'}, key, el('button', {type: 'submit'}, 'Add')), this.list),
        el('div', {class: 'field'}, el('span', {class: 'label', id: 'range-label'}, 'Range'), el('div', {class: 'joined', role: 'group', 'aria-labelledby': 'range-label'},
          Object.entries(RANGES).map(([id, [title]]) => el('button', {type: 'button', id: 'range-' + id, 'aria-pressed': String(id === name), onclick: () => this.go({range: id, from: '', to: ''})}, title)))),
        el('form', {class: 'field', onsubmit: event => {
          event.preventDefault();
          this.go({range: '', from: first.time(), to: last.time()});
        }}, el('label', {for: 'from'}, 'From, to'), el('span', {class: 'joined'}, first.field, el('label', {for: 'to', class: 'hidden-text'}, 'To'), last.field, el('button', {type: 'submit'}, 'Show'))),
        el('label', {class: 'check'}, el('input', {type: 'checkbox', id: 'overlay', checked: this.overlay, onchange: event => this.go({overlay: event.target.checked ? '1' : ''})}), 'day before')),
      el('ul', {class: 'chips', 'aria-label': 'Keys shown'}, this.keys.map((one, i) => el('li', {class: 'chip series-' + (i + 1)}, swatch(i), keyed(one),
        this.keys.length > 1 ? el('button', {type: 'button', 'aria-label': 'Remove ' + keyText(one), onclick: () => this.go({key: this.keys.filter(other => other !== one)})}, '×') : null))),
      this.problem, this.holder, el('div', {class: 'section-head'}, this.status,
        this.csv = el('button', {type: 'button', disabled: true, onclick: () => csv([...new Map([...this.shown(), ...this.before.flatMap(line => this.old(line))].map(window => [window.id, window])).values()], `${this.job.job}-${this.keys.join('-').substring(0, 40)}`)}, 'CSV'),
        el('button', {type: 'button', id: 'zoom-out', onclick: () => this.around(2)}, 'Zoom out')),
      el('p', {class: 'quiet hint'}, 'Drag over the chart to zoom; back returns.'),
      el('details', {class: 'panel', open: true}, el('summary', {}, 'The windows behind the chart'), this.table));
    this.refocus();
    this.stop = this.app.store.listen(batch => this.live(batch));
    this.suggest('');
  }

  refocus() {
    const control = used && document.getElementById(used);
    if (control) {
      control.focus({preventScroll: true});
      used = '';
    }
  }

  around(factor) {
    const {from, to} = this.range();
    const more = (to - from) * (factor - 1) / 2;
    this.go({range: '', from: new Date(from - more).toISOString(), to: new Date(Math.min(Math.max(Date.now(), to), to + more)).toISOString()});
  }

  async suggest(prefix) {
    try {
      const page = await get(`/api/v1/jobs/${encodeURIComponent(this.job.job)}/keys`, {prefix, limit: 50}, this.ending.signal);
      this.list.replaceChildren(...page.items.map(item => el('option', {value: item.key})));
    } catch {
      // a key can be typed without suggestions
    }
  }

  async load() {
    const {from, to, goesOn} = this.range();
    this.lines = this.keys.map(key => new Line(key));
    this.before = this.keys.map(key => new Line(key, 1));
    let read = 0;
    const asked = keys => ({job: this.job.job, spec: this.spec, key: keys.filter(key => key !== ''), status: ['FINAL', 'REVISED'], fields: FIELDS});
    this.truncated = false;
    for (const [lines, [first, last]] of [[this.lines, [from, to]], ...(this.overlay ? [[this.before, dayBefore([from, to])]] : [])]) {
      for (const keys of groups(this.keys)) {
        for await (const page of pages('/api/v1/windows', {...asked(keys),
          from: new Date(first).toISOString(), to: goesOn || last > LAST ? null : new Date(last).toISOString(), order: 'asc', limit: 500}, this.ending.signal)) {
          page.items.forEach(window => lines.find(line => line.key === window.key)?.take(window));
          read += page.items.length;
          this.truncated ||= Boolean(page.reason);
          say(this.status, `${many(read, 'window')} read …`);
        }
      }
    }
    if (![...this.lines, ...this.before].some(line => line.sorted(from, to).length)) {
      try {
        this.newest = (await get('/api/v1/windows', {...asked(groups(this.keys)[0] ?? []), limit: 1}, this.ending.signal)).items[0]?.window ?? null;
      } catch (e) {
        if (e.status === undefined) {
          throw e;
        } // draw() takes the job's newest one
      }
    }
    this.loaded = true;
    this.csv.disabled = false;
    this.chooseMetric();
    this.draw();
  }

  chooseMetric() {
    const all = [...this.lines, ...this.before].flatMap(line => line.shown.slice(-5)).flatMap(window => Object.entries(window.values));
    const numbers = all.filter(([, value]) => isNumber(value));
    const values = new Set((numbers.length ? numbers : all).map(([name]) => name));
    const wanted = this.params.get('metric');
    this.metric = wanted ?? [...values][0] ?? '';
    const names = [...new Set([...values, ...(wanted ? [wanted] : [])])];
    this.metricField.replaceChildren(el('label', {for: 'metric'}, 'Value'), el('select', {id: 'metric', onchange: event => this.go({metric: event.target.value})},
      names.map(value => el('option', {value, selected: value === this.metric}, named(value).label))));
    this.refocus();
    this.write();
  }

  /** Writes what is shown into the link, so that it shows others the same; not if another job or other keys were requested, which may come later. */
  write() {
    const asked = this.params.getAll('key');
    if (!this.ending.signal.aborted && [null, this.job.job].includes(this.params.get('job')) && (!asked.length || String(asked) === String(this.keys))) {
      const given = name => this.params.get(name);
      go('history', {job: this.job.job, spec: this.spec, key: this.keys, metric: this.metric, range: this.range().name || given('range'),
        from: given('from'), to: given('to'), overlay: given('overlay')}, true);
    }
  }

  shown() {
    const {from, to} = this.range();
    return this.lines.flatMap(line => line.sorted(from, to));
  }

  /** The windows that are drawn of the day before. */
  old(line) {
    const {from, to} = this.range();
    return line.sorted(from, to).filter(window => this.metric in window.values);
  }

  draw() {
    if (!this.metric) {
      this.chooseMetric(); // there was no window before
    }
    const {from, to} = this.range();
    this.lines.forEach(line => line.forget(from));
    this.before.forEach(line => line.forget(from));
    const {unit} = named(this.metric);
    const about = this.metric.replace(/^avg_/, '');
    const points = windows => {
      let gone = 0;
      return windows.map((window, i) => {
        const last = windows[i - 1];
        gone += last && FOLLOWING.includes(window.window.kind) ? Math.max(0, window.x - last.x - (millis(last.window.end) - last.at)) : 0;
        const value = window.values[this.metric];
        return {x: window.x, y: isNumber(value) ? Number(value) : NaN, text: valued(this.metric, value), complete: window.complete, gone};
      });
    };
    const lines = this.lines.map((line, i) => {
      const windows = line.sorted(from, to).filter(window => this.metric in window.values);
      const drawn = points(windows);
      const band = this.keys.length === 1 && this.metric.startsWith('avg_') && windows.every(window => 'min_' + about in window.values)
        ? windows.map((window, i) => ({x: window.at, gone: drawn[i].gone, low: Number(window.values['min_' + about]), high: Number(window.values['max_' + about])})) : [];
      return {label: cutText(line.key), color: COLORS[i], mark: i, points: drawn, band};
    });
    const before = this.overlay ? this.before.map(line => this.old(line)) : [];
    const old = before.map((windows, i) => ({label: cutText(this.keys[i]) + ', day before', color: COLORS[i], mark: i, dash: true,
      points: points(windows)}));
    const windows = this.shown();
    const none = !windows.length && !old.some(line => line.points.length);
    this.holder.hidden = ![...lines, ...old].some(line => line.points.some(point => Number.isFinite(point.y))); // texts cannot be drawn
    const last = this.newest === undefined ? this.job.lastWindow : this.newest;
    this.problem.replaceChildren(...(none ? [el('div', {}, empty('No windows begin in this range',
      last ? ['The newest window is of ', when(last.start), '.'] : this.job.lastWindow ? 'There are none of this at any time.' : 'This job has no windows yet.'),
    last ? el('p', {class: 'state'}, el('a', {href: link('history', {job: this.job.job, spec: this.spec, key: this.keys, metric: this.metric,
      from: new Date(Math.min(millis(last.start), millis(last.end) - 3_600_000)).toISOString(), to: last.end})}, 'Show the newest windows')) : null)] : []));
    if (!this.holder.hidden) {
      this.chart.show([...old, ...lines], from, to, unit);
    }
    tell(this.status, el('span', {}, `${many(windows.length, 'window')} from `, when(from), ' to ', when(to, day(from) === day(to) ? dayClock(to) : `${day(to)} ${clock(to)}`), this.truncated ? '; some may be missing, as Elasticsearch is behind' : ''));
    this.list_(windows, before.flat(), lines.some(line => line.band.length) ? ['min_' + about, 'max_' + about] : []);
  }

  /** The table of all lines' points, with the values of the band if there is one. */
  list_(windows, before, band) {
    const newest = [...windows.map(window => ({window})), ...before.map(window => ({window, old: true}))]
      .sort((one, other) => other.window.at - one.window.at);
    const rows = newest.slice(0, this.rows).map(({window, old}) => {
      const cells = [el('a', {href: link('window', {id: window.id})}, span(window.window)), [keyed(window.key), old ? ', day before' : ''], ...[this.metric, ...band].map(name => valued(name, window.values[name])), digits(window.count),
        window.status + (Number(window.rev) > 1 ? `, rev ${window.rev}` : '') + (window.complete ? '' : ', incomplete')];
      cells.attributes = {'data-id': window.id};
      return cells;
    });
    refill(this.table, rows.length ? table('Windows of the chart', ['Window', 'Key', ...[this.metric, ...band].map(name => [labelled(name), 'number']), ['Count', 'number'], 'Status'], rows, {class: 'points'}) : el('p', {class: 'quiet'}, 'None.'),
      newest.length > this.rows ? el('button', {type: 'button', id: 'show-all', onclick: () => {
        this.rows = Infinity;
        this.draw();
      }}, `Show all ${digits(newest.length)}`) : '');
  }

  /** Takes new windows if the range reaches to now, also while earlier ones are read. If its job or key was not known, opens the view again. */
  live(batch) {
    if (!this.keys?.length) {
      if (batch.results.some(({job, key, status}) => status !== 'RETRACTED' && (this.job ? key !== '' && job === this.job.job : [null, job].includes(this.params.get('job'))))) {
        dispatchEvent(new Event('hashchange'));
      }
      return;
    }
    if (!this.range().goesOn) {
      return;
    }
    let changed = false;
    for (const result of batch.results) {
      const line = result.job === this.job.job && result.spec === this.spec && this.lines.find(one => one.key === result.key);
      if (line) {
        line.take(result);
        changed = true;
      }
    }
    if (changed && this.loaded) {
      this.soon ||= setTimeout(() => {
        this.soon = 0;
        if (!this.ending.signal.aborted) {
          this.status.setAttribute('aria-live', 'off'); // screen readers read it once, not each second
          this.draw();
        }
      }, 1000);
    }
  }

  close() {
    this.stop?.();
    this.chart?.close();
    this.ending.abort();
  }
}

export const open = (root, params, app) => new History(root, params, app);
