// The phone: the open chat, its menu and keyboard, and what can be sent.

import { $, at, avatar, h, icon, span, toast } from './dom.js';
import { api } from './api.js';
import { account, entries, follower, now, on, store, user } from './store.js';
import { bubble } from './bubbles.js';
import { choices, safeURL } from './rich.js';
import { openPanel, showInLog } from './panel.js';
import { codes, linkSheet, locationSheet, pictureSheet, scanSheet, voiceSheet } from './sheets.js';
import { steps } from './people.js';

const pause = 5 * 60 * 1000; // between entries, after which the time is shown
let typing = false; // the keyboard is shown in place of the menu

/** act does something as the chosen person. */
export async function act(what) {
  scrollDown(true);
  try {
    await api.act(store.account, store.user, what);
  } catch (error) {
    toast(error.message);
  }
}

const actions = {
  say: (text, menuID) => act({ kind: 'text', text, menu_id: menuID }),
  openMiniProgram: (where) => toast(`打开小程序 ${where}（模拟器里没有小程序）`),
  openLog(exchange) { openPanel(); showInLog(exchange); },
};

function near() {
  const el = $('#chat');
  return el.scrollHeight - el.scrollTop - el.clientHeight < 120;
}

let sticky = true; // keep the end of the chat in sight

function scrollDown(force) {
  if (force) sticky = true;
  if (!sticky) return;
  const el = $('#chat');
  requestAnimationFrame(() => { el.scrollTop = el.scrollHeight; });
}

function separator(entry, before) {
  if (before && new Date(entry.at) - new Date(before.at) < pause) return null;
  return h('div', { class: 'time' }, at.separator(entry.at, now()));
}

function renderChat() {
  const list = entries();
  const nodes = [];
  list.forEach((entry, i) => nodes.push(separator(entry, list[i - 1]), bubble(entry, actions)));
  if (user() && !follower()?.following) nodes.push(profile(list.length > 0));
  $('#chat').replaceChildren(...nodes.filter(Boolean));
  renderChips();
  scrollDown();
}

/** putEntry shows a new or changed entry without drawing the others again. */
function putEntry(entry) {
  const old = $(`#chat [data-entry="${entry.id}"]`);
  if (old) {
    old.replaceWith(bubble(entry, actions));
    scrollDown();
    return;
  }
  const list = entries();
  if (list.at(-1)?.id !== entry.id || $('#chat .profile')) { renderChat(); return; }
  $('#chat').append(...[separator(entry, list.at(-2)), bubble(entry, actions)].filter(Boolean));
  renderChips();
  scrollDown(entry.from === 'user');
}

/** profile is what somebody sees who does not follow: the codes to scan. */
function profile(again) {
  const a = account();
  return h('section', { class: 'profile', 'aria-label': '关注公众号' },
    avatar(h('span', { class: 'avatar brand large' }), a.title), h('h2', {}, a.title),
    h('p', {}, follower()?.followed_at ? '你已取消关注，再扫码就会重新关注' : '还没有关注这个公众号'),
    a.scenes.length > 0 && h('p', { class: 'muted' }, '点一个二维码，就当是用手机扫了它'),
    codes((scene) => act({ kind: 'scan', scene: scene.key })),
    h('button', { type: 'button', class: 'plain wide', onclick: () => act({ kind: 'follow' }) }, '不扫码，直接关注'),
    !again && h('ol', { class: 'steps card' }, steps()));
}

function renderChips() {
  const last = entries().findLast((e) => e.from !== 'user' || e.act.kind !== 'unfollow');
  const open = follower()?.following && last?.from === 'account' && last.reply.kind === 'text';
  const { offered, several } = open ? choices(last.reply.text) : { offered: [] };
  const row = $('#chips');
  row.hidden = offered.length === 0;
  const chip = ({ say, label }, press) => h('button', { type: 'button', class: 'chip', title: label, onclick: press || (() => actions.say(say)) }, label);
  if (!several) {
    row.replaceChildren(...offered.map((choice) => chip(choice)));
    return;
  }
  const chosen = new Set();
  const send = h('button', { type: 'button', class: 'chip send', hidden: true, onclick: () => actions.say(answer()) });
  const answer = () => offered.filter(({ say }) => chosen.has(say)).map(({ say }) => say).join('');
  row.replaceChildren(...offered.map((choice) => {
    if (!choice.option) return chip(choice);
    const toggle = chip(choice, () => {
      if (!chosen.delete(choice.say)) chosen.add(choice.say);
      toggle.setAttribute('aria-pressed', chosen.has(choice.say));
      send.hidden = chosen.size === 0;
      send.textContent = `发送 ${answer()}`;
    });
    toggle.setAttribute('aria-pressed', 'false');
    return toggle;
  }), send);
}

function renderHead() {
  const a = account();
  $('#title').textContent = a ? a.title : '…';
  $('#subtitle').textContent = user() ? `${user().nickname} 的手机` : '';
  if (user()) avatar($('#me'), user().nickname, user().color);
  document.title = a ? `${a.title} · 公众号模拟器` : '公众号模拟器';
}

function renderClock() {
  $('#phone-time').textContent = at.clock(now());
  $('#phone-offset').textContent = store.clock.offset_ms ? `拨快 ${span(store.clock.offset_ms)}` : '';
}

const keyboardIcon = ['M3 6h18v12H3z', 'M7 10h.01M11 10h.01M15 10h.01M18 10h.01M7 14h10'];
const menuIcon = ['M5 7h14M5 12h14M5 17h14'];
const plusIcon = ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z', 'M12 8v8M8 12h8'];

function renderDock() {
  const dock = $('#dock');
  closeMore();
  dock.className = 'dock';
  if (!user() || !account() || !follower()?.following) { dock.replaceChildren(); dock.hidden = true; return; }
  dock.hidden = false;
  const { menu } = account();
  if (menu.length > 0 && !typing) {
    dock.replaceChildren(toggle('打开键盘', keyboardIcon, true), h('div', { class: 'menu', role: 'group', 'aria-label': '自定义菜单' }, menu.map(menuButton)));
    return;
  }
  const input = h('textarea', { id: 'input', rows: 1, maxLength: 20000, placeholder: '输入消息', 'aria-label': '输入消息', enterKeyHint: 'send', autocomplete: 'off' });
  const send = h('button', { type: 'button', class: 'send', hidden: true }, '发送');
  const plus = h('button', { type: 'button', class: 'icon', 'aria-label': '更多操作', 'aria-expanded': 'false', 'aria-controls': 'more', onclick: toggleMore }, icon(...plusIcon));
  const grow = () => {
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, 108)}px`;
    const empty = input.value.trim() === '';
    send.hidden = empty;
    plus.hidden = !empty;
  };
  const submit = () => {
    const text = input.value;
    if (text.trim() === '') return;
    input.value = '';
    grow();
    input.focus();
    actions.say(text);
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
  dock.replaceChildren(...[menu.length > 0 && toggle('打开菜单', menuIcon, false), input, send, plus].filter(Boolean));
}

function toggle(label, paths, open) {
  return h('button', {
    type: 'button', class: 'icon toggle', 'aria-label': label,
    onclick() { typing = open; renderDock(); if (open) $('#input').focus(); },
  }, icon(...paths));
}

function menuButton(button) {
  const subs = button.sub_button || [];
  if (subs.length === 0) return h('div', {}, h('button', { type: 'button', onclick: () => tap(button) }, button.name));
  const list = h('div', { class: 'sub', role: 'menu', hidden: true }, subs.map((sub) => h('button', {
    type: 'button', role: 'menuitem', onclick() { closeSubs(); tap(sub); },
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

function tap(button) {
  switch (button.type) {
    case 'view': {
      const url = safeURL(button.url);
      if (url) window.open(url, '_blank', 'noopener,noreferrer');
      act({ kind: 'view', url: button.url });
      break;
    }
    case 'miniprogram':
      toast('打开小程序（模拟器里没有小程序）');
      act({ kind: 'open_mini_program', key: button.pagepath });
      break;
    default: act({ kind: 'click', key: button.key });
  }
}

const tools = [
  ['照片', ['M4 6h16v13H4z', 'M4 16l5-5 4 4 3-3 4 4', 'M15.5 9.5h.01'], pictureSheet],
  ['位置', ['M12 21s-7-6.1-7-11a7 7 0 0 1 14 0c0 4.9-7 11-7 11z', 'M12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z'], locationSheet],
  ['语音', ['M12 15a3 3 0 0 0 3-3V7a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3z', 'M6 12a6 6 0 0 0 12 0M12 18v3'], voiceSheet],
  ['链接', ['M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1', 'M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1'], linkSheet],
  ['扫一扫', ['M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4', 'M4 12h16'], scanSheet],
  ['取消关注', ['M10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z', 'M3 20a7 7 0 0 1 11-5.7', 'M16 19h6'], () => act({ kind: 'unfollow' })],
];

function toggleMore() {
  const more = $('#more');
  const open = more.hidden;
  more.hidden = !open;
  $('[aria-controls="more"]')?.setAttribute('aria-expanded', open);
  if (open) scrollDown(true);
}

function closeMore() {
  $('#more').hidden = true;
  $('[aria-controls="more"]')?.setAttribute('aria-expanded', false);
}

/** startPhone draws the phone and keeps it up to date. */
export function startPhone() {
  $('#more').replaceChildren(...tools.map(([label, paths, open]) => h('button', {
    type: 'button', onclick() { closeMore(); open(act); },
  }, h('span', {}, icon(...paths)), label)));
  document.addEventListener('click', (e) => { if (!e.target.closest('.menu')) closeSubs(); });
  document.addEventListener('keydown', (e) => { if (e.key === 'Escape') { closeSubs(); closeMore(); } });
  $('#chat').addEventListener('scroll', () => { sticky = near(); }, { passive: true });
  $('#chat').addEventListener('load', () => scrollDown(), true); // pictures grow the chat
  new ResizeObserver(() => scrollDown()).observe($('#chat'));
  on('chosen', () => { typing = false; sticky = true; renderHead(); renderDock(); renderChat(); });
  on('chat', () => { sticky = true; renderChat(); });
  on('entry', putEntry);
  on('user', (u) => {
    if (u.id !== store.user) return;
    renderHead();
    const shown = Boolean($('#chat .profile'));
    if (shown === Boolean(follower()?.following)) { typing = false; renderDock(); renderChat(); }
  });
  on('clock', renderClock);
  on('online', (online) => { $('#offline').hidden = online; });
  setInterval(renderClock, 1000);
}
