// The key that the user gave, for this tab only, until it is closed.

const NAME = 'streampane.key';
/** Name of what `login.js` renews the key with. */
export const RENEWAL = 'streampane.renewal';

export function key() {
  return sessionStorage.getItem(NAME) ?? '';
}

/** Sets the key, without a renewal. */
export function setKey(key) {
  sessionStorage.removeItem(RENEWAL);
  if (key) {
    sessionStorage.setItem(NAME, key);
  } else {
    sessionStorage.removeItem(NAME);
  }
}
