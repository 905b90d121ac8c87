// The data of the stream: the newest window and preview of each series, the newest alerts, the last count of each of the most frequent words. Events are
// taken in batches; listeners are called once per batch, with the series that changed.

import {millis} from './format.js';
import {parse} from './json.js';

export const MAX_SERIES = 20_000;
export const MAX_WORDS = 20_000;
/** At most so many previews of series without a result are kept. */
const MAX_FILLING = 100;
/** At most so many names of evicted series, and of words, are kept to count them. */
const MAX_EVICTED = 200_000;
const MAX_POINTS = 40;
export const MAX_ALERTS = 1_000;
/** Ms. Tumbling windows are missed when none comes for two of their lengths plus this; at midnight the view is opened again only this long after the last input. */
export const QUIET = 60_000;
/** Milliseconds between two batches, at least. */
const PERIOD = 250;
/** Milliseconds of a frame that reading events may take. */
const BUDGET = 20;

export const seriesName = result => result.job + '\n' + result.spec + '\n' + result.key;

function version(result) {
  return [result.complete ? 1 : 0, Number(result.generation), Number(result.rev)];
}

/** Whether a result is at least as new as another one of the same window. */
export function holds(result, other) {
  const [one, two] = [version(result), version(other)];
  const i = one.findIndex((number, at) => number !== two[at]);
  return i < 0 || one[i] > two[i];
}

/** Whether an alert is not of an older generation than what is known of it. */
export const alertHolds = (alert, known) => !known || Number(alert.generation) >= Number(known.generation);

function newer(result, other) {
  const difference = millis(result.window.end) - millis(other.window.end);
  return difference !== 0 ? difference > 0 : result.id !== other.id || holds(result, other);
}

export class Store {
  series = new Map();
  /** The newest preview of each series that has no result yet. */
  filling = new Map();
  /** Names of series evicted for those with newer windows. */
  evicted = new Set();
  alerts = new Map();
  /** Ids of alerts that are news, until the view that showed them clears it. */
  newAlerts = new Set();
  words = new Map();
  /** Words evicted for more frequent ones. */
  evictedWords = new Set();
  /** The answer to a rewind of the words: `rewound` (all have come or are coming), `forgotten` or `unknown`, see Live; empty before that. */
  beginning = '';
  /** When the snapshot was complete; 0 before. */
  readyAt = 0;
  /** The data of event `snapshot-end`. */
  #snapshotEnd = '';
  results = 0;
  /** When the last result came that was news, and the newest window's end. */
  last = {at: 0, end: 0};
  /** Of tumbling windows, by job and specification: after how many ms without one they are missed, and the newest end. */
  #following = new Map();
  #queue = [];
  #timer = 0;
  #listeners = new Set();

  /** Whether the snapshot is complete, so that what comes is news. */
  get ready() {
    return this.readyAt > 0;
  }

  /** After how many ms without a result they are missed; specifications whose newest end is that far behind have ended and do not count. */
  get patience() {
    const all = [...this.#following.values()];
    const newest = Math.max(...all.map(({end}) => end));
    return Math.min(...all.map(({patience, end}) => newest - end > patience ? Infinity : patience));
  }

  /** Calls listener({names, results, alerts, words, news}) after each batch, `news` of its alerts being new; returns a function that ends that. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The data as events, for another page: names of evicted series and words, newest windows and previews, word counts, what is queued, and the snapshot's end or that what comes is news. */
  events() {
    return [['evicted', [...this.evicted]], ['evictedWords', [...this.evictedWords]],
      ...[...[...this.series.values()].flatMap(({newest, early}) => early ? [newest, early] : [newest]), ...this.filling.values()].map(result => ['window', result]),
      ...(this.beginning ? [[this.beginning, {}]] : []), ...[...this.words].map(([word, count]) => ['word', {op: '+U', word, count}]), ...this.#queue,
      ...(this.#snapshotEnd ? [['snapshot-end', this.#snapshotEnd]] : this.ready ? [['progress', {}]] : [])];
  }

  /** Takes an event; its data is JSON text, or parsed. */
  take(name, data) {
    if (name === 'rewound' || name === 'forgotten' || name === 'unknown') {
      this.beginning = name;
    } else if (name === 'window' || name === 'alert' || name === 'word') {
      this.#queue.push([name, data, this.ready]);
      this.#timer ||= setTimeout(() => requestAnimationFrame(() => this.#flush()), this.results ? PERIOD : 30);
    } else if (name === 'evicted' || name === 'evictedWords') {
      this[name] = new Set(data);
    } else if (name === 'progress' || name === 'snapshot-end') {
      this.readyAt ||= Date.now();
      this.#snapshotEnd = name === 'snapshot-end' ? data : this.#snapshotEnd;
    }
  }

  /** Adds alerts of an answer; unknown ones that began after `since` are news, if that is given. */
  addAlerts(alerts, since) {
    const news = alerts.filter(({id, start}) => !this.alerts.has(id) && millis(start) > millis(since));
    news.forEach(({id}) => this.newAlerts.add(id));
    alerts.forEach(alert => this.#alert(alert));
    this.#forgetOldAlerts();
    this.#tell({names: new Set(), results: [], alerts, words: 0, news: news.length});
  }

  /** Forgets everything, as what follows may be from another log. */
  clear() {
    this.#queue = [];
    this.series.clear();
    this.filling.clear();
    this.evicted.clear();
    this.alerts.clear();
    this.words.clear();
    this.evictedWords.clear();
    this.beginning = '';
    this.readyAt = 0;
    this.#snapshotEnd = '';
    this.last = {at: 0, end: 0};
    this.#following.clear();
  }

  /** Keeps the windows of a series as points from now on. */
  track(name, windows = []) {
    const entry = this.series.get(name);
    if (entry) {
      entry.points ??= [];
      entry.retracted ??= new Map();
      [entry.newest, ...windows].forEach(window => this.#point(entry, window));
    }
  }

  untrack(name) {
    const entry = this.series.get(name);
    if (entry) {
      entry.points = null;
      entry.retracted = null;
    }
  }

  /** Takes queued events for BUDGET ms; the rest in the next frame. */
  #flush() {
    const batch = {names: new Set(), results: [], alerts: [], words: 0, news: 0};
    const began = performance.now();
    let taken = 0;
    while (taken < this.#queue.length && performance.now() - began < BUDGET) {
      const [name, data, isNews] = this.#queue[taken++];
      const item = typeof data === 'string' ? parse(data) : data;
      if (name === 'alert') {
        const again = this.alerts.has(item.id) && String(this.alerts.get(item.id).generation) !== String(item.generation);
        this.#alert(item);
        batch.alerts.push(item);
        if (again) {
          continue; // another generation tells what was told
        }
        batch.news += this.newAlerts.has(item.id) ? 0 : 1; // an answer may have had it
        this.newAlerts.add(item.id);
        if (this.newAlerts.size > MAX_ALERTS) {
          this.newAlerts.delete(this.newAlerts.values().next().value);
        }
      } else if (name === 'word') {
        batch.words += this.#word(item);
      } else {
        this.#result(item, isNews, batch);
      }
    }
    this.#queue.splice(0, taken);
    this.#timer = this.#queue.length ? requestAnimationFrame(() => this.#flush()) : 0;
    // only after the batch: until then another window may replace the retracted one
    batch.names.forEach(name => this.series.get(name)?.newest.status === 'RETRACTED' && this.series.delete(name));
    if (this.series.size > MAX_SERIES) {
      evict(this.series, MAX_SERIES, series => series.end, this.evicted);
    }
    this.#forgetOldAlerts();
    if (this.words.size > MAX_WORDS) {
      evict(this.words, MAX_WORDS, Number, this.evictedWords);
    }
    this.#tell(batch);
  }

  #tell(batch) {
    this.#listeners.forEach(listener => listener(batch));
  }

  #result(result, isNews, batch) {
    const name = seriesName(result);
    const known = this.series.get(name);
    batch.names.add(name);
    if (result.status === 'EARLY') {
      if (known) {
        known.early = result;
      } else if (this.filling.has(name) || this.filling.size < MAX_FILLING) {
        this.filling.set(name, result);
      }
      return;
    }
    this.filling.delete(name);
    this.results++;
    batch.results.push(result);
    const end = millis(result.window.end) || 0;
    this.last.end = Math.max(this.last.end, end);
    if (result.window.kind === 'tumbling') {
      const spec = result.job + '\n' + result.spec;
      this.#following.set(spec, {patience: 2 * (end - millis(result.window.start)) + QUIET, end: Math.max(end, this.#following.get(spec)?.end ?? 0)});
    }
    if (isNews && !(known?.newest.id === result.id && holds(known.newest, result))) {
      this.last.at = Date.now();
    }
    if (!known) {
      if (result.status === 'RETRACTED') {
        return;
      }
      this.evicted.delete(name);
      this.series.set(name, {name, job: result.job, spec: result.spec, key: result.key, newest: result, end: millis(result.window.end), early: null, points: null, retracted: null});
      return;
    }
    if (known.points) {
      this.#point(known, result);
    }
    if (result.status === 'RETRACTED' ? result.id === known.newest.id && holds(result, known.newest)
      : known.newest.status === 'RETRACTED' || newer(result, known.newest)) {
      known.newest = result;
    }
    this.#hold(known);
    if (known.early && millis(known.early.window.end) <= millis(result.window.end)) {
      known.early = null;
    }
  }

  /** If the newest window of a series was retracted, the one before is the newest, if it is known. */
  #hold(entry) {
    if (entry.newest.status === 'RETRACTED' && entry.points?.length) {
      entry.newest = entry.points[entry.points.length - 1];
    }
    entry.end = millis(entry.newest.window.end);
  }

  /** Keeps retracted windows, too: an older revision of them may still come. */
  #point({points, retracted}, result) {
    const at = points.findIndex(point => point.id === result.id);
    const known = points[at] ?? retracted.get(result.id);
    if (known && !holds(result, known)) {
      return;
    }
    if (at >= 0) {
      points.splice(at, 1);
    }
    if (result.status === 'RETRACTED') {
      retracted.set(result.id, result);
      if (retracted.size > MAX_POINTS) {
        retracted.delete(retracted.keys().next().value);
      }
    } else {
      points.push(result);
      points.sort((one, other) => millis(one.window.end) - millis(other.window.end));
      points.splice(0, points.length - MAX_POINTS);
    }
  }

  #alert(alert) {
    if (!alertHolds(alert, this.alerts.get(alert.id))) {
      return;
    }
    this.alerts.set(alert.id, alert);
  }

  #forgetOldAlerts() {
    if (this.alerts.size > MAX_ALERTS) {
      this.newestAlerts().slice(MAX_ALERTS).forEach(old => this.alerts.delete(old.id));
    }
  }

  #word({op, word, count}) {
    if (op === '-U') {
      return 0;
    }
    this.evictedWords.delete(word);
    this.words.set(word, count);
    return 1;
  }

  newestAlerts() {
    return [...this.alerts.values()].sort((one, other) => millis(other.start) - millis(one.start) || (one.id < other.id ? 1 : -1));
  }
}

/** Deletes the entries of `map` with the least `order` until `most` are left, and keeps their names. */
function evict(map, most, order, evicted) {
  [...map]
    .sort(([, one], [, other]) => order(one) - order(other))
    .slice(0, map.size - most)
    .forEach(([name]) => {
      map.delete(name);
      if (evicted.size < MAX_EVICTED) {
        evicted.add(name);
      }
    });
}
