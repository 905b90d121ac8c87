'use strict';

// The newest result per job, windows and key, and the newest alerts. First the stream, then what there already is, so that nothing falls between.
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

/** Splits `{"items":[{…},{…}],"next":…}` into the texts of its items. */
function items(text) {
  const found = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let i = text.indexOf('[') + 1; i < text.length && depth >= 0; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') {
        i++;
      } else if (c === '"') {
        quoted = false;
      }
    } else if (c === '"') {
      quoted = true;
    } else if (c === '{' || c === '[') {
      if (depth++ === 0) {
        start = i;
      }
    } else if (c === '}' || c === ']') {
      if (--depth === 0) {
        found.push(text.substring(start, i + 1));
      }
    }
  }
  return found;
}

async function stored() {
  const jobs = await (await fetch('/api/v1/jobs')).json();
  for (const {job, lastWindow} of jobs.items ?? []) {
    if (lastWindow) {
      const page = await fetch('/api/v1/windows?limit=100&job=' + encodeURIComponent(job));
      if (page.ok) {
        items(await page.text()).forEach(text => show(JSON.parse(text), text));
      }
    }
  }
}

async function storedAlerts() {
  const page = await fetch('/api/v1/alerts?limit=' + MAX_ALERTS);
  if (page.ok) {
    (await page.json()).items.reverse().forEach(alert => alarm(alert, false));
  }
}

function connect(lastEventId) {
  const query = lastEventId ? '?lastEventId=' + encodeURIComponent(lastEventId) : '';
  const events = new EventSource('/api/v1/stream' + query);
  let last = lastEventId;
  events.onopen = () => {
    say('Live.');
    Promise.all([stored(), storedAlerts()]).catch(() => say('Live; what was there before cannot be read at the moment.'));
  };
  events.addEventListener('window', event => {
    last = event.lastEventId;
    show(JSON.parse(event.data), event.data);
  });
  events.addEventListener('alert', event => {
    last = event.lastEventId;
    alarm(JSON.parse(event.data), true);
  });
  events.addEventListener('reset', event => {
    last = event.lastEventId;
    say('Live; some results were missed: ' + JSON.parse(event.data).detail);
  });
  events.onerror = () => {
    say('Disconnected; trying again …');
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => connect(last), 3000);
    }
  };
}

connect('');
