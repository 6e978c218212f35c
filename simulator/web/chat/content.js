// What people, accounts and staff say to each other, kind by kind: the names are those of the platform's messages.

import { h, icon } from '../dom.js';
import { api } from '../api.js';
import { icons } from '../icons.js';
import { link, rich, safeURL } from './rich.js';

/** content makes the node of a message. */
export function content(c, actions) {
  return (kinds[c.kind] || unknown)(c, actions);
}

const unknown = (c) => h('div', { class: 'bubble text' }, `[${c.kind}]`);

const kinds = {
  text: (c, actions) => h('div', { class: 'bubble text' }, rich(c.text || '', actions)),
  image: (c) => photo(c.media_id),
  voice: (c) => voice(c.text),
  news: (c) => news(c.articles),
  location: place,
  link: card,
  video: (c) => h('div', { class: 'bubble card' }, h('strong', {}, `▶ ${c.title || '视频'}`), c.description && h('p', {}, c.description)),
  music(c) {
    const url = safeURL(c.url || '');
    return h('div', { class: 'bubble card' }, h('strong', {}, `♪ ${c.title || '音乐'}`), h('p', {}, c.description || ''), url && link(url, '播放'));
  },
};

function photo(id) {
  const image = h('img', { src: api.media(id), alt: '图片', loading: 'lazy' });
  return h('a', { class: 'photo', href: api.media(id), target: '_blank', rel: 'noopener' }, image);
}

/** cover shows a picture when it comes from here; the page asks no other host for anything. */
function cover(address, small) {
  const box = h('span', { class: small ? 'cover small' : 'cover' });
  let url = null;
  try { url = address && new URL(address, location.href); } catch { /* no picture then */ }
  if (url && url.origin === location.origin) box.append(h('img', { src: url.href, alt: '', loading: 'lazy' }));
  else box.append(icon(...icons.landscape));
  return box;
}

function news(articles) {
  const [lead, ...rest] = articles;
  const wrap = (article, ...inside) => {
    const url = safeURL(article.url || '');
    return url ? link(url, ...inside) : h('div', {}, ...inside);
  };
  const head = wrap(lead, h('strong', {}, lead.title), cover(lead.picture_url), lead.description && h('p', {}, lead.description));
  head.classList.add('lead');
  return h('div', { class: 'bubble news' }, head, rest.map((article) => {
    const row = wrap(article, h('strong', {}, article.title), cover(article.picture_url, true));
    row.classList.add('row');
    return row;
  }));
}

function voice(recognised) {
  const box = h('div', { class: 'bubble voice' }, icon(...icons.wave), h('span', {}, '1″'));
  return recognised ? h('div', {}, box, h('div', { class: 'recognised' }, `语音识别：${recognised}`)) : box;
}

function place(c) {
  return h('div', { class: 'bubble place' },
    h('strong', {}, c.label || '位置'), h('p', {}, `${Number(c.latitude).toFixed(4)}, ${Number(c.longitude).toFixed(4)}`),
    h('span', { class: 'map' }, icon(...icons.pin)));
}

function card(c) {
  const url = safeURL(c.url || '');
  return h('div', { class: 'bubble card' }, h('strong', {}, c.title || c.url), h('p', {}, c.description || ''), url && link(url, '打开'));
}
