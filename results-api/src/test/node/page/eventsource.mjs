// The browser's EventSource: a test has it open and hear.

/** All that were made, the newest last. */
export const sources = [];

globalThis.EventSource = class extends EventTarget {
  constructor(url) {
    super();
    this.url = url;
    sources.push(this);
  }

  close() {
    this.closed = true;
  }
};
