// One stream for all pages of a browser that are looked at with the same key, or with tokens of one person and of the same rights: one of them
// holds a lock, has the stream and tells the others what it hears. It ends, is no longer looked at, or its token is not taken any more: then
// another one gets the lock and goes on behind the last event.

import {get} from './api.js';
import {Live, SILENCE} from './live.js';
import {AGAIN, due} from './login.js';
import {key} from './session.js';

/** What tells a token from the next one of the same person, by RFC 7519, OpenID Connect, Keycloak, Entra ID and Cognito: when and how it was given. */
const OF_ONE_TOKEN = new Set(['exp', 'iat', 'nbf', 'jti', 'auth_time', 'acr', 'amr', 'nonce', 'sid', 'session_state', 'at_hash', 'c_hash', 's_hash',
  'uti', 'aio', 'rh', 'origin_jti', 'event_id']);

/** Of what pages tell each other: another one where that changes, as tabs from before an upgrade stay open. */
const VERSION = 2;

/** Who looks at the page, and with which rights: what a token says of that, else the key. */
function reader() {
  const [, payload, signature] = key().split('.');
  try {
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return signature && claims.iss && claims.sub ? JSON.stringify(Object.entries(claims).filter(([name]) => !OF_ONE_TOKEN.has(name)).sort()) : key();
  } catch {
    return key();
  }
}

/** What pages share must not be told to a page of another reader; the name does not give the key away. */
async function groupOf(reader, query) {
  const text = new TextEncoder().encode(VERSION + '\n' + reader + '\n' + new URLSearchParams(query));
  return 'streampane ' + [...new Uint8Array(await crypto.subtle.digest('SHA-256', text))].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

class Shared {
  #query;
  #take;
  #tell;
  #events;
  /** As whom it takes part. */
  #reader = '';
  /** The key that was not taken last. */
  #refused = null;
  #channel = null;
  /** The stream, when this page has it. */
  #live = null;
  #joined = new AbortController();
  /** Whether this page has been handed what the others have, so that it can follow. */
  #handed = false;
  #state = {name: 'connecting', at: 0};
  #position = '';
  /** When the service was last heard, by this page or the one that has the stream. */
  #heard = 0;
  /** When the page that has the stream last said anything, or this one began to wait for that. */
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

  /** Takes part, unless it does. */
  connect() {
    if (this.#channel) {
      this.#live ? this.#live.connect() : this.#channel.postMessage({connect: true});
    } else if (!document.hidden) {
      this.#join();
    }
  }

  /** Has a topic heard once more, by all who take part. */
  rewind(topic) {
    this.#live ? this.#live.rewind(topic) : this.#channel?.postMessage({rewind: topic});
  }

  /** Has the newest windows told again, to all who take part; takes part anew with another key, unless it is a token of the same reader. */
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
      await get('/api/v1/jobs').catch(() => {}); // it is refused once more, unless it is taken now
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
      this.#joined.abort(); // it may be on its way
      return;
    }
    this.#position = this.position;
    this.#heard = this.heard;
    this.#joined.abort();
    this.#channel = null;
    this.#handed = false;
    this.#show({name: 'paused', at: this.#heard});
  }

  /** Leaves, as its own key or token does not open the stream now: those of others may. */
  #giveUp(state) {
    this.#leave();
    this.#show(state);
    if (state.name === 'lost') {
      setTimeout(() => this.connect(), AGAIN);
    } else {
      this.#refused = key();
    }
  }

  /** Has the stream until it leaves, or the lock is taken from it. */
  #lead(signal) {
    if (signal.aborted) {
      return; // a lock that is stolen is given to who has left, too
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

  /** Tells pages that cannot follow yet what there is. */
  #hand() {
    this.#channel.postMessage({events: this.#events(), state: this.#state, position: this.position, heard: this.heard});
  }

  /** What another page says: to the one that has the stream, or as that one. */
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
    const goesOn = events && state.name === 'live' && !state.since; // else who has the stream says when it does
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

  /** Who has the stream says whatever it hears, and that it does not hang; from a page that says nothing the lock is taken. */
  #watch() {
    if (this.#live) {
      this.#channel.postMessage({beat: true});
    } else if (this.#channel && Date.now() - this.#saidAt > SILENCE) {
      this.#join(true);
    }
  }
}

/** A stream that is shared where the browser lets pages share; elsewhere each page that is looked at has its own. */
export const stream = (query, take, tell, events) => navigator.locks && isSecureContext
  ? new Shared(query, take, tell, events) : new Live(query, take, tell);
