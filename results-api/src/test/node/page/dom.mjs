// As much of a document as the views need that are tested: a tree whose text can be read, and what has the focus.

import {turns} from './browser.mjs';
import './page/chart.umd.min.js'; // so that a chart need not wait for it

export class Element extends EventTarget {
  children = [];
  attributes = new Map();
  dataset = {};
  #parent = null;

  constructor(tag) {
    super();
    this.tag = tag;
  }

  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }

  setAttribute(name, value) {
    this.attributes.set(name, String(value));
    if (name === 'value') { // of a time without seconds, as browsers have it
      this.value = String(value).replace(/^(.*T\d\d:\d\d):00$/, '$1');
    }
  }

  append(...children) {
    this.children.push(...children.map(child => this.adopt(child)));
  }

  /** A child of its own; it stays in an earlier parent. */
  adopt(child) {
    if (child instanceof Element) {
      child.#parent = this;
    }
    return child;
  }

  insertBefore(child, next) {
    this.adopt(child);
    this.children.splice(next ? this.children.indexOf(next) : this.children.length, 0, child);
  }

  replaceChildren(...children) {
    const before = this.contains(document.activeElement);
    this.children = children.map(child => this.adopt(child));
    if (before && !this.contains(document.activeElement)) {
      document.activeElement = null;
    }
  }

  remove() {
    const siblings = this.#parent?.children ?? [];
    if (siblings.includes(this)) {
      siblings.splice(siblings.indexOf(this), 1);
    }
  }

  click() {
    this.dispatchEvent(new Event('click'));
  }

  get id() {
    return this.getAttribute('id') ?? '';
  }

  /** Everything in it. */
  get all() {
    return this.children.flatMap(child => child instanceof Element ? [child, ...child.all] : []);
  }

  contains(other) {
    return other === this || this.all.includes(other);
  }

  /** Of tags, a class, or an attribute, with commas; with `:not([…] *)` none that is in something with that attribute. */
  querySelectorAll(selectors) {
    const [wanted, not] = selectors.split(/:not\((.*) \*\)/);
    const outer = not ? this.querySelectorAll(not) : [];
    return this.all.filter(one => !outer.some(other => other.contains(one)) && wanted.split(', ').some(selector => selector[0] === '.' ? one.getAttribute('class')?.split(' ').includes(selector.slice(1))
      : selector[0] === '[' ? one.attributes.has(selector.slice(1, -1)) : one.tag === selector));
  }

  querySelector(selectors) {
    return this.querySelectorAll(selectors)[0] ?? null;
  }

  focus() {
    document.activeElement = this;
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
  createElement: tag => new Element(tag), createElementNS: (_, tag) => new Element(tag)});
globalThis.sessionStorage = {getItem: () => null};
globalThis.location = new URL('http://localhost:8080/');
globalThis.matchMedia = () => new EventTarget();
globalThis.getComputedStyle = () => ({getPropertyValue: () => '#000000'});

/** The charts that are drawn from now on, as the library is told of them. */
export function charts() {
  const drawn = [];
  globalThis.Chart = class {
    constructor(canvas, {data, options}) {
      Object.assign(this, {data, options});
      drawn.push(this);
    }

    update() {}

    destroy() {}
  };
  return drawn;
}

/** A view of these parameters, and what it has drawn until nothing goes on. */
export async function openView(open, params, app, name) {
  const root = new Element();
  const view = open(root, new URLSearchParams(params), app, name);
  await turns();
  return {root, view};
}

/** What the same has drawn; it is closed. */
export async function showView(open, params, app, name) {
  const {root, view} = await openView(open, params, app, name);
  view.close();
  return root;
}

/** Presses the button with this text. */
export const press = (root, text) => root.querySelectorAll('button').find(button => button.textContent === text).click();

/** The files that are made from now on. */
export function downloads() {
  const files = [];
  URL.createObjectURL = file => {
    files.push(file);
    return 'blob:1';
  };
  return files;
}
