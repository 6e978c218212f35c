// The device in the middle of the page: its status line, its title, and either the list of conversations or an open one.

import { $, at, avatar, h, icon, span } from '../dom.js';
import { account, now, on, store, user } from '../store.js';
import { back, open } from '../place.js';
import { openTalk, refreshTalk, startView } from '../chat/view.js';
import { startDock } from '../chat/dock.js';
import { talkOf } from '../talks/index.js';
import { phoneList } from './phone.js';
import { devicesSheet } from './guide.js';

let talk = null;

const app = '微信模拟器';

function owner() {
  return { name: user(store.place.id)?.nickname || '', color: user(store.place.id)?.color, device: '的手机' };
}

function renderHead() {
  if (!store.place) return;
  const me = owner();
  const title = talk ? talk.title() : '微信';
  $('#title').textContent = title;
  $('#subtitle').textContent = [talk?.subtitle?.(), `${me.name} ${me.device}`].filter(Boolean).join(' · ');
  $('#back').hidden = !talk;
  avatar($('#me'), me.name, me.color);
  document.title = `${title} · ${app}`;
}

function renderList() {
  const list = $('#list');
  list.hidden = Boolean(talk);
  if (!talk && store.place) list.replaceChildren(...phoneList(store.place.id, open));
}

function renderClock() {
  $('#phone-time').textContent = at.clock(now());
  $('#phone-offset').textContent = store.clock.offset_ms ? `拨快 ${span(store.clock.offset_ms)}` : '';
}

function show() {
  talk = talkOf(store.place);
  renderHead();
  renderList();
  openTalk(talk);
}

/** startDevice draws the device and keeps it up to date. */
export function startDevice() {
  startView();
  startDock();
  $('#open-people').addEventListener('click', devicesSheet);
  $('#back').addEventListener('click', back);
  on('place', show);
  for (const name of ['user']) on(name, () => { renderHead(); renderList(); refreshTalk(); });
  for (const name of ['entry', 'talk']) on(name, renderList);
  on('clock', () => { renderClock(); renderList(); });
  on('online', (online) => { $('#offline').hidden = online; });
  setInterval(renderClock, 1000);
}
