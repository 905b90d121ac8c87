// Health: how far each job is, which input partitions are stalled, and how long a result takes to reach the streams.

import {get, poll} from './api.js';
import {el, refill, table, tell} from './dom.js';
import {digits, lasting, millis, span, when} from './format.js';
import {link} from './route.js';
import {empty, failed, loading} from './states.js';

const EVERY = 5_000;
const READING = 'The audit is still being read; lag, event times and records are known then.';

function since(time, now = Date.now()) {
  return time ? lasting(now - Date.parse(time)) : '–';
}

/** The time from one to the other; '–' if one is missing. */
function between(from, to) {
  return from && to ? lasting(millis(to) - millis(from)) : '–';
}

/** Whether a job makes progress, as far as its audit shows. */
function gets(halted, lag, clock) {
  return halted ? el('span', {class: 'warn wraps'}, '▲ reads nothing, though records wait: stopped, restarting or stuck')
    : lag === null && clock === null ? el('span', {class: 'quiet', title: 'Only the audit shows here whether a job reads.'}, 'no audit') : lag === null || lag === undefined ? '–' : el('span', {class: 'good'}, '✓ reading');
}

class Health {
  constructor(root, params, app) {
    this.app = app;
    this.ending = new AbortController();
    const {signal} = this.ending;
    const jobs = el('div', {}, loading('the jobs'));
    const marks = el('div', {}, loading('the event times'));
    const stream = el('div', {});
    root.append(el('h2', {class: 'hidden-text'}, 'Health'), el('section', {class: 'panel'}, el('h3', {}, 'Jobs'), jobs),
      el('section', {class: 'panel'}, el('h3', {}, 'Inputs'), marks), el('section', {class: 'panel'}, el('h3', {}, 'This page’s connection'), stream));
    let ahead = 0; // of the browser's clock, ms
    poll(EVERY, signal, async () => {
      const [all, status] = await Promise.all([get('/api/v1/jobs', {}, signal), get('/api/v1/status', {}, signal).then(status => {
        ahead = millis(status.now) - Date.now();
        return status;
      })]);
      refill(jobs, all.items.length ? table('Jobs', ['Job', ['Generation', 'number'], 'Version', 'Started', 'Windows', 'State', ['Lag, records', 'number'], ['Event time behind now', 'number'], 'Stalled',
        'Newest window', ['End → appended', 'number'], ['→\u00a0stream', 'number']],
        all.items.map(job => {
          const {lag, clock, halted, stalled, newest} = status.items.find(one => one.job === job.job) ?? {};
          return [job.job, job.generation, job.jobVersion ?? '–', when(job.started), job.specs.join(', ') || '–', status.loaded ? gets(halted, lag, clock) : '–', digits(status.loaded ? lag : null), between(status.loaded && clock, status.now),
            stalled?.length ? el('span', {class: 'warn wraps'}, '▲ ' + stalled.join(', ')) : '–', job.lastWindow ? el('a', {id: 'newest~' + job.job, href: link('window', {id: job.lastWindow.id})}, span(job.lastWindow)) : '–',
            between(newest?.end, newest?.appended), between(newest?.appended, newest?.streamed)];
        }), {class: 'folds'}) : all.truncated ? '' : empty('No job has reported yet', 'A job is here as soon as it runs; a key sees those that it may read.'), el('p', {class: 'quiet'}, 'End → appended: from a window’s end to its result in the log; for old data, its age. → stream: from the log to the streams of this service.',
        all.truncated ? (all.reason === 'too-many-jobs' ? ' There are more jobs than are listed' : ' Elasticsearch does not answer') + ', so jobs that no longer run may be missing.' : '',
        status.loaded ? '' : ' ' + READING));
    }, e => tell(jobs, failed('the jobs', e)));
    poll(EVERY, signal, async () => {
      const all = await get('/api/v1/watermarks', {}, signal);
      const quiet = all.stalled.length ? [el('div', {class: 'verdict warn'}, el('strong', {}, '▲ Stalled'), ' ', all.stalled.join(', '))]
        : !all.items.length || !all.loaded || all.truncated || all.items.some(item => item.stalled === null) ? [el('div', {class: 'verdict wait'}, el('strong', {}, '… Not known of every partition'))]
        : [el('div', {class: 'verdict good'}, el('strong', {}, '✓ No partition is stalled'))];
      refill(marks, ...quiet, all.items.length ? table('Inputs by job and partition', ['Job', 'Input', ['Lag, records', 'number'], ['Event time behind now', 'number'], 'Event time', ['Records', 'number'], 'State'],
        all.items.map(item => {
          const {lag, clock, records} = all.loaded ? item : {clock: null};
          return [item.job, `${item.topic}[${item.partition}]`, digits(lag), since(clock, Date.now() + ahead), when(clock), digits(records),
            item.stalled ? el('span', {class: 'warn'}, '▲ stalled') : item.stalled === null || !clock ? '–' : el('span', {class: 'good'}, '✓ receiving')];
        })) : all.loaded ? empty('No input has been audited yet', 'Jobs audit theirs with their results; a key sees those of jobs that it may read.') : loading('the event times'),
        all.items.length && !all.loaded ? el('p', {class: 'quiet'}, READING) : '');
    }, e => tell(marks, failed('lag and event times', e)));
    this.timer = setInterval(() => this.connection(stream), 1000);
    this.connection(stream);
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
      refill(this.history, table('Connection', ['When', 'What'], log.map(entry => [when(entry.at), entry.text])));
    }
  }

  close() {
    clearInterval(this.timer);
    this.ending.abort();
  }
}

export const open = (root, params, app) => new Health(root, params, app);
