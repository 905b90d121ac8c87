// SPDX-License-Identifier: Apache-2.0
// What clients make of a connection that breaks behind each byte of a resumed stream's beginning and of its first event.
//   node cuts.mjs <stream> <position>
// Behind the position the stream has three events `word`, with the counts 1, 2 and 3. A client gets the first one whole; its second connection
// is cut behind so many bytes, and its third one is whole. Writes per client one line of JSON: where `lost` names the field behind which
// a cut loses the second event, `twice` where it comes twice, `wrong` where anything else comes.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import { EventSource as EventSource4 } from 'eventsource-4';
import { EventSource as EventSource5 } from 'eventsource-5';

const require = createRequire(import.meta.url);
const EventSource2 = require('eventsource-2');
const { default: Reconnecting } = require('reconnecting-eventsource');
const { EventSource: LaunchDarkly } = require('launchdarkly-eventsource');
const [stream, position] = process.argv.slice(2);

/** A standard EventSource. */
const standard = (create) => (url, onData) => {
    const source = create(url);
    source.addEventListener('word', (event) => onData(event.data));
    source.addEventListener('error', () => {}); // it reconnects
    return () => source.close();
};

const clients = {
    'eventsource 2.0.2': standard((url) => new EventSource2(url)),
    'eventsource 4.1.1': standard((url) => new EventSource4(url)),
    'eventsource 5.1.5': standard((url) => new EventSource5(url)),
    'reconnecting-eventsource 1.6.5': standard((url) => new Reconnecting(url, { eventSourceClass: EventSource2 })),
    'launchdarkly-eventsource 2.2.0': standard((url) => new LaunchDarkly(url)),
    '@microsoft/fetch-event-source 2.0.1': (url, onData) => {
        const end = new AbortController();
        fetchEventSource(url, {
            signal: end.signal,
            openWhenHidden: true,
            fetch,
            onmessage: (message) => message.event === 'word' && onData(message.data),
            onclose: () => { throw new Error('ended'); }, // else it does not come back
        });
        return () => end.abort();
    },
};

// the last one is made for browsers
globalThis.document = { removeEventListener() {} };
globalThis.window = globalThis;

/** What the service sends behind each position, to the end of the third event; it asks for no pause. */
const bodies = new Map();
async function body(id) {
    if (!bodies.has(id)) {
        bodies.set(id, read(id));
    }
    return bodies.get(id);
}

async function read(id) {
    const answer = await fetch(stream, {
        headers: { Accept: 'text/event-stream', 'Last-Event-ID': id },
        signal: AbortSignal.timeout(120_000),
    });
    let text = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (behind(text, 3)) {
            const whole = text.slice(0, behind(text, 3));
            return whole.replace(/^retry: \d+/, (retry) => 'retry: ' + '1'.padStart(retry.length - 7, '0'));
        }
    }
    throw new Error(`behind ${id} the stream ended: ${answer.status} ${text}`);
}

/** The end of the event with that count; 0 when it is not all there. */
function behind(text, count) {
    const data = text.indexOf(`"count":${count}}`);
    const end = data < 0 ? -1 : text.indexOf('\n\n', data);
    return end < 0 ? 0 : end + 2;
}

/** The field of the last whole line before the cut, and in which part. */
function place(text) {
    const lines = text.split('\n').slice(0, -1);
    const end = lines.indexOf('');
    const part = end < 0 || end === lines.length - 1 ? 'preface' : 'event';
    const last = lines.at(-1);
    return last === undefined ? 'nothing' : `${part} ${last === '' ? 'end' : last.split(':')[0]}`;
}

const runs = new Map();
const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const run = runs.get(url.searchParams.get('run'));
    const connection = run.connections++;
    const text = await body(request.headers['last-event-id'] ?? position);
    const cut = connection === 0 ? behind(text, 1) : connection === 1 ? run.cut : text.length;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    response.write(text.slice(0, cut), () => connection < 2 && response.destroy());
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

process.on('SIGTERM', () => { // it takes too long: who waits for what
    const waiting = [...runs].filter(([, run]) => !run.got.at(-1)?.includes('"count":3'));
    console.error(waiting.map(([id, run]) => `${id}: connections=${run.connections} got=${run.got}`).join('\n'));
    console.error('read:', [...bodies.keys()]);
    process.exit(1);
});

function follow(name, cut) {
    return new Promise((resolve) => {
        const run = { cut, connections: 0, got: [] };
        const id = `${name} ${cut}`;
        runs.set(id, run);
        const close = clients[name](`http://127.0.0.1:${server.address().port}/?run=${encodeURIComponent(id)}`, (data) => {
            run.got.push(data);
            if (data.includes('"count":3')) {
                close();
                resolve(run.got.map((text) => /^{[^}]*"count":(\d)}$/.exec(text)?.[1] ?? '?').join(''));
            }
        });
    });
}

const whole = await body(position);
const ids = [...whole.matchAll(/^id: (.*)$/gm)].map((match) => match[1]).filter((id) => id !== position);
const resumed = await body(ids[0]);
const length = behind(resumed, 2);
for (const name of Object.keys(clients)) { // one after another: no more connections at once than may wait to be accepted
    const found = { client: name, cuts: length, lost: new Set(), twice: new Set(), wrong: new Set() };
    await Promise.all(
        Array.from({ length }, async (_, n) => {
            const got = await follow(name, n + 1);
            const kind = { 123: null, 13: 'lost', 1223: 'twice' }[got];
            if (kind !== null) {
                found[kind ?? 'wrong'].add(place(resumed.slice(0, n + 1)) + (kind ? '' : ` ${got}`));
            }
        }),
    );
    process.stdout.write(JSON.stringify(found, (_, value) => (value instanceof Set ? [...value] : value)) + '\n');
}
process.exit();
