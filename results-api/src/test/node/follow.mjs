// SPDX-License-Identifier: Apache-2.0
// Follows streams with the npm package eventsource and writes each event as a line of JSON.
//   node follow.mjs <url> [<url> ...]
// It reconnects by itself, as the standard says. An answer that is no stream makes it give up, also by the standard: then another
// EventSource is opened at the next url, with the last id as the parameter lastEventId. So it is after a partial snapshot, without an id.
import { EventSource } from 'eventsource';

const NAMES = ['window', 'alert', 'word', 'progress', 'snapshot-end', 'reset', 'conflated', 'error'];
const urls = process.argv.slice(2);
let lastEventId = '';
let turn = 0;

function open() {
    const url = new URL(urls[turn++ % urls.length]);
    if (lastEventId) {
        url.searchParams.set('lastEventId', lastEventId);
    }
    const source = new EventSource(url);
    let failures = 0;
    source.onopen = () => {
        failures = 0;
        say({ name: 'open' });
    };
    for (const name of NAMES) {
        source.addEventListener(name, (event) => {
            if (event.data !== undefined) {
                lastEventId = event.lastEventId;
                say({ name, id: lastEventId, data: event.data });
                if (name === 'snapshot-end' && JSON.parse(event.data).partial) {
                    source.close();
                    lastEventId = '';
                    setTimeout(open, 100);
                }
            } else if (name === 'error' && (source.readyState === EventSource.CLOSED || ++failures > 5)) {
                source.close();
                setTimeout(open, 100);
            }
        });
    }
}

function say(event) {
    process.stdout.write(JSON.stringify(event) + '\n');
}

open();
