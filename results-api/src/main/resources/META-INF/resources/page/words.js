// Words: their counts, ranked, live. Their topic keeps the last count of each word, so the page has the stream read it from its beginning.

import {el, keyText, say, tell} from './dom.js';
import {digits} from './format.js';
import {go} from './route.js';
import {failed, loading, none} from './states.js';

const SHOWN = 40;
const PERIOD = 500;
const TOPIC = 'word-counts';
/** Ms. The stream may be another page's, which may be about to end. */
const ASK_AGAIN = 10_000;

class Words {
  rows = [];
  changed = true;
  began = Date.now();
  asked = -ASK_AGAIN;
  /** The store's `beginning` when it was last drawn. */
  beginning = '';

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
    const source = el('p', {class: 'quiet'}, 'The latest count of each word, of all lines that word-count has read. A count has no window, so it has no revisions and no Explain.');
    root.append(el('div', {class: 'view-head'}, el('h2', {class: 'hidden-text'}, 'Words'), el('label', {for: 'word'}, 'Filter'), this.input, this.summary), this.status, this.list, source);
    this.timer = setInterval(() => this.draw(), PERIOD);
    this.unlisten = app.store.listen(batch => this.changed ||= batch.words > 0);
    this.draw();
  }

  /** Asks for the words from the beginning once the stream has a position; again while it has no topic of words, which may come. */
  ask() {
    const {store, live} = this.app;
    if (['', 'unknown'].includes(store.beginning) && live.position && performance.now() - this.asked > ASK_AGAIN) {
      this.asked = performance.now();
      live.rewind(TOPIC);
    }
  }

  draw() {
    this.ask();
    const {words: counts, evictedWords, beginning} = this.app.store;
    if (!beginning) {
      this.began = Date.now(); // before the answer it is unknown whether there are words
    }
    if (beginning !== this.beginning) {
      this.beginning = beginning;
      this.changed = true;
    }
    if (!this.changed) {
      if (!counts.size) {
        const {refused} = this.app;
        tell(this.status, refused ? failed('the words', refused) : Date.now() - this.began > 3000 ? none('words', 'word-count', 'counts') : loading('the words'));
      }
      return;
    }
    this.changed = false;
    const text = this.input.value.toLowerCase();
    const ranked = [...counts].filter(([word]) => word.toLowerCase().includes(text))
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
    this.list.hidden = !shown.length;
    say(this.summary, counts.size ? `${digits(shown.length)} of ${digits(counts.size)} words` + (text ? ranked.length ? ` (${digits(ranked.length)} with that in them)` : '; none has that in it' : '')
      + (evictedWords.size ? `; at least ${digits(evictedWords.size)} rarer ones are not here` : '')
      + (beginning === 'unknown' ? '; words that were not counted since the page was opened may be missing' : '')
      + (beginning === 'forgotten' ? '; the log has lost its beginning: words that were not counted since are missing' : '') : '');
    if (counts.size) {
      this.status.replaceChildren();
    }
  }

  close() {
    clearInterval(this.timer);
    this.unlisten();
  }
}

export const open = (root, params, app) => new Words(root, params, app);
