// Measures Chart.js beside uPlot in headless Chromium, in turn and each time in a fresh frame. Run by hand:
//   node charts.mjs chart.umd.min.js uPlot.iife.min.js uPlot.min.css
// the files are of the webjars org.webjars.npm:chart.js:4.5.1 and org.webjars.npm:uplot:1.6.30.

import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {gzipSync} from 'node:zlib';

const files = process.argv.slice(2).map(path => readFileSync(path));

/** Runs in the browser; the first of 22 rounds warms up. */
async function measure() {
  const [chartJs, uPlot, css] = await Promise.all([0, 1, 2].map(i => fetch('/' + i).then(answer => answer.text())));
  const libraries = {'Chart.js': chartJs, uPlot};
  const median = values => values.sort((one, other) => one - other)[values.length >> 1];
  const turn = () => new Promise(resolve => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(0);
  });
  const from = Date.parse('2026-01-01T00:00:00Z');
  const value = (i, line) => 20 + 5 * Math.sin(i / 50 + line) + (i * 7919 + line * 31) % 100 / 50;
  const labels = ['device1', 'device2'];
  const times = points => Array.from({length: points}, (_, i) => from + i * 1000);
  const data = {'Chart.js': points => labels.map((_, line) => times(points).map((x, i) => ({x, y: value(i, line)}))),
    uPlot: points => [times(points).map(x => x / 1000), ...labels.map((_, line) => times(points).map((_, i) => value(i, line)))]};
  const draw = {
    // as the page has it
    'Chart.js': (window, place, lines) => new window.Chart(place.appendChild(window.document.createElement('canvas')), {type: 'line',
      data: {datasets: lines.map((data, i) => ({label: labels[i], data, borderColor: '#07a', borderWidth: 2, pointRadius: 0, tension: 0}))},
      options: {animation: false, parsing: false, normalized: true, maintainAspectRatio: false, interaction: {mode: 'nearest', axis: 'x', intersect: false},
        scales: {x: {type: 'linear', ticks: {maxRotation: 0, maxTicksLimit: 9, callback: x => new Date(x).toISOString().slice(11, 16)}}, y: {grace: '8%', ticks: {maxTicksLimit: 7}}},
        plugins: {decimation: {enabled: true, algorithm: 'lttb', samples: 1000, threshold: 2000}, legend: {position: 'bottom'}}}}),
    uPlot: (window, place, lines) => new window.uPlot({width: 1000, height: 340, series: [{}, ...labels.map(label => ({label, stroke: '#07a', width: 2, points: {show: false}}))]}, lines, place),
  };
  const heap = async () => {
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
    gc();
    return performance.memory.usedJSHeapSize / 1024;
  };
  const once = async (name, points, round, lines) => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const window = frame.contentWindow;
    window.document.head.appendChild(window.document.createElement('style')).textContent = css;
    const timed = async work => {
      const began = performance.now();
      const chart = work();
      await turn();
      chart?.ctx.getImageData(0, 0, 1, 1); // what is drawn later is drawn now
      return [performance.now() - began, chart];
    };
    const drawn = () => {
      const place = window.document.body.appendChild(window.document.createElement('div'));
      place.style.cssText = 'width: 1000px; height: 340px';
      return draw[name](window, place, lines);
    };
    const script = window.document.createElement('script');
    script.textContent = `// ${points} ${round}\n` + libraries[name]; // else it is compiled once
    const empty = await heap();
    const [evaluated] = await timed(() => void window.document.head.append(script));
    const [first, chart] = await timed(drawn);
    const held = await heap() - empty;
    const [next, other] = await timed(drawn);
    [chart, other].forEach(one => one.destroy());
    frame.remove();
    return {'evaluated, ms': evaluated, 'first chart, ms': first, 'next chart, ms': next, 'heap of library and chart, KiB': held};
  };
  const found = {};
  for (const points of [2_000, 20_000]) {
    const lines = {'Chart.js': data['Chart.js'](points), uPlot: data.uPlot(points)};
    for (let round = 0; round < 22; round++) {
      for (const name of round % 2 ? ['Chart.js', 'uPlot'] : ['uPlot', 'Chart.js']) {
        for (const [what, is] of Object.entries(await once(name, points, round, lines[name]))) {
          if (round) {
            ((found[`${name}, 2 lines of ${points} points`] ??= {})[what] ??= []).push(is);
          }
        }
      }
    }
  }
  const medians = Object.entries(found).map(([name, whats]) => [name, Object.fromEntries(Object.entries(whats).map(([what, values]) => [what, median(values).toFixed(1)]))]);
  await fetch('/found', {method: 'POST', body: JSON.stringify(Object.fromEntries(medians))});
}

let browser;
const server = createServer(async (request, response) => {
  if (request.url === '/found') {
    console.table(JSON.parse(Buffer.concat(await request.toArray())));
    browser.kill();
    browser.on('exit', () => setTimeout(() => process.exit(), 1_000));
  }
  response.setHeader('Content-Type', request.url === '/' ? 'text/html' : 'text/plain');
  response.end(request.url === '/' ? `<!doctype html><body><script>(${measure})()</script>` : files[request.url.slice(1)]);
}).listen(0, '127.0.0.1', () => {
  const profile = mkdtempSync(tmpdir() + '/charts-');
  browser = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--enable-precise-memory-info', '--js-flags=--expose-gc', '--user-data-dir=' + profile,
    `http://127.0.0.1:${server.address().port}/`], {stdio: 'ignore'});
  process.on('exit', () => rmSync(profile, {recursive: true, force: true, maxRetries: 9}));
});
console.log('bytes, gzip:', files.map(file => gzipSync(file, {level: 6}).length).join(', '));
