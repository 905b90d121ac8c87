// The line on top of Now: whether jobs read their inputs, and what became of the records, with the ways to Health and Audit.

import {get, poll} from './api.js';
import {STATES, notCounted} from './audit.js';
import {el, tell} from './dom.js';
import {digits, many} from './format.js';
import {link} from './route.js';

const EVERY = 10_000;

/** Whether jobs read; those without an audit are not counted. */
function reading({loaded, items}) {
  const halted = items.filter(job => job.halted).map(job => job.job);
  const stalled = [...new Set(items.flatMap(job => job.stalled))];
  const known = items.filter(job => job.lag !== null);
  const unknown = items.filter(job => job.lag === null && job.clock !== null).map(job => job.job);
  return !loaded ? ['wait', '… jobs are not known yet'] : halted.length ? ['warn', '▲ reading nothing, though records wait: ' + halted.join(', ')]
    : stalled.length ? ['warn', '▲ stalled: ' + stalled.join(', ')]
    : unknown.length ? ['wait', '… not known whether these read: ' + unknown.join(', ')]
    : known.length ? ['good', `✓ ${many(known.length, 'job')} reading`] : ['wait', '… no job is known to read'];
}

/** What became of the records that jobs have read. */
function accounted({state, items}) {
  const [css, title] = STATES[state];
  const {late, rejected} = notCounted(items);
  return [css, `${title}: ${digits(late)} late, ${digits(rejected)} rejected`];
}

const part = (view, [css, text]) => el('a', {href: link(view), class: css}, text);

/** The line, which is asked for until the signal is aborted; empty for keys that may not see these. */
export function overview(signal) {
  const line = el('p', {class: 'overview'});
  poll(EVERY, signal, async () => {
    const [status, audit] = await Promise.all([get('/api/v1/status', {}, signal), get('/api/v1/audit', {}, signal)]);
    tell(line, el('span', {}, part('health', reading(status)), ' · ', part('audit', accounted(audit))));
  }, () => line.replaceChildren());
  return line;
}
