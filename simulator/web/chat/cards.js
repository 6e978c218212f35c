// Cards: links, articles, mini programs, menus with choices, and the cards that apps send to members.

import { h, icon } from '../dom.js';
import { api } from '../api.js';
import { icons } from '../icons.js';
import { picture } from './media.js';
import { link, rich, safeURL } from './rich.js';

/** opening makes what opens an address; one that is not safe opens nothing. */
function opening(address, ...inside) {
  const url = safeURL(address || '');
  return url ? link(url, ...inside) : h('div', {}, ...inside);
}

const cover = (c, style) => picture(c.media_id ? api.media(c.media_id) : c.picture_url, style);

export function news(c) {
  const [lead, ...rest] = c.articles;
  const head = opening(lead.url, h('strong', {}, lead.title), cover(lead, 'cover'), lead.description && h('p', {}, lead.description));
  head.classList.add('lead');
  return h('div', { class: 'bubble news' }, head, rest.map((article) => {
    const row = opening(article.url, h('strong', {}, article.title), cover(article, 'cover small'));
    row.classList.add('row');
    return row;
  }));
}

/** card is a shared link. */
export function card(c) {
  const box = opening(c.url, h('strong', {}, c.title || c.url),
    h('span', { class: 'beside' }, h('p', {}, c.description || c.url || ''), (c.media_id || c.picture_url) && cover(c, 'cover small')));
  box.classList.add('bubble', 'card');
  return box;
}

export function miniProgram(c, actions) {
  return h('button', { type: 'button', class: 'bubble card mini', onclick: () => actions.openMiniProgram(`${c.appid || ''} ${c.page || ''}`.trim()) },
    h('small', {}, icon(...icons.mini), '小程序'), h('strong', {}, c.title || c.appid || ''), cover(c, 'cover'));
}

export function music(c) {
  const url = safeURL(c.url || '');
  return h('div', { class: 'bubble card' }, h('strong', {}, `♪ ${c.title || '音乐'}`), h('p', {}, c.description || ''), url && link(url, '播放'));
}

/** menu is a menu message: its click items are said when they are tapped. c.tap does it; without, nothing can be tapped here. */
export function menu(c, actions) {
  const items = c.items.map((item, i) => {
    const tap = () => actions.run(() => c.tap(i, item));
    if (item.type === 'text') return item.content;
    if (!c.tap) return h('span', { class: 'link' }, item.content);
    if (item.type !== 'view') return h('button', { type: 'button', class: 'link', onclick: tap }, item.content);
    const url = safeURL(item.url);
    const a = url ? link(url, item.content) : h('span', {}, item.content);
    if (url) a.addEventListener('click', tap);
    return a;
  });
  return h('div', { class: 'bubble text menu-message' },
    c.head && h('div', {}, rich(c.head, actions)), h('ul', {}, items.map((item) => h('li', {}, item))), c.tail && h('div', {}, rich(c.tail, actions)));
}

/** textCard is an app's text card: a title, a text with marked-up parts, and where it leads. */
export function textCard(c) {
  const box = opening(c.url, h('strong', {}, c.title || ''), h('p', {}, (c.description || '').replace(/<\/?(?:div|br)[^>]*>/gi, '\n').replace(/\n+/g, '\n').trim()),
    h('small', {}, c.button || '详情'));
  box.classList.add('bubble', 'card', 'text-card');
  return box;
}

/** appCard is a template card: what all kinds have in common, and its buttons. */
export function appCard(c, actions) {
  const head = [c.source && h('small', {}, c.source), c.title && h('strong', {}, c.title), c.description && h('p', {}, c.description),
    c.emphasis && h('b', { class: 'emphasis' }, c.emphasis), c.text && h('p', {}, c.text)];
  const rows = (c.rows || []).map(([name, value]) => h('div', { class: 'pairs' }, h('dt', {}, name), h('dd', {}, value)));
  const buttons = (c.buttons || []).map((b) => h('button', { type: 'button', class: 'plain', disabled: !actions.tapCard, onclick: () => actions.tapCard(c.entry, b) }, b.text));
  return h('div', { class: 'bubble card' }, ...head, rows.length > 0 && h('dl', {}, rows), buttons.length > 0 && h('div', { class: 'buttons' }, buttons));
}

/** notice is an app's notice that leads into a mini program. */
export function notice(c, actions) {
  return h('button', { type: 'button', class: 'bubble card mini', onclick: () => actions.openMiniProgram(`${c.appid || ''} ${c.page || ''}`.trim()) },
    h('strong', {}, c.title || ''), c.description && h('p', {}, c.description),
    h('dl', {}, (c.rows || []).map(([name, value]) => h('div', { class: 'pairs' }, h('dt', {}, name), h('dd', {}, value)))));
}
