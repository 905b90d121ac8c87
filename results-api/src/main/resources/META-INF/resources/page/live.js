// One stream of events that reconnects by itself, after the last event and with a new ticket, and reports its state.

import {get, ticket} from './api.js';
import {key} from './session.js';

const EVENTS = ['window', 'alert', 'word', 'progress', 'snapshot-end', 'conflated'];
/** Ms without anything from the service, which sends something every 15 s, until the connection counts as lost. */
export const SILENCE = 40_000;
const LONGEST_WAIT = 15_000;

export class Live {
  #query;
  #take;
  #tell;
  #source = null;
  #lastId;
  #heard = 0;
  /** When the current connection was requested. */
  #asked = 0;
  #failures = 0;
  #timer = 0;
  #run = 0;
  #lostAt = 0;
  /** The position before a rewind, until the first event after it. */
  #back = '';
  #ending = new AbortController();

  /**
   * @param query parameters of the stream
   * @param take called with (event name, data as text, position after it)
   * @param tell called with a state: {name, at, detail, since}
   * @param lastId the position after which to begin
   * @param lostAt when the page last heard the service there
   */
  constructor(query, take, tell, lastId = '', lostAt = 0) {
    this.#query = query;
    this.#take = take;
    this.#tell = tell;
    this.#lastId = lastId;
    this.#heard = this.#lostAt = lostAt;
    const watch = setInterval(() => this.#watch(), 1000);
    const {signal} = this.#ending;
    signal.addEventListener('abort', () => clearInterval(watch));
    document.addEventListener('visibilitychange', () => document.hidden ? this.pause() : this.connect(), {signal});
    addEventListener('online', () => this.connect(), {signal});
    addEventListener('offline', () => this.#lost('Your browser is offline.'), {signal});
    addEventListener('pagehide', () => this.pause(), {signal});
    addEventListener('pageshow', () => this.connect(), {signal});
  }

  /** When the service was last heard. */
  get heard() {
    return this.#heard;
  }

  get position() {
    return this.#back || this.#lastId;
  }

  /** Connects now, unless it is connected. */
  async connect() {
    if (this.#source || document.hidden || this.#ending.signal.aborted) {
      return;
    }
    clearTimeout(this.#timer);
    const run = ++this.#run;
    this.#tell({name: 'connecting', at: this.#heard});
    const parameters = new URLSearchParams(this.#query);
    try {
      if (key()) {
        parameters.set('ticket', await ticket(SILENCE));
      }
    } catch (e) {
      if (run === this.#run) {
        this.#refused(e);
      }
      return;
    }
    if (run !== this.#run) {
      return;
    }
    if (this.#lastId) {
      parameters.set('lastEventId', this.#lastId);
    }
    const source = new EventSource('/api/v1/stream?' + parameters);
    this.#source = source;
    this.#asked = Date.now();
    let opened = false;
    let refused;
    source.onopen = () => {
      opened = true;
      this.#heard = Date.now();
      this.#tell({name: 'live', at: this.#heard, since: this.#lastId ? this.#lostAt : 0});
    };
    for (const name of EVENTS) {
      source.addEventListener(name, event => {
        this.#failures = 0; // not in onopen: the connection may end at once
        this.#heard = Date.now();
        if (this.#back) {
          this.#back = '';
          this.#take('rewound', '{}', this.#lastId);
        }
        if (event.lastEventId !== refused) {
          this.#lastId = event.lastEventId || this.#lastId;
        }
        this.#take(name, event.data, this.#lastId);
        if (this.#lostAt && parameters.has('lastEventId')) {
          this.#tell({name: 'resumed', at: this.#heard, since: this.#lostAt}); // not in onopen: a reset may follow
        }
        this.#lostAt = 0;
      });
    }
    source.addEventListener('reset', event => {
      this.#heard = Date.now();
      if (this.#back) {
        this.#lastId = this.#back; // the log has lost the topic's beginning
        this.#back = '';
        this.#take('forgotten', '{}', this.#lastId);
        this.restart();
        return;
      }
      refused = event.lastEventId; // the browser repeats this id after a reset, until another one comes
      this.#lostAt = 0;
      this.#lastId = ''; // a connection lost before the snapshot's end begins again
      this.#tell({name: 'reset', at: this.#heard, detail: JSON.parse(event.data).detail});
    });
    source.onerror = event => {
      if (source !== this.#source) {
        return;
      }
      this.#close();
      if (event.data || opened) {
        this.#lost(event.data ? JSON.parse(event.data).detail : 'The connection was lost.');
      } else {
        this.#findOut(run);
      }
    };
  }

  /** Ends the connection until {@link connect} resumes it. */
  pause() {
    if (this.#source) {
      this.#lostAt ||= Date.now();
    }
    this.#close();
    this.#run++;
    clearTimeout(this.#timer);
    this.#tell({name: 'paused', at: this.#heard});
  }

  /** Ends for good. */
  end() {
    this.#ending.abort();
    this.#close();
    this.#run++;
    clearTimeout(this.#timer);
  }

  /** Connects again without a position, as with another key: the newest windows come again. Reports `handed`: earlier data must be forgotten. */
  renew() {
    this.#lastId = '';
    this.#back = '';
    this.#tell({name: 'handed'});
    this.restart();
  }

  /** Connects again, after the last event. */
  restart() {
    this.#lostAt ||= Date.now();
    this.#close();
    this.#run++;
    this.#failures = 0;
    this.connect();
  }

  /**
   * Reads a topic again from its beginning, and all others from here. `take` gets `rewound` when it does, `forgotten` if the log no longer
   * has it, `unknown` if the stream has no topic of that name.
   */
  rewind(topic) {
    if (this.#back || !this.#lastId) {
      return; // it rewinds already, or has no position yet
    }
    const places = this.#lastId.split('~~');
    const at = places.findIndex(place => place.startsWith(topic + '~'));
    if (at < 0) {
      this.#take('unknown', '{}', this.#lastId);
      return;
    }
    this.#back = this.#lastId;
    places[at] = places[at].replace(/[^~]+$/, offsets => offsets.replace(/\d+/g, '0'));
    this.#lastId = places.join('~~');
    this.restart();
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  /** An EventSource does not say why it was refused; a request with the same key does. */
  async #findOut(run) {
    try {
      await get('/api/v1/jobs');
      if (run === this.#run) {
        this.#lost('The stream was refused.');
      }
    } catch (e) {
      if (run === this.#run) {
        this.#refused(e);
      }
    }
  }

  #refused(e) {
    if (e.status === 401 || e.status === 403) {
      this.#tell({name: 'refused', at: this.#heard, status: e.status, detail: e.message});
    } else {
      this.#lost(e.message, e.retryAfter);
    }
  }

  #lost(detail, retryAfter = 0) {
    this.#close();
    this.#run++;
    this.#lostAt ||= this.#heard || Date.now();
    const wait = Math.max(retryAfter * 1000, Math.min(LONGEST_WAIT, 500 * 2 ** this.#failures++)) * (1 + Math.random() / 2);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connect(), wait);
    this.#tell({name: 'lost', at: this.#heard, detail, again: Date.now() + wait});
  }

  #watch() {
    if (this.#source && Date.now() - Math.max(this.#heard, this.#asked) > SILENCE) {
      this.#lost('The connection has been silent for ' + SILENCE / 1000 + ' s.');
    }
  }
}
