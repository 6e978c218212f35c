// What people, accounts and staff say to each other, kind by kind. A content is {kind, ...} with the names of entries and replies;
// what the API sends is read by wire.js first.

import { h, icon } from '../dom.js';
import { icons } from '../icons.js';
import { file, photo, video, voice } from './media.js';
import { appCard, card, menu, miniProgram, music, news, notice, textCard } from './cards.js';
import { rich } from './rich.js';

/** content makes the node of a message. */
export function content(c, actions) {
  return (kinds[c.kind] || unknown)(c, actions);
}

const unknown = (c) => h('div', { class: 'bubble text' }, `[${c.kind}]`);

const kinds = {
  text: (c, actions) => h('div', { class: 'bubble text' }, rich(c.text || '', actions)),
  markdown: (c) => h('div', { class: 'bubble text' }, c.text || ''),
  image: photo,
  voice,
  video,
  file,
  news,
  music,
  location: place,
  link: card,
  miniprogram: miniProgram,
  msgmenu: menu,
  textcard: textCard,
  template_card: appCard,
  miniprogram_notice: notice,
  business_card: (c) => h('div', { class: 'bubble card' }, h('strong', {}, '名片'), h('p', {}, c.text || '')),
};

function place(c) {
  return h('div', { class: 'bubble place' },
    h('strong', {}, c.label || '位置'), h('p', {}, c.description || `${Number(c.latitude).toFixed(4)}, ${Number(c.longitude).toFixed(4)}`),
    h('span', { class: 'map' }, icon(...icons.pin)));
}
