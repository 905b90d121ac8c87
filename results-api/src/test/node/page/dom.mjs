// As much of a document as the views need that are tested: a tree whose text can be read.

export class Element extends EventTarget {
  children = [];
  attributes = new Map();
  dataset = {};

  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }

  setAttribute(name, value) {
    this.attributes.set(name, String(value));
    if (name === 'value') {
      this.value = String(value);
    }
  }

  append(...children) {
    this.children.push(...children);
  }

  insertBefore(child, next) {
    this.children.splice(next ? this.children.indexOf(next) : this.children.length, 0, child);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  get firstChild() {
    return this.children[0] ?? null;
  }

  set textContent(text) {
    this.children = [text];
  }

  get textContent() {
    return this.children.map(child => child.textContent ?? child).join('');
  }

  /** Where the links in it lead. */
  get links() {
    return [this.getAttribute('href'), ...this.children.flatMap(child => child.links ?? [])].filter(href => href !== null);
  }
}

globalThis.document = Object.assign(new EventTarget(), {hidden: false, activeElement: null, getElementById: () => null,
  createElement: () => new Element(), createElementNS: () => new Element()});
globalThis.sessionStorage = {getItem: () => null};
globalThis.location = new URL('http://localhost:8080/');
globalThis.matchMedia = () => new EventTarget();
