// Elements. Data from outside becomes text or an attribute's value, never markup.

const SVG = 'http://www.w3.org/2000/svg';
const MOST_CHARACTERS = 32;

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.substring(2), value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** An element with attributes (`onclick: f` listens) and children: texts and nodes. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Sets a text only if it differs, to avoid a needless layout. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

const mark = element => element.id || element.getAttribute('href') || element.getAttribute('aria-label');

/** Replaces the content of an element; keeps the focus and how far tables are scrolled sideways. */
export function refill(element, ...content) {
  const focused = element.contains(document.activeElement) ? mark(document.activeElement) : null;
  const aside = new Map([...element.querySelectorAll('.scroll')].map(region => [mark(region), region.scrollLeft]));
  element.replaceChildren(...content);
  element.querySelectorAll('.scroll').forEach(region => region.scrollLeft = aside.get(mark(region)) ?? 0);
  if (focused) {
    [...element.querySelectorAll('a, button, [tabindex]')].find(one => mark(one) === focused)?.focus({preventScroll: true});
  }
}

/** Shows content only if its text differs, so that screen readers do not repeat it. */
export function tell(element, content) {
  if (element.textContent !== content.textContent) {
    refill(element, content);
  }
}

/** How a key is shown: in quotes if it has outer spaces or no visible character. */
export function keyText(key) {
  return key === '' ? '(all keys)' : key.trim() === key && /[^\p{C}\p{Z}]/u.test(key) ? key : JSON.stringify(key);
}

/** A key, whole in its title; CSS cuts it if it is long. */
export function keyed(key) {
  return el('bdi', {class: 'key', title: key}, keyText(key));
}

/** A key where elements cannot cut it and isolate its direction, as on a canvas. */
export function cutText(key) {
  const characters = [...keyText(key)];
  return '\u2068' + characters.slice(0, MOST_CHARACTERS).join('') + (characters.length > MOST_CHARACTERS ? '…' : '') + '\u2069';
}

/** A table: heads are texts, or [text, 'number']; rows are lists of cells, of which the first is the row's head. */
export function table(caption, heads, rows, attributes = {}) {
  const kind = i => Array.isArray(heads[i]) ? heads[i][1] : null;
  return el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption},
    el('table', attributes,
      el('caption', {class: 'hidden-text'}, caption),
      el('thead', {}, el('tr', {}, heads.map((head, i) =>
        el('th', {scope: 'col', class: kind(i)}, Array.isArray(head) ? head[0] : head)))),
      el('tbody', {}, rows.map(row => el('tr', row.attributes ?? {}, [...row].map((cell, i) =>
        el(i === 0 ? 'th' : 'td', {scope: i === 0 ? 'row' : null, class: kind(i)}, cell)))))));
}
