// A line chart over time with zoom by dragging. The library is loaded when the first chart is drawn.

import {svg} from './dom.js';
import {clock, day, dayHour, hourMinute, rounded, utc} from './format.js';

const STEPS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000].map(s => s * 1000);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const MOST_DRAWN = 1_000;
/** Room below and above what is drawn, by its height. */
const ROOM = 0.04;
/** Shapes that tell lines apart without colour, and their SVG paths. */
const SHAPES = {circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z', triangle: 'M0-5L5 4H-5Z', rect: 'M-4-4H4V4H-4Z', rectRot: 'M0-5L5 0L0 5L-5 0Z',
  crossRot: 'M-4-4L4 4M4-4L-4 4', star: 'M-4-4L4 4M4-4L-4 4M0-5V5M-5 0H5'};
const MARKS = Object.keys(SHAPES);
/** About so many marks on a line of many points. */
const MARKED = 12;

const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The mark of a line, as in the chart. */
export const swatch = mark => svg('svg', {class: 'swatch', viewBox: '-6 -6 12 12', 'aria-hidden': 'true', 'data-mark': MARKS[mark]}, svg('path', {d: SHAPES[MARKS[mark]]}));

/** Grid lines at round times of the browser's zone. */
export function ticks(from, to, most) {
  const step = STEPS.find(one => (to - from) / one <= most) ?? STEPS.at(-1) * Math.ceil((to - from) / STEPS.at(-1) / most);
  const shift = new Date(from).getTimezoneOffset() * 60_000;
  // steps up to an hour stay round when clocks change; for longer ones the local time is parsed as a text without a zone
  const at = shown => step > HOUR ? Date.parse(new Date(shown).toISOString().slice(0, -1)) : shown + shift;
  const found = [];
  for (let shown = Math.ceil((from - shift) / step) * step; at(shown) <= to; shown += step) {
    found.push({value: at(shown)});
  }
  return found;
}

/** The label of a grid line: with enough digits to tell it from the next one. */
export function scaled(value, i, ticks) {
  return rounded(value, ticks.length < 2 ? 2 : Math.min(6, Math.max(0, Math.ceil(-Math.log10(ticks[1].value - ticks[0].value) - 1e-6))));
}

/** Whether two points are connected: less than about half is missing between them (of many points some are omitted). A missing month of 28 days after one of 31 is 0.475. */
const joined = (a, b) => a && b && (a.gone === b.gone || b.gone - a.gone < 0.47 * (b.x - a.x));

/** The colour of a segment: transparent between points that are not connected. */
const apart = ({p0, p1}) => joined(p0.raw, p1.raw) ? undefined : 'transparent';

/** Marks the range that the pointer drags over, then calls `onZoom` with it. */
function zoom(onZoom) {
  let began = null;
  let now = null;
  const area = chart => chart.chartArea;
  return {
    id: 'zoom',
    beforeEvent(chart, {event}) {
      // the end of a touch has no coordinates
      const x = Number.isFinite(event.x) ? Math.min(area(chart).right, Math.max(area(chart).left, event.x)) : now;
      if (event.type === 'mousedown' && event.y < area(chart).bottom) {
        began = now = x;
      } else if (event.type === 'mousemove' && began !== null) {
        now = x;
        chart.draw();
      } else if (event.type === 'mouseup' && began !== null) {
        const [one, other] = [began, x].sort((a, b) => a - b).map(px => chart.scales.x.getValueForPixel(px));
        const wide = Math.abs(began - x) > 8;
        began = now = null;
        chart.draw();
        if (wide) {
          onZoom(Math.round(one), Math.round(other));
        }
      } else if (event.type === 'mouseout' && began !== null) {
        began = now = null;
        chart.draw();
      }
    },
    afterDraw(chart) {
      if (began !== null) {
        const {ctx} = chart;
        ctx.save();
        ctx.globalAlpha = 0.18;
        ctx.fillStyle = style('--accent');
        ctx.fillRect(Math.min(began, now), area(chart).top, Math.abs(now - began), area(chart).bottom - area(chart).top);
        ctx.restore();
      }
    },
  };
}

export class LineChart {
  #chart = null;
  #shown = null;
  #dark = matchMedia('(prefers-color-scheme: dark)');
  #again = () => this.#rebuild();

  constructor(canvas, onZoom) {
    this.canvas = canvas;
    this.onZoom = onZoom;
    this.#dark.addEventListener('change', this.#again);
  }

  /** Shows lines of {label, color, mark, dash, points: [{x, y, text, complete, gone}], band: [{x, low, high, gone}]} between two times; `gone` is for how many ms windows have been missing on the line so far. */
  async show(lines, from, to, unit) {
    this.#shown = {lines, from, to, unit};
    await import('./chart.umd.min.js');
    if (this.#shown?.lines !== lines) {
      return;
    }
    if (this.#chart) {
      this.#chart.data.datasets = this.#datasets();
      this.#chart.options.scales.x.min = from;
      this.#chart.options.scales.x.max = to;
      this.#chart.options.scales.y.min = this.#least();
      this.#chart.update();
    } else {
      this.#rebuild();
    }
  }

  #datasets() {
    const most = Math.max(...this.#shown.lines.map(line => line.points.length));
    const step = most > 120 ? Math.ceil(Math.min(most, MOST_DRAWN) / MARKED) : 1;
    return this.#shown.lines.flatMap(line => {
      const color = style(line.color);
      const plain = {borderWidth: 0, pointRadius: 0, pointHitRadius: 0, backgroundColor: color + '22', isBand: true};
      const band = line.band?.length ? [
        {...plain, data: line.band.map(({x, low, gone}) => ({x, y: low, gone})), label: line.label + ' (lowest)'},
        {...plain, data: line.band.map(({x, high, gone}) => ({x, y: high, gone})), label: line.label + ' (highest)', fill: '-1', segment: {backgroundColor: apart}}] : [];
      return [...band, {label: line.label, data: line.points, borderColor: color, backgroundColor: color, borderDash: line.dash ? [5, 4] : [],
        borderWidth: line.dash ? 1.5 : 2, pointStyle: MARKS[line.mark], pointBackgroundColor: line.dash ? style('--panel') : color,
        pointRadius: step > 1 ? ({dataIndex: i, dataset: {data}}) => i % step && (joined(data[i - 1], data[i]) || joined(data[i], data[i + 1])) ? 0 : 3 : 3,
        pointHoverRadius: 4, tension: 0, segment: {borderColor: apart}}];
    });
  }

  /** The least value of the axis: no room below zero is left for what is never below it. */
  #least() {
    let least = Infinity;
    let most = -Infinity;
    const take = y => {
      least = Math.min(least, y);
      most = Math.max(most, y);
    };
    for (const {points, band = []} of this.#shown.lines) {
      points.forEach(({y}) => take(y));
      band.forEach(({low, high}) => [low, high].forEach(take));
    }
    return least >= 0 && least < ROOM * (most - least) ? 0 : undefined;
  }

  #rebuild() {
    if (!this.#shown || !globalThis.Chart) {
      return;
    }
    this.#chart?.destroy();
    const {from, to, unit} = this.#shown;
    const quiet = style('--quiet');
    const line = style('--line');
    this.#chart = new globalThis.Chart(this.canvas, {
      type: 'line',
      data: {datasets: this.#datasets()},
      plugins: [zoom(this.onZoom)],
      options: {
        animation: false, parsing: false, normalized: true, responsive: true, maintainAspectRatio: false, events: ['mousemove', 'mouseout', 'mousedown', 'mouseup', 'click', 'touchstart', 'touchmove', 'touchend'],
        interaction: {mode: 'nearest', axis: 'x', intersect: false},
        font: {family: 'system-ui, sans-serif'},
        scales: {
          x: {type: 'linear', min: from, max: to, border: {color: line}, grid: {color: line, drawTicks: false},
            afterBuildTicks: axis => axis.ticks = ticks(axis.min, axis.max, Math.max(2, Math.floor(axis.width / 90))),
            ticks: {color: quiet, padding: 8, maxRotation: 0, autoSkip: false,
              callback: value => {
                const shown = this.#chart ? this.#chart.scales.x.max - this.#chart.scales.x.min : 0;
                return shown > YEAR ? day(value) : shown > DAY ? dayHour(value) : value % 60_000 ? clock(value) : hourMinute(value);
              }}},
          y: {border: {display: false}, grid: {color: line, drawTicks: false}, grace: `${200 * ROOM}%`, min: this.#least(), ticks: {color: quiet, padding: 8, maxTicksLimit: 7, callback: (...tick) => scaled(...tick) + (unit ? ' ' + unit : '')}},
        },
        plugins: {
          decimation: {enabled: true, algorithm: 'lttb', samples: MOST_DRAWN, threshold: MOST_DRAWN * 2},
          legend: {display: this.#shown.lines.length > 1, position: 'bottom', labels: {color: style('--text'), usePointStyle: true, boxHeight: 6, filter: (item, data) => !data.datasets[item.datasetIndex].isBand}},
          tooltip: {filter: item => !item.dataset.isBand, callbacks: {title: items => items.slice(0, 1).flatMap(({parsed: {x}}) => [dayHour(x) + ' ' + String(new Date(x).getSeconds()).padStart(2, '0') + ' s', utc(new Date(x).toISOString())]),
            label: item => `${item.dataset.label}: ${item.raw.text ?? item.formattedValue}${unit ? ' ' + unit : ''}${item.raw.complete === false ? ', incomplete' : ''}`}},
        },
      },
    });
    this.#chart.update();
  }

  close() {
    this.#dark.removeEventListener('change', this.#again);
    this.#chart?.destroy();
    this.#shown = null;
  }
}
