// What one writes and taps with: keyboard, the account's menu, and what else can be sent.

import { $, h, icon, toast } from '../dom.js';
import { icons } from '../icons.js';
import { store } from '../store.js';
import { safeURL } from './rich.js';

let typing = null; // where the keyboard is shown in place of the menu

const here = (talk) => `${store.place.side} ${talk.key}`;

/** renderDock draws it for a conversation; nothing where nobody can write. */
export function renderDock(talk, run) {
  const dock = $('#dock');
  closeMore();
  dock.hidden = !talk?.writable();
  if (dock.hidden) { dock.replaceChildren(); if (talk && typing === here(talk)) typing = null; return; }
  renderTools(talk, run);
  const menu = talk.menu?.() || [];
  const turn = (label, paths, open) => h('button', {
    type: 'button', class: 'icon toggle', 'aria-label': label,
    onclick() { typing = open ? here(talk) : null; renderDock(talk, run); if (open) $('#input').focus(); },
  }, icon(...paths));
  if (menu.length > 0 && typing !== here(talk)) {
    dock.replaceChildren(turn('打开键盘', icons.keyboard, true),
      h('div', { class: 'menu', role: 'group', 'aria-label': '自定义菜单' }, menu.map((button) => menuButton(button, (b) => tap(talk, b, run)))));
    return;
  }
  dock.replaceChildren(...[menu.length > 0 && turn('打开菜单', icons.menu, false), ...keyboard((text) => run(() => talk.say(text)))].filter(Boolean));
}

function keyboard(say) {
  const input = h('textarea', { id: 'input', rows: 1, maxLength: 20000, placeholder: '输入消息', 'aria-label': '输入消息', enterKeyHint: 'send', autocomplete: 'off' });
  const send = h('button', { type: 'button', class: 'send', hidden: true }, '发送');
  const more = h('button', { type: 'button', class: 'icon', 'aria-label': '更多操作', 'aria-expanded': 'false', 'aria-controls': 'more', onclick: toggleMore }, icon(...icons.plus));
  const hasTools = $('#more').childElementCount > 0;
  more.hidden = !hasTools;
  const grow = () => {
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, 108)}px`;
    const empty = input.value.trim() === '';
    send.hidden = empty;
    more.hidden = !empty || !hasTools;
  };
  const submit = () => {
    const text = input.value;
    if (text.trim() === '') return;
    input.value = '';
    grow();
    input.focus();
    say(text);
  };
  input.addEventListener('input', grow);
  input.addEventListener('focus', closeMore);
  // Enter sends and Shift+Enter breaks the line. The line break is what is caught, not the key: it comes from the keyboards of
  // phones too, and not from the Enter that ends the choice of a Chinese word.
  let shift = false;
  input.addEventListener('keydown', (e) => { shift = e.shiftKey; });
  input.addEventListener('beforeinput', (e) => {
    if (shift || (e.inputType !== 'insertLineBreak' && e.inputType !== 'insertParagraph')) return;
    e.preventDefault();
    submit();
  });
  send.addEventListener('click', submit);
  return [input, send, more];
}

function menuButton(button, press) {
  const subs = button.sub_button || [];
  if (subs.length === 0) return h('div', {}, h('button', { type: 'button', onclick: () => press(button) }, button.name));
  const list = h('div', { class: 'sub', role: 'menu', hidden: true }, subs.map((sub) => h('button', {
    type: 'button', role: 'menuitem', onclick() { closeSubs(); press(sub); },
  }, sub.name)));
  const opener = h('button', {
    type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false',
    onclick() { const open = list.hidden; closeSubs(); list.hidden = !open; opener.setAttribute('aria-expanded', open); },
  }, h('span', { class: 'lines', 'aria-hidden': 'true' }), button.name);
  return h('div', {}, list, opener);
}

function closeSubs() {
  for (const list of document.querySelectorAll('.menu .sub')) list.hidden = true;
  for (const opener of document.querySelectorAll('.menu [aria-haspopup]')) opener.setAttribute('aria-expanded', false);
}

function tap(talk, button, run) {
  const url = button.type === 'view' && safeURL(button.url);
  if (url) window.open(url, '_blank', 'noopener,noreferrer');
  if (button.type === 'miniprogram') toast('打开小程序（模拟器里没有小程序）');
  run(() => talk.tap(button));
}

function renderTools(talk, run) {
  const tools = talk.tools?.(run) || [];
  $('#more').replaceChildren(...tools.map(([label, paths, open]) => h('button', {
    type: 'button', onclick() { closeMore(); open(); },
  }, h('span', {}, icon(...paths)), label)));
}

function toggleMore() {
  const more = $('#more');
  more.hidden = !more.hidden;
  $('[aria-controls="more"]')?.setAttribute('aria-expanded', !more.hidden);
}

/** closeMore hides what else can be sent. */
export function closeMore() {
  $('#more').hidden = true;
  $('[aria-controls="more"]')?.setAttribute('aria-expanded', false);
}

/** startDock closes what is open when one presses elsewhere. */
export function startDock() {
  document.addEventListener('click', (e) => { if (!e.target.closest('.menu')) closeSubs(); });
  document.addEventListener('keydown', (e) => { if (e.key === 'Escape') { closeSubs(); closeMore(); } });
}
