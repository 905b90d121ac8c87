// The key that the user gave, for this tab alone and until it is closed.

const NAME = 'streampane.key';

export function key() {
  return sessionStorage.getItem(NAME) ?? '';
}

export function setKey(key) {
  if (key) {
    sessionStorage.setItem(NAME, key);
  } else {
    sessionStorage.removeItem(NAME);
  }
}
