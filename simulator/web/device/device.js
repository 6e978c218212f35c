// The device in the middle of the page: its status line, its title, and either the list of conversations or an open one.

import { $, at, avatar, redraw, span } from '../dom.js';
import { looked, now, on, store, user } from '../store.js';
import { back, open } from '../place.js';
import { openTalk, refreshTalk, run, startView } from '../chat/view.js';
import { startDock } from '../chat/dock.js';
import { owner as memberOf, talkOf } from '../talks/index.js';
import { clientList } from './client.js';
import { phoneList } from './phone.js';
import { devicesSheet } from './guide.js';

let talk = null;
let began = false; // something was shown before: the keyboard must not be left on what is gone

const app = '微信模拟器';

/** owner is whose device it is, and what it is called. */
function owner() {
  const m = store.place.side === 'member' && memberOf(store.place);
  if (m) {
    const called = m.corp ? { device: '的企业微信', home: '企业微信' } : { device: '的客服工作台', home: '公众号客服' };
    return { name: m.name, initial: m.initial, color: m.color, ...called };
  }
  const u = user(store.place.id);
  return { name: u?.nickname || '', color: u?.color, device: '的手机', home: '微信' };
}

function renderHead() {
  if (!store.place) return;
  const me = owner();
  const title = talk ? talk.title() : me.home;
  $('#device').classList.toggle('client', store.place.side === 'member');
  $('#title').textContent = title;
  $('#subtitle').textContent = [`${me.name} ${me.device}`, talk?.subtitle?.()].filter(Boolean).join(' · ');
  $('#back').hidden = !talk;
  avatar($('#me'), me.initial || me.name, me.color);
  document.title = `${title} · ${app}`;
}

function renderList() {
  const list = $('#list');
  list.hidden = Boolean(talk);
  if (talk || !store.place) return;
  redraw(list, () => (store.place.side === 'member' ? clientList(memberOf(store.place), open, run) : phoneList(store.place.id, open, run)));
}

function renderClock() {
  $('#phone-time').textContent = at.clock(now());
  $('#phone-offset').textContent = store.clock.offset_ms ? `拨快 ${span(store.clock.offset_ms) || '不到 1 分钟'}` : '';
}

function show() {
  if (talk) looked(talk.key);
  talk = talkOf(store.place);
  if (talk) looked(talk.key);
  renderHead();
  renderList();
  openTalk(talk);
  const lost = !document.activeElement?.checkVisibility() || document.activeElement === document.body;
  if (began && lost) (talk ? $('#chat') : $('#list button'))?.focus({ preventScroll: true });
  began = true;
}

/** startDevice draws the device and keeps it up to date. */
export function startDevice() {
  startView();
  startDock();
  $('#open-people').addEventListener('click', devicesSheet);
  $('#back').addEventListener('click', back);
  on('place', show);
  for (const name of ['user', 'world']) on(name, () => { renderHead(); renderList(); refreshTalk(); });
  on('entry', ({ key }) => { if (key === talk?.key) looked(key); renderList(); });
  on('talk', renderList);
  on('clock', () => { renderClock(); renderList(); });
  on('online', (online) => { $('#offline').hidden = online; });
  setInterval(renderClock, 1000);
}
