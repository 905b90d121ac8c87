// Where the page is: `#/view?name=value`, so that every view, range and key has a link, and back and forward work.

/** The view and its parameters. */
export function here() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return {view: path || 'now', params: new URLSearchParams(query ?? '')};
}

/** The link to a view; parameters without a value are left out, lists are repeated. */
export function link(view, params = {}) {
  const query = new URLSearchParams();
  const pairs = params instanceof URLSearchParams ? [...params] : Object.entries(params);
  for (const [name, value] of pairs) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== '') {
        query.append(name, one);
      }
    }
  }
  const text = query.toString();
  return '#/' + view + (text ? '?' + text : '');
}

/** Goes there; with `replace` without a step in the browser's history, and without opening the view anew. */
export function go(view, params, replace = false) {
  if (replace) {
    history.replaceState(null, '', link(view, params));
  } else {
    location.hash = link(view, params);
  }
}
