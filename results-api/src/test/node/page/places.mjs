// What the page as a whole needs of a browser beside what its views need, and the places of its document, by id.

import {Element} from './dom.mjs';

export const places = {};
document.getElementById = id => places[id] ??= new Element('div');
document.querySelector = () => new Element('a');
document.querySelectorAll = () => [];
Object.assign(Element.prototype, {
  replaceWith() {},
  cloneNode() {
    return Object.assign(new Element(this.tag), {children: this.children});
  },
  removeAttribute(name) {
    this.attributes.delete(name);
  },
});
globalThis.scrollTo = () => {};
const page = new EventTarget();
globalThis.addEventListener = (...listener) => page.addEventListener(...listener);
globalThis.dispatchEvent = event => page.dispatchEvent(event);
globalThis.history = {replaceState: (_, __, url) => location.hash = url};
