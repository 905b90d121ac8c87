// A clock for what is tested: time passes when a test says so.

let now = 1_000_000_000_000;
let last = 0;
const timers = new Map();

function set(f, ms = 0, every = 0) {
  timers.set(++last, {at: now + ms, every, f});
  return last;
}

Date.now = () => now;
globalThis.setTimeout = (f, ms) => set(f, ms);
globalThis.setInterval = (f, ms) => set(f, ms, ms);
globalThis.clearTimeout = globalThis.clearInterval = id => timers.delete(id);
globalThis.requestAnimationFrame = f => set(f, 16);

/** Lets so many milliseconds pass, with all that is due in them. */
export async function pass(ms) {
  for (const end = now + ms; now < end;) {
    now += Math.min(100, end - now);
    for (const [id, timer] of [...timers]) {
      if (timer.at <= now && timers.has(id)) {
        timer.every ? timer.at += timer.every : timers.delete(id);
        timer.f();
      }
    }
    await null;
  }
}
