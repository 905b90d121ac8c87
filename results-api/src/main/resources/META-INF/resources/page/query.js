// The query of a link: parameters without a value are left out, lists are repeated.

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
