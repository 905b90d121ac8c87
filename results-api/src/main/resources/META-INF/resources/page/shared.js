// One stream for all visible pages of a browser with the same key, or with tokens of one person and the same rights: one of them
// holds a lock, has the stream and passes its events to the others. When it ends, is hidden, or its token is no longer accepted,
// another one gets the lock and continues after the last event.

import {get} from './api.js';
import {Live, SILENCE} from './live.js';
import {AGAIN, due} from './login.js';
import {key} from './session.js';

/** Claims that differ between tokens of one person, by RFC 7519, OpenID Connect, Keycloak, Entra ID and Cognito: when and how they were issued. */
const OF_ONE_TOKEN = new Set(['exp', 'iat', 'nbf', 'jti', 'auth_time', 'acr', 'amr', 'nonce', 'sid', 'session_state', 'at_hash', 'c_hash', 's_hash',
  'uti', 'aio', 'rh', 'origin_jti', 'event_id']);

/** Of the messages between pages; to be changed with them, as tabs from before an upgrade stay open. */
const VERSION = 2;

/** The reader and their rights: the claims of a token, else the key. */
function reader() {
  const [, payload, signature] = key().split('.');
  try {
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return signature && claims.iss && claims.sub ? JSON.stringify(Object.entries(claims).filter(([name]) => !OF_ONE_TOKEN.has(name)).sort()) : key();
  } catch {
    return key();
  }
}

/** The name of a reader's lock and channel: pages of other readers must not get the messages. The hash does not reveal the key. */
async function groupOf(reader, query) {
  const text = new TextEncoder().encode(VERSION + '\n' + reader + '\n' + new URLSearchParams(query));
  return 'streampane ' + [...new Uint8Array(await crypto.subtle.digest('SHA-256', text))].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

class Shared {
  #query;
  #take;
  #tell;
  #events;
  /** The reader that it joined as. */
  #reader = '';
  /** The key that was refused last. */
  #refused = null;
  #channel = null;
  /** The stream, if this page has it. */
  #live = null;
  #joined = new AbortController();
  /** Whether this page has got the data of the others, so that it can follow. */
  #handed = false;
  #state = {name: 'connecting', at: 0};
  #position = '';
  /** When the service was last heard, by this page or the one that has the stream. */
  #heard = 0;
  /** When the page that has the stream last sent anything, or this one began to wait for that. */
  #saidAt = 0;

  constructor(query, take, tell, events) {
    this.#query = query;
    this.#take = take;
    this.#tell = tell;
    this.#events = events;
    document.addEventListener('visibilitychange', () => document.hidden ? this.#leave() : this.connect());
    addEventListener('pagehide', () => this.#leave());
    addEventListener('pageshow', () => this.connect());
    addEventListener('keyrefused', ({detail: {status, message}}) => this.#giveUp({name: 'refused', at: this.heard, status, detail: message}));
    setInterval(() => this.#watch(), 1000);
  }

  get heard() {
    return this.#live?.heard ?? this.#heard;
  }

  get position() {
    return this.#live?.position ?? this.#position;
  }

  /** Joins, unless it is hidden; has the stream connect if it joined before. */
  connect() {
    if (this.#channel) {
      this.#live ? this.#live.connect() : this.#channel.postMessage({connect: true});
    } else if (!document.hidden) {
      this.#join();
    }
  }

  /** Has a topic read again from its beginning, for all pages. */
  rewind(topic) {
    this.#live ? this.#live.rewind(topic) : this.#channel?.postMessage({rewind: topic});
  }

  /** Has the newest windows sent again, to all pages; joins again if the key is of another reader. */
  renew() {
    if (!this.#channel || this.#reader !== reader()) {
      this.#leave();
      this.#position = '';
      this.#join();
    } else if (this.#live) {
      this.#live.renew();
    } else {
      this.#position = '';
      this.#channel.postMessage({renew: true});
    }
  }

  async #join(steal = false) {
    this.#joined.abort();
    const joined = this.#joined = new AbortController();
    const {signal} = joined;
    if (this.#refused === key()) {
      await get('/api/v1/jobs').catch(() => {}); // it is refused again, unless it is accepted now
    }
    this.#reader = reader();
    const group = await groupOf(this.#reader, this.#query);
    if (signal.aborted) {
      return;
    }
    const channel = this.#channel = new BroadcastChannel(group);
    channel.onmessage = ({data}) => this.#receive(data);
    signal.addEventListener('abort', () => channel.close());
    this.#show({name: 'connecting', at: this.#heard});
    this.#saidAt = Date.now();
    channel.postMessage({hello: true});
    navigator.locks.request(group, steal ? {steal} : {signal}, () => this.#lead(signal))
      .catch(() => {
        if (!signal.aborted) {
          this.#leave();
          this.#join();
        }
      });
  }

  #leave() {
    if (!this.#channel) {
      this.#joined.abort(); // a join may be under way
      return;
    }
    this.#position = this.position;
    this.#heard = this.heard;
    this.#joined.abort();
    this.#channel = null;
    this.#handed = false;
    this.#show({name: 'paused', at: this.#heard});
  }

  /** Leaves because its key or token does not open the stream now; those of other pages may. */
  #giveUp(state) {
    this.#leave();
    this.#show(state);
    if (state.name === 'lost') {
      setTimeout(() => this.connect(), AGAIN);
    } else {
      this.#refused = key();
    }
  }

  /** Has the stream until it leaves, or its lock is stolen. */
  #lead(signal) {
    if (signal.aborted) {
      return; // a request that steals is granted after leaving, too
    }
    const say = message => signal.aborted || this.#channel.postMessage(message);
    const live = this.#live = new Live(this.#query, (name, data, position) => {
      this.#take(name, data);
      say({event: [name, data], position, heard: live.heard});
    }, state => {
      if (signal.aborted) {
        return;
      }
      if (state.status === 401 || (state.name === 'lost' && due())) {
        this.#giveUp(state);
        return;
      }
      this.#show(state);
      say({state, position: live.position, heard: live.heard});
    }, this.#position, this.#heard);
    signal.addEventListener('abort', () => {
      live.end();
      this.#live = null;
    });
    this.#hand();
    live.connect();
    return new Promise(resolve => signal.addEventListener('abort', resolve));
  }

  /** Sends the data to pages that cannot follow yet. */
  #hand() {
    this.#channel.postMessage({events: this.#events(), state: this.#state, position: this.position, heard: this.heard});
  }

  /** Handles a message: to the page that has the stream, or from that page. */
  #receive({hello, connect, renew, rewind, beat, events, event, state, position, heard}) {
    if (this.#live) {
      if (hello) {
        this.#hand();
      } else if (connect) {
        this.#live.connect();
      } else if (renew) {
        this.#live.renew();
      } else if (rewind) {
        this.#live.rewind(rewind);
      }
      return;
    }
    if (beat || events || event || state) {
      this.#saidAt = Date.now();
    }
    if (Boolean(events) === this.#handed || !(events || event || state)) {
      return;
    }
    const goesOn = events && state.name === 'live' && !state.since; // else the page that has the stream says when it does
    if (events) {
      this.#handed = true;
      state.since = this.#position === position ? this.#heard : 0;
      if (this.#position && !state.since) {
        this.#tell({name: 'handed'});
      }
      events.forEach(one => this.#take(...one));
    }
    this.#heard = heard ?? this.#heard;
    this.#position = position ?? this.#position;
    if (event) {
      this.#take(...event);
    }
    if (state) {
      this.#show(state);
    }
    if (goesOn && state.since) {
      this.#show({name: 'resumed', at: state.at, since: state.since});
    }
  }

  #show(state) {
    this.#state = ['reset', 'resumed'].includes(state.name) ? {name: 'live', at: state.at} : state;
    this.#tell(state);
  }

  /** The page that has the stream sends a beat each second; if it is silent, its lock is stolen. */
  #watch() {
    if (this.#live) {
      this.#channel.postMessage({beat: true});
    } else if (this.#channel && Date.now() - this.#saidAt > SILENCE) {
      this.#join(true);
    }
  }
}

/** A stream that pages share where the browser supports it; elsewhere each visible page has its own. */
export const stream = (query, take, tell, events) => navigator.locks && isSecureContext
  ? new Shared(query, take, tell, events) : new Live(query, take, tell);
