// Small drawings in cards: a line of the last values, and a gauge of an average between minimum and maximum.

import {say, svg} from './dom.js';

const WIDTH = 120;
const HEIGHT = 30;

/** An empty line; {@link drawLine} draws it. */
export function line(kind) {
  return svg('svg', {class: 'spark ' + kind, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': 'no windows yet'},
    svg('polyline', {points: '', 'vector-effect': 'non-scaling-stroke'}), svg('circle', {r: 0, 'vector-effect': 'non-scaling-stroke'}));
}

/** Draws values, texts of numbers, from the oldest to the newest; nothing if one of them is not a number. */
export function drawLine(drawing, values) {
  const label = `last ${values.length} windows: ${values.join(', ')}`;
  if (drawing.getAttribute('aria-label') === label) {
    return;
  }
  drawing.setAttribute('aria-label', label);
  const numbers = values.map(Number);
  const low = Math.min(...numbers);
  const range = Math.max(...numbers) - low;
  const x = i => numbers.length === 1 ? WIDTH : i * WIDTH / (numbers.length - 1);
  const y = number => range ? HEIGHT - 3 - (number - low) / range * (HEIGHT - 6) : HEIGHT / 2;
  const shown = numbers.length === 1 ? [numbers[0], numbers[0]] : numbers;
  drawing.firstChild.setAttribute('points', numbers.some(Number.isNaN) ? '' : shown.map((number, i) => `${(shown.length === 2 && numbers.length === 1 ? i * WIDTH : x(i)).toFixed(1)},${y(number).toFixed(1)}`).join(' '));
}

/** An empty gauge. */
export function gauge(kind) {
  return svg('svg', {class: 'gauge ' + kind, viewBox: '0 0 100 6', preserveAspectRatio: 'none', role: 'img'}, svg('title'),
    svg('rect', {class: 'track', x: 0, y: 2, width: 100, height: 2, rx: 1}), svg('rect', {class: 'reach', x: 0, y: 1.5, width: 0, height: 3, rx: 1}),
    svg('rect', {class: 'mark', x: 0, y: 0, width: 0, height: 6}));
}

/** Draws an average between its minimum and maximum, on a scale. */
export function drawGauge(drawing, average, low, high, scale) {
  const place = value => Math.min(100, Math.max(0, (Number(value) - scale.low) / (scale.high - scale.low || 1) * 100));
  const [title, , reach, mark] = drawing.children;
  say(title, `from ${low} to ${high}, on a scale from ${scale.low} to ${scale.high}`);
  reach.setAttribute('x', place(low).toFixed(2));
  reach.setAttribute('width', Math.max(0.5, place(high) - place(low)).toFixed(2));
  mark.setAttribute('x', Math.max(0, Math.min(98.8, place(average) - 0.6)).toFixed(2));
  mark.setAttribute('width', '1.2');
}
