// Elements. What comes from outside becomes text or an attribute's value, never markup.

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

/** The same of SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Sets a text where it is another one, so that nothing is laid out again for nothing. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Shows something where it says something else, so that it is not read out again for nothing. */
export function tell(element, content) {
  if (element.textContent !== content.textContent) {
    element.replaceChildren(content);
  }
}

const mark = element => element.id || element.getAttribute('href') || element.getAttribute('aria-label');

/** Replaces what is in an element by what it is now; the focus stays where it was, and tables as far aside. */
export function refill(element, ...content) {
  const focused = element.contains(document.activeElement) ? mark(document.activeElement) : null;
  const aside = new Map([...element.querySelectorAll('.scroll')].map(region => [mark(region), region.scrollLeft]));
  element.replaceChildren(...content);
  element.querySelectorAll('.scroll').forEach(region => region.scrollLeft = aside.get(mark(region)) ?? 0);
  if (focused) {
    [...element.querySelectorAll('a, button, [tabindex]')].find(one => mark(one) === focused)?.focus({preventScroll: true});
  }
}

/** How a key is shown: as it is, or in quotes where nothing of it would show. */
export function keyText(key) {
  return key === '' ? '(all keys)' : key.trim() === key && /[^\p{C}\p{Z}]/u.test(key) ? key : JSON.stringify(key);
}

/** A key, cut by the style where it is long, whole in its title. */
export function keyed(key) {
  return el('bdi', {class: 'key', title: key}, keyText(key));
}

/** The same where no style can cut it, as on a canvas. */
export function cutText(key) {
  const characters = [...keyText(key)];
  return characters.length > MOST_CHARACTERS ? characters.slice(0, MOST_CHARACTERS).join('') + '…' : characters.join('');
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
