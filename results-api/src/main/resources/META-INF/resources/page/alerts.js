// Alerts: the newest first, live, new ones marked, each with its reason and the transactions that it was raised for.

import {pages} from './api.js';
import {el, keyed, table} from './dom.js';
import {timeField, valued, when} from './format.js';
import {go, here, link} from './route.js';
import {empty, failed, loading, none} from './states.js';
import {alertHolds, MAX_ALERTS} from './store.js';

const PAGE = 50;
/** After it has drawn alerts the page draws none for so many times as long as that took, so that other work gets done. */
const REST = 10;
const SUGGESTIONS = 50;
const SCORE = 'distance beyond the pattern’s threshold, not a probability: 0 at it, 0.5 at twice it (many-transactions: in half the time), near 1 far beyond.';

function score(alert) {
  const value = Math.max(0, Math.min(1, Number(alert.score)));
  return el('span', {class: 'score', title: 'Score: ' + SCORE}, 'score ', el('meter', {min: 0, max: 1, value, 'aria-label': `score ${alert.score}`}), el('span', {class: 'number'}, alert.score));
}

function transactions(alert) {
  const place = alert.transactions.some(one => one.merchant !== undefined);
  return table(`Transactions of the alert about ${alert.client}`,
    ['When', ['Amount', 'number'], ...(place ? ['Merchant', 'Place'] : []), 'Record'],
    alert.transactions.map(one => [when(one.ts), valued('amount', one.amount),
      ...(place ? [one.merchant ?? '–', one.lat === undefined ? '–' : `${one.lat}, ${one.lon}`] : []), el('a', {href: link('records', {topic: one.topic, partition: one.partition, first: one.offset, last: one.offset})}, `${one.topic}[${one.partition}] ${one.offset}`)]));
}

function item(alert, open, isNew) {
  return el('li', {class: 'alert', 'data-id': alert.id}, el('details', {open},
    el('summary', {}, el('span', {class: 'alert-when'}, when(alert.start), isNew ? [' ', el('span', {class: 'new'}, 'new')] : null), el('span', {class: 'alert-who'}, 'client ', keyed(alert.client)),
      el('span', {class: 'pattern'}, alert.pattern), score(alert), el('span', {class: 'why'}, alert.reason)),
    transactions(alert),
    el('p', {class: 'quiet'}, `From `, when(alert.start), ' to ', when(alert.end), `; generation ${alert.generation} of ${alert.job}. `,
      el('a', {href: link('history', {job: 'transaction-total', key: alert.client, from: new Date(Date.parse(alert.start) - 1800000).toISOString(),
        to: new Date(Date.parse(alert.end) + 1800000).toISOString()})}, 'This client’s totals around it'))));
}

class Alerts {
  items = new Map();
  /** Alerts that came since the last drawing. */
  fresh = [];
  resting = 0;
  /** So many are kept; more when older ones are requested. */
  most = MAX_ALERTS;

  constructor(root, params, app) {
    this.store = app.store;
    this.ending = new AbortController();
    this.client = params.get('client') ?? '';
    this.pattern = params.get('pattern') ?? '';
    const time = name => {
      const text = params.get(name) ?? '';
      return Number.isNaN(Date.parse(text)) ? '' : text.endsWith('Z') ? text : new Date(text).toISOString();
    };
    this.from = time('from');
    this.to = time('to');
    this.known = {client: el('datalist', {id: 'known-client'}), pattern: el('datalist', {id: 'known-pattern'})};
    const field = (name, label) => el('label', {}, label, el('input', {type: 'search', name, value: this[name], autocomplete: 'off', list: 'known-' + name, onfocus: () => this.suggest(name)}), this.known[name]);
    const [from, to] = ['from', 'to'].map(name => timeField(this[name], {name}));
    this.form = el('form', {class: 'view-head', onsubmit: event => {
      event.preventDefault();
      go('alerts', {client: this.form.elements.client.value, pattern: this.form.elements.pattern.value, from: from.time(), to: to.time()});
    }}, el('h2', {class: 'hidden-text'}, 'Alerts'), field('client', 'Client'), field('pattern', 'Pattern'), el('label', {}, 'From', from.field), el('label', {}, 'To', to.field),
      el('button', {type: 'submit'}, 'Show'));
    this.list = el('ol', {class: 'alerts', 'aria-label': 'Alerts, newest first'});
    this.status = el('div', {}, loading('alerts'));
    this.more = el('button', {type: 'button', hidden: true, onclick: () => this.load()}, 'Older alerts');
    this.legend = el('p', {class: 'quiet hint', hidden: true}, 'The newest first, by their first transactions. New: came since you last looked here. Score: ' + SCORE);
    root.append(this.form, this.status, this.legend, this.list, this.more);
    this.pages = this.older();
    this.stop = this.store.listen(batch => this.take(batch.alerts));
    this.load();
  }

  /** Pages of alerts, newest first: those before `to`, or all. */
  older(to = this.to) {
    return pages('/api/v1/alerts', {client: this.client, pattern: this.pattern, from: this.from, to, limit: PAGE}, this.ending.signal);
  }

  /** Pages behind an alert, those that begin with it among them. */
  behind(start) {
    return this.older(new Date(Date.parse(start) + 1).toISOString());
  }

  /** Suggests what the kept alerts have. */
  suggest(name) {
    const values = new Set([...this.store.alerts.values(), ...[...this.items.values()].map(({alert}) => alert)].map(alert => alert[name]));
    this.known[name].replaceChildren(...[...values].sort().slice(0, SUGGESTIONS).map(value => el('option', {value})));
  }

  wants({client, pattern, start}) {
    const at = Date.parse(start);
    return (!this.client || client === this.client) && (!this.pattern || pattern === this.pattern)
      && !(at < Date.parse(this.from)) && !(at >= Date.parse(this.to)); // a bound that is not given is NaN
  }

  async load() {
    this.more.disabled = true;
    const asked = this.pages;
    this.most = Math.max(MAX_ALERTS, this.items.size + PAGE);
    try {
      const {value: page} = await asked.next();
      if (asked !== this.pages) {
        return this.load(); // the list was cut meanwhile: go on after its new end
      }
      this.add(page.items);
      this.reached = page.items.at(-1)?.start ?? this.reached;
      this.more.hidden = !page.next;
      this.status.replaceChildren(...(this.items.size ? [] : [this.client || this.pattern || this.from || this.to ? empty('No alerts', 'None of this client, pattern and time.')
        : none('alerts', 'fraud-detection', 'raises')]));
      if (page.reason) {
        this.status.append(el('p', {class: 'quiet'}, 'Elasticsearch does not show all of them yet.'));
      }
    } catch (e) {
      if (!this.ending.signal.aborted) {
        this.status.replaceChildren(failed('alerts of before', e));
        this.add([...this.store.alerts.values()]);
        this.pages = this.reached ? this.behind(this.reached) : this.older();
        this.more.hidden = false;
      }
    }
    this.more.disabled = false;
  }

  /** Draws alerts of the stream, at once, or after the rest together with the next ones. */
  take(alerts) {
    this.fresh.push(...alerts);
    if (this.fresh.length && !this.resting) {
      const began = performance.now();
      this.add(this.fresh.splice(0));
      this.resting = setTimeout(() => {
        this.resting = 0;
        this.take([]);
      }, REST * (performance.now() - began));
    }
  }

  add(alerts) {
    let changed = false;
    for (const alert of alerts) {
      const known = this.items.get(alert.id);
      const isNew = this.store.newAlerts.has(alert.id);
      const same = known && known.isNew === isNew && alertHolds(known.alert, alert);
      if (this.wants(alert) && alertHolds(alert, known?.alert) && !same) {
        changed = true;
        this.items.set(alert.id, {alert, isNew, open: known?.node?.querySelector('details').open ?? known?.open ?? false});
        known?.node?.remove();
      }
    }
    if (!changed) {
      return;
    }
    this.legend.hidden = false;
    const sorted = [...this.items.values()].sort((one, other) => Date.parse(other.alert.start) - Date.parse(one.alert.start)
      || (one.alert.id < other.alert.id ? 1 : -1));
    const dropped = sorted.splice(this.most);
    dropped.forEach(({alert, node}) => {
      node?.remove();
      this.items.delete(alert.id);
    });
    if (dropped.length) {
      this.pages = this.behind(sorted.at(-1).alert.start);
      this.more.hidden = false;
    }
    sorted.forEach((one, i) => {
      one.node ??= item(one.alert, one.open, one.isNew);
      if (this.list.children[i] !== one.node) {
        this.list.insertBefore(one.node, this.list.children[i] ?? null);
      }
    });
    this.status.querySelector('.empty, .loading')?.remove();
  }

  /** New alerts stay marked while only the filter changes. */
  close() {
    this.stop();
    clearTimeout(this.resting);
    this.ending.abort();
    if (here().view !== 'alerts') {
      this.store.newAlerts.clear();
    }
  }
}

export const open = (root, params, app) => new Alerts(root, params, app);
