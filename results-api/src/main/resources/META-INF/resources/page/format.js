// Times in the browser's zone with UTC in the title, numbers with all their digits.

import {el} from './dom.js';

const CLOCK = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
const HOUR_MINUTE = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
const DAY = new Intl.DateTimeFormat(undefined, {year: 'numeric', month: '2-digit', day: '2-digit'});
const DAY_HOUR = new Intl.DateTimeFormat(undefined, {month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});

const SHORTEST_DAY = 23 * 3_600_000;

/** A time as the API has it, or in milliseconds; browsers need six digits for years after 9999. */
const dateOf = time => new Date(time?.replace?.(/^\+(?=\d{5}-)/, '+0') ?? time);

/** Milliseconds of such a time; NaN outside a browser's range. */
export const millis = time => dateOf(time).getTime();

export const clock = time => Number.isNaN(millis(time)) ? utc(String(time)) : CLOCK.format(dateOf(time));
export const hourMinute = time => HOUR_MINUTE.format(new Date(time));
export const day = time => DAY.format(new Date(time));
export const dayHour = time => DAY_HOUR.format(new Date(time));

/** The time of day, with the date if it is not today; outside a browser's range as the API has it. */
export function dayClock(time) {
  const date = dateOf(time);
  return date.toDateString() === new Date().toDateString() || Number.isNaN(millis(time)) ? clock(time) : DAY.format(date) + ' ' + clock(time);
}

/** As the API has it, in UTC. */
export const utc = time => time.replace('T', ' ').replace('Z', ' UTC');

/** The value of a form's field: in the browser's zone, in whole seconds. */
const fieldTime = time => new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().substring(0, 19);

/** A form's field for a time, with UTC in its title, and `time()`: the given time, if any, until another one is typed. */
export function timeField(given, attributes) {
  const field = el('input', {type: 'datetime-local', step: 1, value: given && fieldTime(Date.parse(given)), ...attributes});
  const shown = field.value; // as the browser writes it: no milliseconds, ambiguous when clocks go back
  const time = () => field.value === shown ? given : field.value && new Date(field.value).toISOString();
  const tell = () => field.title = time() && utc(time());
  field.addEventListener('input', tell);
  tell();
  return {field, time};
}

/** The last time that a request can name. */
export const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A point in time, as the API has it or in milliseconds. */
export function when(time, text = dayClock(time)) {
  const iso = typeof time === 'number' ? new Date(time).toISOString() : time;
  return iso ? el('time', {datetime: iso, title: utc(iso)}, text) : el('span', {}, '–');
}

/** A window's start and end. */
export function span(window) {
  return el('span', {class: 'span', title: `${window.start} to ${window.end} (UTC)`},
    el('bdi', {}, dayClock(window.start)), ' – ', el('bdi', {}, millis(window.end) - millis(window.start) < SHORTEST_DAY ? clock(window.end) : dayClock(window.end)));
}

/** A duration in readable units. */
export function lasting(ms) {
  const seconds = Math.max(0, ms) / 1000;
  return seconds < 1 ? Math.round(Math.max(0, ms)) + ' ms' : seconds < 10 ? seconds.toFixed(1) + ' s' : seconds < 120 ? Math.round(seconds) + ' s'
    : seconds < 7200 ? Math.round(seconds / 60) + ' min' : seconds < 172800 ? Math.round(seconds / 3600) + ' h'
    : Math.round(seconds / 86400) + ' days';
}

/** All digits, with thousands separated; what is not a number as it is. */
export const digits = text => String(text ?? '–').replace(/^-?\d+(?=(\.\d+)?$)/, whole => whole.replace(/\B(?=(\d{3})+$)/g, ','));

const NUMBER = /^-?\d+(\.\d+)?$/;
const AMOUNT = /(^|[._])amount$/;

/** An amount: with thousands separated and its decimals, at least two, without further trailing zeros. Other values by `other`. */
export function valued(name, text, other = digits) {
  if (!AMOUNT.test(name) || !NUMBER.test(text)) {
    return other(text);
  }
  const [whole, fraction = ''] = digits(text).split('.');
  return whole + '.' + fraction.replace(/0+$/, '').padEnd(2, '0');
}

/** Rounded for display; all digits belong in the title. What is not a number as it is. */
export function rounded(text, places = 2) {
  return digits(typeof text === 'number' || NUMBER.test(text) ? Number(text).toFixed(places).replace(/^-(?=[0.]+$)/, '') : text);
}

/** "1 window", "2 windows". */
export function many(count, noun) {
  return digits(count) + ' ' + noun + (Number(count) === 1 ? '' : 's');
}

const NAMES = {
  avg_temp: ['Temperature', '°C'], min_temp: ['Lowest temperature', '°C'], max_temp: ['Highest temperature', '°C'],
  avg_hum: ['Humidity', '%'], min_hum: ['Lowest humidity', '%'], max_hum: ['Highest humidity', '%'],
  total_amount: ['Total', ''], min_amount: ['Smallest payment', ''], max_amount: ['Largest payment', ''],
};

/** The label of a value, and its unit. */
export function named(value) {
  const [label, unit] = NAMES[value] ?? [value.replaceAll('_', ' '), ''];
  return {label, unit};
}

/** Both, in front of the value's figures. */
export function labelled(value) {
  const {label, unit} = named(value);
  return label + (unit ? ', ' + unit : '');
}
