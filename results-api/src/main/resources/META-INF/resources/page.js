'use strict';

// The newest result per job, windows and key, and the newest alerts. The stream begins with a snapshot of the windows.
// Numbers are shown as they are written in the JSON, so values are taken from its text and never through a double.
const MAX_ROWS = 500;
const rows = new Map();
const body = document.getElementById('rows');
const state = document.getElementById('state');
const hint = document.getElementById('hint');
const MAX_ALERTS = 10;
const alerts = new Map();
const alertList = document.getElementById('alert-list');
const noAlerts = document.getElementById('no-alerts');

function say(text) {
  state.textContent = text;
}

/** The object after `"values":` in a result's text, with its numbers as text. */
function values(text) {
  const start = text.indexOf('"values":{');
  if (start < 0) {
    return '';
  }
  const inside = text.substring(start + 10, text.indexOf('}', start));
  return inside.split(',').map(pair => pair.replaceAll('"', '').replace(':', ' ')).join(' · ');
}

function newer(one, other) {
  return one.window.end !== other.window.end
    ? Date.parse(one.window.end) > Date.parse(other.window.end)
    : [one.complete, one.generation, one.rev].map(Number)
      .reduce((found, n, i) => found || n - Number([other.complete, other.generation, other.rev][i]), 0) >= 0;
}

function show(result, text) {
  const name = result.job + '\n' + result.spec + '\n' + result.key;
  const known = rows.get(name);
  if (known && !newer(result, known.result)) {
    return;
  }
  if (!known && rows.size >= MAX_ROWS) {
    return;
  }
  const row = known ? known.row : document.createElement('tr');
  const cells = [
    result.job,
    result.key,
    result.spec + ' ' + result.window.start.replace('T', ' ').replace('Z', '') + ' – ' + result.window.end.substring(11).replace('Z', ''),
    values(text),
    String(result.count),
    result.status + (result.rev > 1 ? ' (rev ' + result.rev + ')' : '') + (result.complete ? '' : ', incomplete'),
  ];
  row.replaceChildren(...cells.map((content, i) => {
    const cell = document.createElement(i === 1 ? 'th' : 'td');
    if (i === 1) {
      cell.scope = 'row';
    }
    cell.textContent = content;
    return cell;
  }));
  row.classList.remove('fresh');
  rows.set(name, {row, result});
  if (!known) {
    const after = [...rows.keys()].filter(other => other > name).sort()[0];
    body.insertBefore(row, after ? rows.get(after).row : null);
  }
  void row.offsetWidth;
  row.classList.add('fresh');
  hint.hidden = true;
}

/** The newest alerts, newest first; one that is said again takes its place. */
function alarm(alert, fresh) {
  alerts.set(alert.id, alert);
  const newest = [...alerts.values()]
    .sort((one, other) => Date.parse(other.start) - Date.parse(one.start) || (one.id < other.id ? -1 : 1))
    .slice(0, MAX_ALERTS);
  alerts.clear();
  newest.forEach(kept => alerts.set(kept.id, kept));
  alertList.replaceChildren(...newest.map(kept => {
    const item = document.createElement('li');
    const why = document.createElement('span');
    item.textContent = kept.start.replace('T', ' ').replace('Z', '') + ' · client ' + kept.client + ' · ' + kept.pattern
      + ' · score ' + kept.score;
    why.className = 'why';
    why.textContent = kept.reason;
    item.append(why);
    if (fresh && kept.id === alert.id) {
      item.className = 'fresh';
    }
    return item;
  }));
  noAlerts.hidden = true;
}

async function storedAlerts() {
  const page = await fetch('/api/v1/alerts?limit=' + MAX_ALERTS);
  if (page.ok) {
    (await page.json()).items.reverse().forEach(alert => alarm(alert, false));
  }
}

function connect(lastEventId) {
  const query = lastEventId ? '&lastEventId=' + encodeURIComponent(lastEventId) : '';
  const events = new EventSource('/api/v1/stream?snapshot=1' + query);
  let last = lastEventId;
  const listen = (name, handle) => events.addEventListener(name, event => {
    last = event.lastEventId || last;
    handle(event);
  });
  events.onopen = () => {
    say('Live.');
    storedAlerts().catch(() => say('Live; the alerts that there were before cannot be read at the moment.'));
  };
  listen('window', event => show(JSON.parse(event.data), event.data));
  listen('alert', event => alarm(JSON.parse(event.data), true));
  listen('progress', () => {});
  listen('snapshot-end', event => {
    const end = JSON.parse(event.data);
    if (end.partial) {
      say('Live; not every window from before can be shown: ' + end.reason);
    }
  });
  listen('reset', event => say('Live; some results were missed: ' + JSON.parse(event.data).detail));
  events.onerror = event => {
    say(event.data ? 'Ended: ' + JSON.parse(event.data).detail : 'Disconnected; trying again …');
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => connect(last), 3000);
    }
  };
}

connect('');
