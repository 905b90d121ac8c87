// What is shown in place of data: that it is loading, is empty, may not be seen, or failed.

import {el} from './dom.js';
import {key} from './session.js';

export function loading(what) {
  return el('p', {class: 'state loading', role: 'status'}, el('span', {class: 'spinner', 'aria-hidden': 'true'}), `Loading ${what} …`);
}

export function empty(title, ...more) {
  return el('div', {class: 'state empty'}, el('p', {class: 'state-title'}, title), more.map(text => el('p', {}, text)));
}

/** That a job's output is empty or may not be seen: the service hides a job and its output from keys that may not read it. */
export function none(things, job, makes) {
  return empty(`No ${things}`, `The job ${job} ${makes} them; ${key() ? 'Health lists it if it has run and your key may read it' : 'Health says whether it runs'}.`);
}

/** Whether the same request fails again. */
const isWrong = ({status}) => status === 400 || status === 404 || status === 422;

/** A failure in words; `what` was requested. */
export function failed(what, error) {
  if (error.status === 401) {
    return el('div', {class: 'state refused'}, el('p', {class: 'state-title'}, '⊘ A key is needed'), el('p', {}, `Give one above to see ${what}.`));
  }
  if (error.status === 403) {
    return el('div', {class: 'state refused'}, el('p', {class: 'state-title'}, '⊘ Your key does not open this'),
      el('p', {}, `To see ${what}, ${error.message}.`),
      el('button', {type: 'button', onclick: () => dispatchEvent(new Event('otherkey'))}, 'Give another key'));
  }
  const more = error.problem?.type?.startsWith('/problems/')
    ? el('p', {}, el('a', {href: error.problem.type}, 'What this means and what to do')) : null;
  return el('div', {class: 'state failed', role: 'alert'}, el('p', {class: 'state-title'}, `✕ ${what[0].toUpperCase() + what.substring(1)} cannot be shown${isWrong(error) ? '' : ' now'}`),
    el('p', {}, error.message), more);
}

/** A button that opens a failed view again; '' if another key or another request is needed. */
export function again(error) {
  return error.status === 401 || error.status === 403 || isWrong(error) ? ''
    : el('p', {class: 'state'}, el('button', {type: 'button', onclick: () => dispatchEvent(new Event('hashchange'))}, 'Try again'));
}
