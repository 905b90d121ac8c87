// The query of a link: parameters without a value are left out, lists are repeated.

/** The service accepts request lines of up to 4,096 bytes. */
const LONGEST = 3_000;

/** Groups of at most `most` keys that fit in one request. */
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

/** The query with its question mark; empty without parameters. */
export function query(params) {
  const search = new URLSearchParams();
  const pairs = params instanceof URLSearchParams ? [...params] : Object.entries(params);
  for (const [name, value] of pairs) {
    [value].flat().filter(one => one !== null && one !== undefined && one !== '').forEach(one => search.append(name, one));
  }
  const text = search.toString();
  return text ? '?' + text : '';
}
