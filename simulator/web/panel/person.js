// What may still be said to the chosen person, and until when: windows, messages left, who serves them.

import { $, h } from '../dom.js';
import { on, store, user } from '../store.js';
import { relation, relationFacts } from '../talks/contact.js';
import { deskQuota } from '../talks/desk.js';
import { loadWindow, officialQuota } from '../talks/official.js';

/** chosen is the person the panel speaks of: whose phone is shown, or who is served in the conversation of a member. */
function chosen() {
  const { side, id, talk } = store.place || {};
  if (side === 'person') return user(id);
  return user(talk?.[0] === 'desk' || talk?.[0] === 'official' ? talk[2] : talk?.[0] === 'contact' ? talk[1] : store.user);
}

/** quotas are what is known of each of their conversations: {key, title, kind, short, rows}. */
function quotas(u) {
  return [
    ...store.accounts.map((a) => officialQuota(a.name, u.id)),
    ...store.desks.map((d) => deskQuota(d.open_kfid, u.id)),
    ...store.members.filter((m) => relation(m.corp, m.userid, u.id)).map((m) => relationFacts(m.corp, m.userid, u.id)),
  ].filter(Boolean);
}

/** isOpen tells whether a quota belongs to the conversation that is shown. */
function isOpen(q) {
  const [kind, ...names] = store.place.talk;
  return Boolean(kind) && q.key.startsWith(`${kind}/`) && names.every((name) => q.key.split('/').includes(name));
}

function render() {
  const u = store.place && chosen();
  $('#person').hidden = !u;
  if (!u) return;
  const all = quotas(u);
  const first = all.find(isOpen) || all[0];
  $('#person-title').textContent = `${u.nickname} 的窗口与配额`;
  $('#person-summary').textContent = first ? `${first.title}：${first.short}` : '还没有会话';
  $('#person-rows').replaceChildren(...(all.length ? all.map(block)
    : [h('p', { class: 'muted' }, '关注公众号、进入客服会话或添加成员之后，这里显示程序还能说几条、到什么时候。')]));
}

function block(q) {
  return h('section', { class: 'quota' }, h('h4', {}, q.title, h('small', {}, q.kind)),
    h('dl', {}, q.rows.map(([name, value]) => h('div', { class: 'pairs' }, h('dt', {}, name), h('dd', {}, value)))));
}

let asking = false; // what may be sent is being asked for

/** ask asks again what official accounts may send: their windows are counted by the simulator alone. */
async function ask() {
  const u = store.place && chosen();
  if (!u || asking) return;
  asking = true;
  try {
    await Promise.all(store.accounts.filter((a) => u.accounts[a.name]?.followed_at).map((a) => loadWindow(a.name, u.id)));
  } catch { /* the simulator is away: the page says so already */ } finally {
    asking = false;
  }
  render();
}

const every = 15 * 1000; // windows run out by the minute

/** startPerson draws the card and keeps it up to date. */
export function startPerson() {
  for (const name of ['place', 'user', 'world', 'talk', 'entry', 'clock']) on(name, render);
  for (const name of ['place', 'entry', 'clock', 'call']) on(name, ask);
  setInterval(ask, every);
}
