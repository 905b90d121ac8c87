// Where the page is: `#/view?name=value`, so that every view, range and key has a link, and back and forward work.

import {millis} from './format.js';
import {query} from './query.js';

/** The current view and its parameters. */
export function here() {
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return {view: path || 'now', params: new URLSearchParams(search ?? '')};
}

/** The link to a view. */
export const link = (view, params = {}) => '#/' + view + query(params);

const AROUND = 1_800_000;

/** Parameters with a range 30 min longer on both sides, so that a chart shows the surroundings. */
export function around(params) {
  const moved = (name, by) => params[name] && new Date(millis(params[name]) + by).toISOString();
  return {...params, from: moved('from', -AROUND), to: moved('to', AROUND)};
}

/** Goes to a view; with `replace`, without a step in the browser's history and without opening the view again. */
export function go(view, params, replace = false) {
  if (replace) {
    history.replaceState(null, '', link(view, params));
  } else {
    location.hash = link(view, params);
  }
}
