// The first screen of a person's phone: their conversations, and whom they could talk with.

import { at, h } from '../dom.js';
import { entries, now, unread } from '../store.js';
import { portrait } from '../chat/bubbles.js';
import { gist } from '../chat/gist.js';
import { preload, talksOf } from '../talks/index.js';
import { scanSheet } from './scan.js';

/** phoneList makes the rows; open is called with the address of a conversation. */
export function phoneList(userID, open, run) {
  const talks = talksOf(userID);
  preload(talks);
  const all = talks.map((talk) => ({ talk, last: entries(talk.key).at(-1) }));
  const begun = all.filter(({ talk, last }) => last || talk.begun()).sort(later);
  const others = all.filter((x) => !begun.includes(x));
  return [
    h('div', { class: 'tools' }, h('button', { type: 'button', class: 'plain wide', onclick: () => scanSheet(userID, open, run) }, '扫一扫，添加或进入会话')),
    begun.length > 0 ? h('ul', { class: 'talks', 'aria-label': '聊天' }, begun.map((x) => row(x, open)))
      : h('p', { class: 'muted empty' }, '还没有聊天。点下面任意一项，或扫一个二维码开始。'),
    others.length > 0 && h('h2', {}, '可以联系'),
    others.length > 0 && h('ul', { class: 'talks', 'aria-label': '可以联系' }, others.map((x) => row(x, open))),
  ].filter(Boolean);
}

/** later puts what was said last first. */
export const later = (a, b) => new Date(b.last?.at || 0) - new Date(a.last?.at || 0);

/** row is one conversation of a list. */
export function row({ talk, last, about, action }, open) {
  const line = last && talk.line(last);
  const news = unread(talk.key);
  return h('li', {}, h('button', { type: 'button', class: 'talk', 'aria-label': talk.title(), onclick: () => open(...talk.address) },
    portrait(talk.picture()),
    h('span', { class: 'names' }, h('b', {}, talk.title()), h('small', {}, about || (line ? gist(line) : talk.invitation?.() || ''))),
    h('span', { class: 'side' }, last && h('time', {}, at.separator(last.at, now())),
      news > 0 && h('span', { class: 'badge', 'aria-label': `${news} 条未读` }, news > 99 ? '99+' : news))),
  action);
}
