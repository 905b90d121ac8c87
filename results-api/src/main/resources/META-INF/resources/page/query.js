// The query of a link: parameters without a value are left out, lists are repeated.

/** The service takes a request line of 4,096 bytes. */
const LONGEST = 3_000;

/** Keys in groups of at most so many, that one question each can name. */
export function groups(keys, most = Infinity) {
  const found = [[]];
  let length = 0;
  for (const key of keys) {
    const more = new URLSearchParams({key}).toString().length + 1;
    if (length > 0 && (length + more > LONGEST || found[found.length - 1].length === most)) {
      found.push([]);
      length = 0;
    }
    found[found.length - 1].push(key);
    length += more;
  }
  return found.filter(group => group.length);
}

/** What comes behind a path, with its question mark; nothing of no parameters. */
export function query(params) {
  const search = new URLSearchParams();
  const pairs = params instanceof URLSearchParams ? [...params] : Object.entries(params);
  for (const [name, value] of pairs) {
    [value].flat().filter(one => one !== null && one !== undefined && one !== '').forEach(one => search.append(name, one));
  }
  const text = search.toString();
  return text ? '?' + text : '';
}
