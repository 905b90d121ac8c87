// Now: a card for each device, client or other key that jobs have results of, in the order of keys; cards without a recent window
// come last. Of thousands, the ones with the newest windows are shown; the filter finds the others.

import {get} from './api.js';
import {el, keyed, keyText, refill, say, table, tell} from './dom.js';
import {digits, labelled, many, millis, named, rounded, span, utc, valued} from './format.js';
import {overview} from './overview.js';
import {groups} from './query.js';
import {go, link} from './route.js';
import {drawGauge, drawLine, gauge, line} from './spark.js';
import {empty, failed, loading} from './states.js';

const STEP = 48;
const POINTS = 20;
const ORDER = new Intl.Collator(undefined, {numeric: true});
const TOTAL_EVERY = 5_000;
/** Sums of today that are requested at once; a browser has six connections to a service, and the stream has one of them. */
const TOTALS_AT_ONCE = 4;
/** A series has no recent window if its newest one ended more than so many lengths, and ms, before the section's newest. */
const OLD_WINDOWS = 10;
const OLD = 300_000;
const DAY = 86_400_000;

/** What results are about, by a value that they have. */
const KINDS = [
  {has: 'avg_temp', title: 'Devices', record: 'reading', measures: [
    {value: 'avg_temp', low: 'min_temp', high: 'max_temp', css: 'warm', bounds: null},
    {value: 'avg_hum', low: 'min_hum', high: 'max_hum', css: 'wet', bounds: {low: 0, high: 100}}]},
  {has: 'total_amount', title: 'Clients', record: 'payment', total: 'amount', measures: [
    {value: 'total_amount', label: 'Last window', low: 'min_amount', high: 'max_amount', css: 'money'}]},
];

function kindOf(result) {
  return KINDS.find(kind => kind.has in result.values)
    ?? {title: result.job, record: 'record', measures: Object.keys(result.values).slice(0, 3).map(value => ({value, css: 'other'}))};
}

/** A value of the windows that a card's line shows, the oldest first. */
function lastValues(entry, name) {
  return (entry.points ?? [entry.newest]).slice(-POINTS).map(point => point.values[name]).filter(value => value !== undefined);
}

/** A value of a measure, rounded where it is known what it is. */
const brief = ({value, css}, text) => valued(value, text, css === 'other' ? digits : rounded);

/** First measure and count of the window that is still open; '' if there is none. */
function next({early, newest}, {measures: [measure], record}) {
  const {value} = measure;
  const {unit} = named(value);
  return early && millis(early.window.end) > millis(newest.window.end)
    ? `${brief(measure, early.values[value])}${unit ? '\u00a0' + unit : ''}, ${many(early.count, record)}` : '';
}

/** One card: built once, then only changes are written. */
class Card {
  /** Whether its series has no recent window. */
  old = false;

  constructor(entry, kind) {
    this.kind = kind;
    this.head = el('a', {class: 'card-key'}, keyed(entry.key));
    this.time = el('span', {class: 'card-time'});
    this.total = kind.total ? el('a', {class: 'big'}, '…') : null;
    this.lacking = el('span', {class: 'quiet'});
    this.rows = kind.measures.map(measure => ({
      measure, number: el('span', {class: kind.total ? 'small' : 'big'}), drawing: line(measure.css), gauge: measure.low && !kind.total ? gauge(measure.css) : null}));
    this.note = el('p', {class: 'note'});
    this.more = el('a', {class: 'more', 'aria-label': `History of ${keyText(entry.key)}`,
      href: link('history', {job: entry.job, spec: entry.spec, key: entry.key})}, 'History');
    this.node = el('li', {class: 'card', 'data-series': entry.name.replaceAll('\n', ' · ')},
      el('h3', {class: 'card-head'}, this.head, this.time),
      this.total ? el('div', {class: 'measure'}, el('span', {class: 'label'}, 'Today so far'), this.total, this.lacking) : null,
      this.rows.map(row => el('div', {class: 'measure'},
        el('span', {class: 'label'}, row.measure.label ?? named(row.measure.value).label), row.number, row.drawing, row.gauge)),
      el('div', {class: 'card-foot'}, this.note, this.more));
  }

  /** Shows the sum of today's windows, which are at `href`; `lacking`: some of them are missing or incomplete. */
  sum(text, title = '', lacking = false, href = '') {
    say(this.total, text);
    this.total.title = title;
    if (href) {
      this.total.setAttribute('href', href);
    }
    say(this.lacking, lacking ? 'incomplete' : '');
  }

  draw(entry, scales) {
    const result = entry.newest;
    const href = link('window', {id: result.id});
    if (this.head.getAttribute('href') !== href) {
      this.head.setAttribute('href', href);
      this.time.replaceChildren(span(result.window));
    }
    for (const row of this.rows) {
      const {measure} = row;
      const value = result.values[measure.value];
      const {unit} = named(measure.value);
      const shown = measure.css === 'other' || this.kind.total ? valued(measure.value, value) : rounded(value);
      say(row.number, shown + (unit ? ' ' + unit : ''));
      row.number.title = `${measure.value} ${value}`;
      drawLine(row.drawing, lastValues(entry, measure.value));
      if (row.gauge) {
        drawGauge(row.gauge, value, result.values[measure.low], result.values[measure.high], measure.bounds ?? scales(measure));
      }
    }
    const filling = next(entry, this.kind);
    const words = [many(result.count, this.kind.record), ...reservations(result)];
    if (filling) {
      words.push('open window: ' + filling);
    }
    say(this.note, words.join(' · '));
  }
}

/** In words, what holds a result back from being all that there is of its window. */
function reservations({status, late, complete}) {
  return [status === 'FINAL' ? '' : status.toLowerCase(), Number(late) ? digits(late) + ' late' : '', complete ? '' : 'incomplete'].filter(Boolean);
}

/** The cards of one job and specification. */
class Section {
  constructor(job, spec, kind, view) {
    Object.assign(this, {job, spec, kind, view, cards: new Map(), limit: STEP, stale: true, newest: 0});
    this.count = el('p', {class: 'section-count'});
    this.list = el('ul', {class: 'cards'});
    this.oldCount = el('summary', {});
    this.oldList = el('ul', {class: 'cards'});
    this.olds = el('details', {class: 'olds', hidden: true, ontoggle: () => this.wantTotals()}, this.oldCount, this.oldList);
    this.button = el('button', {type: 'button', hidden: true, onclick: () => {
      this.limit += STEP;
      this.stale = true;
      view.draw();
    }}, 'Show more');
    this.figures = el('div', {});
    this.details = el('details', {class: 'figures', ontoggle: () => this.tabulate()}, el('summary', {}, 'As a table'), this.figures);
    this.node = el('section', {}, el('div', {class: 'section-head'}, el('h2', {}, kind.title), el('p', {class: 'quiet'}, kind.title === job ? spec : `${job} · ${spec}`), this.count),
      this.list, this.olds, this.button, this.details);
    this.scales = measure => {
      let low = Infinity;
      let high = -Infinity;
      for (const name of this.cards.keys()) {
        const values = view.store.series.get(name)?.newest.values ?? {};
        low = Math.min(low, Number(values[measure.low] ?? Infinity));
        high = Math.max(high, Number(values[measure.high] ?? -Infinity));
      }
      return {low: Math.floor(low / 5) * 5, high: Math.ceil(high / 5) * 5};
    };
  }

  /** Whether the newest window of a series is old compared to the section's newest. */
  isOld({newest: {window}, end}) {
    return this.newest - end > Math.max(OLD, OLD_WINDOWS * (end - millis(window.start)));
  }

  /** Has cards chosen again if one became old or recent. */
  age() {
    this.stale ||= [...this.cards].some(([name, card]) => {
      const entry = this.view.store.series.get(name);
      return entry && this.isOld(entry) !== card.old;
    });
  }

  /** Chooses the series with the newest windows, in the order of keys; those without a recent window come last. */
  choose(entries) {
    this.stale = false;
    entries.forEach(({end}) => this.newest = Math.max(this.newest, end || 0));
    const text = this.view.filter.toLowerCase();
    const found = text ? entries.filter(entry => entry.key.toLowerCase().includes(text)) : entries;
    const newest = found.length <= this.limit ? found : [...found]
      .sort((one, other) => other.end - one.end || ORDER.compare(one.key, other.key))
      .slice(0, this.limit);
    const shown = [...newest].sort((one, other) => this.isOld(one) - this.isOld(other) || ORDER.compare(one.key, other.key));
    const olds = shown.filter(entry => this.isOld(entry)).length;
    this.olds.hidden = !olds;
    this.olds.open ||= Boolean(text);
    say(this.oldCount, `${digits(olds)}${olds < shown.length ? ' more' : ''} without a recent window`);
    say(this.count, found.length === shown.length && !text ? digits(shown.length) + ' series'
      : `${digits(shown.length)} of ${digits(entries.length)} series${found.length > shown.length ? ', those with the newest windows' : ''}`);
    this.button.hidden = found.length <= shown.length;
    const names = new Set(shown.map(entry => entry.name));
    for (const [name, card] of this.cards) {
      if (!names.has(name)) {
        card.node.remove();
        this.cards.delete(name);
        this.view.store.untrack(name);
      }
    }
    const fresh = [];
    shown.forEach((entry, i) => {
      let card = this.cards.get(entry.name);
      if (!card) {
        card = new Card(entry, KINDS.includes(this.kind) ? this.kind : kindOf(entry.newest));
        this.cards.set(entry.name, card);
      }
      if (!entry.points) {
        fresh.push(entry); // new, or evicted and back
      }
      const wasOld = card.old;
      card.old = this.isOld(entry);
      const [list, at] = card.old ? [this.oldList, i - shown.length + olds] : [this.list, i];
      if (list.children[at] !== card.node) {
        list.insertBefore(card.node, list.children[at] ?? null);
      }
      if (wasOld && !card.old) {
        this.view.wantTotal(this, entry);
      }
    });
    this.node.hidden = shown.length === 0;
    this.remember(fresh);
  }

  /** Sums of cards without a recent window are requested when these are opened. */
  wantTotals() {
    const wanted = [...this.cards].filter(([, card]) => card.old).map(([name]) => this.view.store.series.get(name)).filter(Boolean);
    wanted.forEach(entry => this.view.wantTotal(this, entry));
    this.view.hurry?.();
  }

  /** The cards as a table, with the ends of their gauges and the values of their lines. */
  tabulate() {
    if (!this.details.open || !this.cards.size) {
      return;
    }
    const kinds = [...this.cards.values()].map(card => card.kind);
    const measures = [...new Map(kinds.flatMap(kind => kind.measures).map(measure => [measure.value, measure])).values()];
    const total = kinds.some(kind => kind.total);
    const values = measures.flatMap(({value, low, high}) => [value, low, high].filter(Boolean));
    const heads = ['Key', 'Window', 'State', ...[...values.map(value => named(value).label), 'Count', ...(total ? ['Today so far'] : []), 'Open window',
      ...measures.map(({value}) => `${named(value).label} of the last windows, oldest first`)].map(head => [head, 'number'])];
    const rows = [...this.cards].map(([name, card]) => [card, this.view.store.series.get(name)]).filter(([card, entry]) => entry && (!card.old || this.olds.open))
      .sort(([card, one], [otherCard, other]) => card.old - otherCard.old || ORDER.compare(one.key, other.key))
      .map(([card, entry]) => [keyed(entry.key), span(entry.newest.window), reservations(entry.newest).join(' · ') || 'final', ...values.map(value => valued(value, entry.newest.values[value])), digits(entry.newest.count),
        ...(total ? [[card.total?.textContent ?? '–', card.lacking.textContent].filter(Boolean).join(' ')] : []), next(entry, card.kind) || '–',
        ...measures.map(measure => lastValues(entry, measure.value).map(text => brief(measure, text)).join(', ') || '–')]);
    const figures = table(`${this.job} ${this.spec}: what the cards draw`, heads, rows);
    if (this.figures.textContent !== figures.textContent) {
      refill(this.figures, figures);
    }
  }

  /** Requests earlier windows for the lines: many keys in one request. */
  async remember(entries) {
    entries.forEach(entry => this.view.store.track(entry.name));
    entries.forEach(entry => this.cards.get(entry.name)?.draw(entry, this.scales));
    entries.forEach(entry => this.view.wantTotal(this, entry));
    this.view.hurry?.();
    for (const asked of groups(entries.map(entry => entry.key), 24)) {
      await this.recall(entries.filter(entry => asked.includes(entry.key)));
    }
  }

  /** Requests them, again without an answer and after 429 or 5xx. */
  async recall(entries) {
    if (!entries.length) {
      return;
    }
    try {
      const page = await get('/api/v1/windows', {job: this.job, spec: this.spec, key: entries.map(entry => entry.key).filter(key => key !== ''),
        limit: 500, fields: 'id,key,window,status,complete,generation,rev,values,count,late'}, this.view.signal);
      for (const entry of entries.filter(entry => this.view.store.series.get(entry.name) === entry)) {
        this.view.store.track(entry.name, page.items.filter(item => item.key === entry.key && item.status !== 'RETRACTED')
          .slice(0, POINTS).map(item => ({...entry.newest, ...item})));
        this.cards.get(entry.name)?.draw(entry, this.scales);
      }
    } catch (e) {
      if (e.status === 0 || e.status === 429 || e.status >= 500) {
        setTimeout(() => this.view.signal.aborted || this.recall(entries.filter(entry => this.cards.has(entry.name))), Math.max(TOTAL_EVERY, 1000 * e.retryAfter || 0));
      }
    }
  }
}

class Now {
  sections = new Map();
  totals = new Map();
  filter = '';

  constructor(root, params, app) {
    this.app = app;
    this.store = app.store;
    this.ending = new AbortController();
    this.signal = this.ending.signal;
    this.filter = params.get('filter') ?? '';
    this.input = el('input', {type: 'search', id: 'filter', value: this.filter, placeholder: 'device or client', autocomplete: 'off', oninput: () => {
      this.filter = this.input.value;
      go('now', {filter: this.filter}, true);
      this.sections.forEach(section => section.stale = true);
      this.draw();
    }});
    this.none = el('div', {}, loading('the newest windows'));
    this.filling = el('div', {});
    this.body = el('div', {});
    this.found = el('p', {class: 'quiet', role: 'status'});
    root.append(el('div', {class: 'view-head'}, el('h2', {class: 'hidden-text'}, 'Now'),
      el('label', {for: 'filter'}, 'Filter'), this.input, this.found, overview(this.signal)), this.none, this.filling, this.body);
    this.stop = this.store.listen(batch => this.update(batch));
    this.timer = setInterval(() => this.tick(), 1000);
    this.draw();
  }

  update(batch) {
    for (const name of batch.names) {
      const entry = this.store.series.get(name);
      if (!entry) {
        this.sections.forEach(section => section.stale ||= section.cards.has(name));
        continue;
      }
      const section = this.section(entry);
      const card = section.cards.get(name);
      section.newest = Math.max(section.newest, entry.end || 0);
      if (card) {
        card.draw(entry, section.scales);
      } else {
        section.stale = true;
      }
    }
    this.sections.forEach(section => section.age());
    for (const result of batch.results) {
      const entry = this.store.series.get(result.job + '\n' + result.spec + '\n' + result.key);
      const section = this.sections.get(result.job + '\n' + result.spec);
      if (entry && section?.cards.has(entry.name)) {
        this.wantTotal(section, entry);
      }
    }
    if (!this.body.firstChild || this.store.series.size <= STEP) {
      this.draw();
    }
  }

  section(entry) {
    const id = entry.job + '\n' + entry.spec;
    let section = this.sections.get(id);
    if (!section) {
      section = new Section(entry.job, entry.spec, kindOf(entry.newest), this);
      this.sections.set(id, section);
      const rank = one => KINDS.includes(one.kind) ? KINDS.indexOf(one.kind) : KINDS.length;
      const sorted = [...this.sections.values()].sort((one, other) => rank(one) - rank(other) || ORDER.compare(one.job + one.spec, other.job + other.spec));
      this.body.replaceChildren(...sorted.map(one => one.node));
    }
    return section;
  }

  tick() {
    this.draw();
    this.sections.forEach(section => section.tabulate());
    if (!this.store.series.size) {
      tell(this.none, this.app.refused ? failed('the newest windows', this.app.refused) : !this.store.ready ? loading('the newest windows') : empty('No results yet',
        'A window’s result comes when time in its stream has passed the window’s end: with one-minute windows that is up to 65 seconds after the first reading.',
        'Nothing after that? Health says how far each job is, Audit what became of each record.'));
      refill(this.filling, this.previews());
    }
  }

  /** What the first windows have so far. */
  previews() {
    const rows = [...this.store.filling.values()].sort((one, other) => ORDER.compare(one.job + one.key, other.job + other.key)).flatMap(early =>
      kindOf(early).measures.map(measure => [keyed(early.key), early.job, span(early.window), labelled(measure.value), brief(measure, early.values[measure.value]), digits(early.count)]));
    return rows.length ? el('section', {class: 'panel'}, el('h3', {}, 'Open windows'),
      table('Open windows', ['Key', 'Job', 'Window', 'Value', ['So far', 'number'], ['Count', 'number']], rows)) : '';
  }

  draw() {
    const bySection = new Map([...this.sections.values()].filter(section => section.stale).map(section => [section, []]));
    for (const entry of this.store.series.values()) {
      const section = this.section(entry);
      if (section.stale) {
        bySection.has(section) ? bySection.get(section).push(entry) : bySection.set(section, [entry]);
      }
    }
    bySection.forEach((entries, section) => section.choose(entries));
    if (this.store.series.size && !this.none.hidden) {
      performance.mark('first-data');
      this.none.replaceChildren();
      this.filling.replaceChildren();
    }
    this.none.hidden = this.store.series.size > 0;
    this.input.disabled = !this.store.series.size;
    const shown = [...this.sections.values()].reduce((sum, section) => sum + section.cards.size, 0);
    const gone = this.store.evicted.size;
    say(this.found, (this.filter && !shown ? `No series of the ${digits(this.store.series.size)} here has that in its key. ` : '')
      + (gone ? `At least ${digits(gone)} series with older windows are not here; History finds each by its key.` : ''));
  }

  /** Requests the sum of today's windows, again when one of them came; only of tumbling windows shorter than a day: longer ones, as those of a calendar, do not end today. */
  wantTotal(section, entry) {
    const {start, end} = entry.newest.window;
    const card = section.cards.get(entry.name);
    if (!section.kind.total || card.old && !section.olds.open) {
      return;
    }
    if (section.spec.startsWith('tumbling') && millis(end) - millis(start) < DAY) {
      this.totals.set(entry.name, {section, entry});
      this.totalling ||= this.addUp();
    } else {
      card.sum('–');
    }
  }

  /** Requests some sums at a time until none are wanted; those wanted meanwhile come next, after TOTAL_EVERY or at once if `hurry` was called. */
  async addUp() {
    await null; // until all callers of this turn have added theirs
    while (this.totals.size && !this.signal.aborted) {
      const wanted = [...this.totals.values()];
      this.totals.clear();
      let hurried = false;
      this.hurry = () => hurried = true;
      await Promise.all(Array.from({length: TOTALS_AT_ONCE}, async () => {
        while (wanted.length) {
          await this.total(wanted.shift());
        }
      }));
      await new Promise(resolve => {
        this.hurry = resolve;
        setTimeout(resolve, hurried ? 0 : TOTAL_EVERY);
      });
    }
    this.totalling = null;
  }

  async total({section, entry}) {
    const midnight = new Date();
    midnight.setHours(0, 0, 0, 0);
    let again;
    try {
      const sum = await get('/api/v1/windows/aggregate', {job: section.job, spec: section.spec, key: entry.key, metric: section.kind.total, fn: 'sum',
        groupBy: 'key', top: 1, from: midnight.toISOString()}, this.signal);
      again = Boolean(sum.reason);
      const how = again ? 'without those that Elasticsearch does not have yet' : sum.exact ? 'exactly' : 'in floating point';
      section.cards.get(entry.name)?.sum(valued(section.kind.total, sum.items[0]?.value ?? '0'),
        `${section.kind.total} of all windows that began since ${midnight.toLocaleString()} (${utc(midnight.toISOString())}), added up ${how}`, again || Number(sum.incomplete) > 0,
        link('history', {job: section.job, spec: section.spec, key: entry.key, from: midnight.toISOString()}));
    } catch (e) {
      again = e.status === 0 || e.status === 429 || e.status >= 500;
      if (e.status && !again) {
        section.cards.get(entry.name)?.sum('–', e.message);
      }
    }
    if (again && section.cards.has(entry.name)) {
      this.totals.set(entry.name, {section, entry});
    }
  }

  close() {
    this.stop();
    clearInterval(this.timer);
    this.ending.abort();
    this.sections.forEach(section => section.cards.forEach((card, name) => this.store.untrack(name)));
  }
}

export const open = (root, params, app) => new Now(root, params, app);
