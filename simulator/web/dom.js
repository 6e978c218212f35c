// Small helpers to build the page. Text always becomes text nodes: nothing that came over the wire is ever parsed as HTML.

/** h makes an element: properties, on* listeners, data-* and aria-* attributes, then children. */
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (name === 'class') el.className = value;
    else if (name in el && !name.includes('-')) el[name] = value;
    else el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

const SVG = 'http://www.w3.org/2000/svg';

/** icon draws a 24x24 line icon from path data. */
export function icon(...paths) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

export const $ = (selector, root = document) => root.querySelector(selector);

/** first returns the first character people see, emoji included. */
export function first(text) {
  const segmenter = Intl.Segmenter && new Intl.Segmenter('zh', { granularity: 'grapheme' });
  if (!segmenter) return [...text][0] || '';
  return segmenter.segment(text)[Symbol.iterator]().next().value?.segment || '';
}

/** avatar fills an element with the drawn picture of a person or an account: a character, or the number of a nameless one. */
export function avatar(el, name, color) {
  el.textContent = name.match(/^用户 (\d{1,3})$/)?.[1] || first(name);
  el.style.backgroundColor = color || '';
  el.setAttribute('aria-hidden', 'true');
  return el;
}

/** portraitOf draws the picture of somebody with a name and a colour. */
export const portraitOf = (who, size = '') => avatar(h('span', { class: `avatar ${size}`.trim() }), who.initial || who.name || who.nickname || '', who.color);

const zone = 'Asia/Shanghai';
const formats = {
  clock: new Intl.DateTimeFormat('zh-CN', { timeZone: zone, hour: '2-digit', minute: '2-digit', hour12: false }),
  seconds: new Intl.DateTimeFormat('zh-CN', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }),
  day: new Intl.DateTimeFormat('zh-CN', { timeZone: zone, month: 'long', day: 'numeric', weekday: 'short' }),
  key: new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }),
};

/** at formats a moment as people in Shanghai read it. */
export const at = {
  clock: (t) => formats.clock.format(new Date(t)),
  seconds: (t) => formats.seconds.format(new Date(t)),
  full: (t) => `${formats.day.format(new Date(t))} ${formats.seconds.format(new Date(t))}`,
  day: (t) => formats.key.format(new Date(t)),
  moment: (t) => `${formats.day.format(new Date(t))} ${at.clock(t)}`,
  separator: (t, now) => (at.day(t) === at.day(now) ? at.clock(t) : at.moment(t)),
};

/** took formats milliseconds. */
export const took = (ms) => (ms < 1 ? '< 1 ms' : ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

/** span formats how far the clock is ahead. */
export function span(ms) {
  const minutes = Math.round(ms / 60000);
  const parts = [];
  if (minutes >= 1440) parts.push(`${Math.floor(minutes / 1440)} 天`);
  if (minutes % 1440 >= 60) parts.push(`${Math.floor((minutes % 1440) / 60)} 小时`);
  if (minutes % 60) parts.push(`${minutes % 60} 分钟`);
  return parts.join(' ');
}

/**
 * redraw puts new nodes into a part of the page; the keyboard's focus and the scrolling stay where they were. A drop-down list that
 * somebody may have open is left alone until they leave it.
 */
export function redraw(el, draw) {
  if (document.activeElement?.tagName === 'SELECT' && el.contains(document.activeElement)) {
    document.activeElement.addEventListener('blur', () => redraw(el, draw), { once: true });
    return;
  }
  const fields = () => [...el.querySelectorAll('button, select, a, summary')];
  const focused = fields().indexOf(document.activeElement);
  const top = el.scrollTop;
  el.replaceChildren(...draw());
  el.scrollTop = top;
  if (focused >= 0) fields()[focused]?.focus({ preventScroll: true });
}

let toastTimer;

/** toast shows a short message over the phone. */
export function toast(text) {
  const el = $('#toast');
  el.textContent = text;
  el.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { el.hidden = true; }, 3200);
}

/** dialog opens the one sheet of the page with a title and content. */
export function dialog(title, ...content) {
  const el = $('#dialog');
  el.replaceChildren(
    h('form', { method: 'dialog', class: 'sheet-head' },
      h('h2', { id: 'dialog-title' }, title),
      h('button', { class: 'icon', 'aria-label': '关闭', value: 'close' }, icon('M6 6l12 12M18 6L6 18'))),
    h('div', { class: 'sheet-body' }, content));
  if (!el.open) el.showModal();
}

export const closeDialog = () => { if ($('#dialog').open) $('#dialog').close(); };

// A press beside the sheet closes it: it hits the dialog itself and nothing in it.
$('#dialog').addEventListener('click', (e) => { if (e.target === e.currentTarget) closeDialog(); });
