// Health: how far each job is, which input partitions are silent, and how long a result takes to come here.

import {get, poll, windowPath} from './api.js';
import {el, table} from './dom.js';
import {digits, lasting, span, when} from './format.js';
import {link} from './route.js';
import {failed, loading} from './states.js';

const EVERY = 5_000;

function since(time) {
  return time ? lasting(Date.now() - Date.parse(time)) : '–';
}

class Health {
  paths = new Map();

  constructor(root, params, app) {
    this.app = app;
    this.ending = new AbortController();
    const {signal} = this.ending;
    const jobs = el('div', {}, loading('the jobs'));
    const marks = el('div', {}, loading('the clocks'));
    const stream = el('div', {});
    root.append(el('h2', {class: 'hidden-text'}, 'Health'), el('section', {class: 'panel'}, el('h3', {}, 'Jobs'), jobs),
      el('section', {class: 'panel'}, el('h3', {}, 'Inputs'), marks), el('section', {class: 'panel'}, el('h3', {}, 'This page’s connection'), stream));
    poll(EVERY, signal, async () => {
      const all = await get('/api/v1/jobs', {}, signal);
      await Promise.all(all.items.filter(job => job.lastWindow).map(job => this.path(job).catch(() => {})));
      jobs.replaceChildren(table('Jobs', ['Job', ['Generation', 'number'], 'Version', 'Started', 'Windows', 'Newest window', ['End → appended', 'number'], ['→ here', 'number']],
        all.items.map(job => {
          const path = this.paths.get(job.job);
          return [job.job, job.generation, job.jobVersion ?? '–', when(job.started), job.specs.join(', ') || '–',
            job.lastWindow ? el('a', {href: link('window', {id: job.lastWindow.id})}, span(job.lastWindow)) : '–', path?.appended ?? '–', path?.here ?? '–'];
        })), el('p', {class: 'quiet'}, 'From a window’s end to its result in the log, and from there to this page by your computer’s clock; with data that is not of now, the first says how old it is.',
        all.truncated ? ' Elasticsearch does not answer, so jobs that no longer run may be missing.' : ''));
    }, e => jobs.replaceChildren(failed('the jobs', e)));
    poll(EVERY, signal, async () => {
      const all = await get('/api/v1/watermarks', {}, signal);
      const quiet = all.stalled.length ? [el('div', {class: 'verdict warn'}, el('strong', {}, '▲ Stalled'), ' ', all.stalled.join(', '))]
        : [el('div', {class: 'verdict good'}, el('strong', {}, '✓ No partition is stalled'))];
      marks.replaceChildren(...quiet, table('Inputs by job and partition', ['Job', 'Input', ['Lag', 'number'], ['Clock behind now', 'number'], 'Clock', ['Records', 'number'], 'State'],
        all.items.map(item => [item.job, `${item.topic}[${item.partition}]`, item.lag === null ? '–' : digits(item.lag), since(item.clock), when(item.clock), digits(item.records),
          item.stalled ? el('span', {class: 'warn'}, '▲ stalled') : el('span', {class: 'good'}, '✓ moving')])));
    }, e => marks.replaceChildren(failed('lag and clocks', e)));
    this.timer = setInterval(() => this.connection(stream), 1000);
    this.connection(stream);
  }

  /** How long the newest result took to the log, and to here. */
  async path(job) {
    const {id, end} = job.lastWindow;
    if (this.paths.get(job.job)?.id === id) {
      return;
    }
    const revisions = await get(windowPath(id) + '/history', {limit: 1}, this.ending.signal);
    const appended = revisions.items[0]?.appended;
    const arrival = this.app.store.arrivals.get(job.job);
    this.paths.set(job.job, {id, appended: appended ? lasting(Date.parse(appended) - Date.parse(end)) : '–',
      here: appended && arrival?.id === id ? lasting(arrival.at - Date.parse(appended)) : this.paths.get(job.job)?.here});
  }

  connection(stream) {
    const {live, store, log} = this.app;
    const text = JSON.stringify([log[0], log.length]);
    if (!this.facts) {
      this.facts = el('p', {});
      this.history = el('div', {});
      stream.append(this.facts, this.history);
    }
    this.facts.textContent = `${digits(store.results)} results taken, ${digits(store.series.size)} series, ${digits(store.alerts.size)} alerts; last heard ${live.heard ? since(new Date(live.heard).toISOString()) + ' ago' : 'never'}.`;
    if (this.told !== text) {
      this.told = text;
      this.history.replaceChildren(table('Connection', ['When', 'What'], log.map(entry => [when(entry.at), entry.text])));
    }
  }

  close() {
    clearInterval(this.timer);
    this.ending.abort();
  }
}

export const open = (root, params, app) => new Health(root, params, app);
