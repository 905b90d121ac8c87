// Words: their counts, ranked, live. The log of counts keeps the last one of each word, so a stream of its own reads it from its beginning.

import {el, keyText, say} from './dom.js';
import {digits} from './format.js';
import {Live} from './live.js';
import {parse} from './json.js';
import {go} from './route.js';
import {empty, loading} from './states.js';

const SHOWN = 40;
const PERIOD = 500;
const TOPIC = /(?:^|~~)(word-counts~[^~]+)~([0-9.]+)/;

/** Where the log of counts begins, from a position of now; empty where there is no such log. */
function beginning(position) {
  const found = TOPIC.exec(position);
  return found ? found[1] + '~' + found[2].replace(/\d+/g, '0') : '';
}

class Words {
  counts = new Map();
  rows = [];
  changed = true;
  seen = 0;

  constructor(root, params, app) {
    this.app = app;
    this.input = el('input', {type: 'search', id: 'word', value: params.get('filter') ?? '', autocomplete: 'off', oninput: () => {
      go('words', {filter: this.input.value}, true);
      this.changed = true;
      this.draw();
    }});
    this.status = el('div', {}, loading('the words'));
    this.summary = el('p', {class: 'quiet'});
    this.list = el('ol', {class: 'words', 'aria-label': 'Words by their counts'});
    root.append(el('div', {class: 'view-head'}, el('h2', {class: 'hidden-text'}, 'Words'), el('label', {for: 'word'}, 'Filter'), this.input, this.summary), this.status, this.list);
    this.timer = setInterval(() => this.draw(), PERIOD);
    this.began = Date.now();
    this.begin();
  }

  begin() {
    const position = this.app.live.position;
    if (!position) {
      this.waiting = setTimeout(() => this.begin(), 200);
      return;
    }
    this.live = new Live({job: 'word-count'}, (name, data) => name === 'word' && this.take(data), () => {}, beginning(position));
    this.live.connect();
  }

  take(data) {
    const {op, word, count} = parse(data);
    if (op !== '-U') {
      this.counts.set(word, count);
      this.seen++;
      this.changed = true;
    }
  }

  draw() {
    if (!this.changed) {
      if (!this.counts.size && Date.now() - this.began > 3000) {
        this.status.replaceChildren(empty('No words', 'The job word-count counts them; it is not among the jobs that run by default: streampane up --jobs all.'));
        this.began = Infinity;
      }
      return;
    }
    this.changed = false;
    const text = this.input.value.toLowerCase();
    const all = [...this.counts];
    const ranked = all.filter(([word]) => word.toLowerCase().includes(text))
      .sort((one, other) => Number(other[1]) - Number(one[1]) || (one[0] < other[0] ? -1 : 1));
    const shown = ranked.slice(0, SHOWN);
    const most = Number(shown[0]?.[1] ?? 1);
    shown.forEach(([word, count], i) => {
      let row = this.rows[i];
      if (!row) {
        row = {word: el('bdi', {class: 'key'}), bar: el('progress', {'aria-hidden': 'true'}), count: el('span', {class: 'number'})};
        row.node = el('li', {}, row.word, row.bar, row.count);
        this.rows.push(row);
        this.list.append(row.node);
      }
      row.node.hidden = false;
      say(row.word, keyText(word));
      row.word.title = word;
      row.bar.max = most;
      row.bar.value = Number(count);
      say(row.count, digits(count));
    });
    this.rows.slice(shown.length).forEach(row => row.node.hidden = true);
    say(this.summary, this.counts.size ? `${digits(shown.length)} of ${digits(this.counts.size)} words` + (text ? ` (${digits(ranked.length)} with that in them)` : '') : '');
    if (this.counts.size) {
      this.status.replaceChildren();
    }
  }

  close() {
    clearInterval(this.timer);
    clearTimeout(this.waiting);
    this.live?.end();
  }
}

export const open = (root, params, app) => new Words(root, params, app);
