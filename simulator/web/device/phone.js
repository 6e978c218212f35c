// The first screen of a person's phone: their conversations, and whom they could talk with.

import { at, h } from '../dom.js';
import { entries, now } from '../store.js';
import { portrait } from '../chat/bubbles.js';
import { gist } from '../chat/gist.js';
import { talksOf } from '../talks/index.js';

/** phoneList makes the rows; open is called with the address of a conversation. */
export function phoneList(userID, open) {
  const all = talksOf(userID).map((talk) => ({ talk, last: entries(talk.key).at(-1) }));
  const begun = all.filter(({ talk, last }) => last || talk.begun?.()).sort((a, b) => (b.last?.id || 0) - (a.last?.id || 0));
  const others = all.filter((x) => !begun.includes(x));
  return [
    begun.length > 0 && h('ul', { class: 'talks', 'aria-label': '聊天' }, begun.map((x) => row(x, open))),
    begun.length === 0 && h('p', { class: 'muted empty' }, '还没有聊天'),
    others.length > 0 && h('h2', {}, '可以认识'),
    others.length > 0 && h('ul', { class: 'talks', 'aria-label': '可以认识' }, others.map((x) => row(x, open))),
  ].filter(Boolean);
}

/** row is one conversation of a list. */
export function row({ talk, last }, open) {
  const preview = last ? gist(talk.line(last)) : talk.invitation?.() || '';
  return h('li', {}, h('button', { type: 'button', class: 'talk', onclick: () => open(...talk.address) },
    portrait(talk.picture()),
    h('span', { class: 'names' }, h('b', {}, talk.title()), h('small', {}, preview)),
    last && h('time', {}, at.separator(last.at, now()))));
}
