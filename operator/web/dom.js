// Small helpers to build the page. Text always becomes text nodes.

/** h makes an element: properties, on* listeners, attributes, then children. */
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (name === 'class') el.className = value;
    else if (name in el && !name.includes('-')) el[name] = value;
    else el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...children.flat(2).filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

export const $ = (selector, root = document) => root.querySelector(selector);

const drawn = new WeakMap();

/** redraw puts new nodes into a part of the page when what they show has changed; the keyboard's focus stays on the button of the same name. */
export function redraw(el, shows, draw) {
  const now = JSON.stringify(shows);
  if (drawn.get(el) === now) return;
  drawn.set(el, now);
  const held = el.contains(document.activeElement) ? name(document.activeElement) : null;
  el.replaceChildren(...[draw()].flat(2).filter(Boolean));
  if (held) [...el.querySelectorAll('button')].find((b) => name(b) === held)?.focus({ preventScroll: true });
}

const name = (b) => b.getAttribute('aria-label') || b.textContent;

/** ask opens a sheet with a question; it is answered with true or false. */
export function ask(title, text, yes) {
  const dialog = $('#dialog');
  return new Promise((resolve) => {
    let answer = false;
    dialog.replaceChildren(h('form', { method: 'dialog' }, h('h2', { id: 'dialog-title' }, title), h('p', {}, text),
      h('div', { class: 'buttons' }, h('button', { class: 'plain', type: 'submit' }, '不了'),
        h('button', { class: 'primary', type: 'submit', onclick() { answer = true; } }, yes))));
    dialog.addEventListener('close', () => resolve(answer), { once: true });
    dialog.showModal();
  });
}

let zone = 'Asia/Shanghai';

/** setZone says in which time zone times are shown. */
export function setZone(name) { if (name) zone = name; }

const format = (options) => new Intl.DateTimeFormat('zh-CN', { timeZone: zone, ...options });
const day = (t) => new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(t);

/** full is a moment with its seconds. */
export const full = (t) => format({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }).format(t);

/** when is a moment as one says it at another: 今天 18:00, 明天 08:30, 12月24日周四 19:00. */
export function when(moment, now) {
  const t = new Date(moment);
  const clock = format({ hour: '2-digit', minute: '2-digit', hour12: false }).format(t);
  const away = Math.round((Date.parse(day(t)) - Date.parse(day(now))) / 86400000);
  const near = { '-1': '昨天', 0: '今天', 1: '明天' }[away];
  if (near) return `${near} ${clock}`;
  const year = day(t).slice(0, 4) !== day(now).slice(0, 4);
  return `${format({ ...(year ? { year: 'numeric' } : {}), month: 'long', day: 'numeric', weekday: 'short' }).format(t)} ${clock}`;
}
