// What tests need of a browser beside a document.

/** Lets whatever has been begun go on. */
export async function turns() {
  for (let i = 0; i < 60; i++) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** Answers by path, some of them by parameters, too, and later; a path without an answer has none until the question is given up. */
export function answering(answers) {
  const asked = [];
  globalThis.fetch = (path, {signal}) => {
    asked.push(path);
    const [name, parameters] = path.split('?');
    const answer = answers[name];
    return answer ? Promise.resolve(typeof answer === 'function' ? answer(new URLSearchParams(parameters)) : answer).then(json => new Response(JSON.stringify(json)))
      : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  return asked;
}

/** A tab's storage, and what is in it. */
export function storage(entries = []) {
  const kept = new Map(entries);
  globalThis.sessionStorage = {getItem: name => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: name => kept.delete(name)};
  return kept;
}
