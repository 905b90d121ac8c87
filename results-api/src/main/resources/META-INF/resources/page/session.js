// The key that the user gave, for this tab alone and until it is closed.

const NAME = 'streampane.key';
/** How `login.js` renews it. */
export const RENEWAL = 'streampane.renewal';

export function key() {
  return sessionStorage.getItem(NAME) ?? '';
}

/** Sets the key, which nothing renews. */
export function setKey(key) {
  sessionStorage.removeItem(RENEWAL);
  if (key) {
    sessionStorage.setItem(NAME, key);
  } else {
    sessionStorage.removeItem(NAME);
  }
}
