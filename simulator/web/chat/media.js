// Pictures, voices, videos and files.

import { h, icon } from '../dom.js';
import { api } from '../api.js';
import { icons } from '../icons.js';

/** picture shows one when it comes from here: the page asks no other host for anything. */
export function picture(address, style, alt = '') {
  const box = h('span', { class: style });
  let url = null;
  try { url = address && new URL(address, location.href); } catch { /* no picture then */ }
  const none = () => box.replaceChildren(icon(...icons.landscape));
  if (url && url.origin === location.origin) box.append(h('img', { src: url.href, alt, loading: 'lazy', onerror: none }));
  else none();
  return box;
}

/** photo is a picture that was sent. */
export function photo(c) {
  const address = c.media_id ? api.media(c.media_id) : c.picture_url;
  const lost = () => shown.replaceWith(h('div', { class: 'bubble card' }, h('strong', {}, '图片'), h('p', {}, '图片已过期，或不在这台模拟器里')));
  let local = false;
  try { local = new URL(address, location.href).origin === location.origin; } catch { /* no picture then */ }
  if (!local) return h('div', { class: 'bubble card' }, h('strong', {}, '图片'), h('p', {}, address || ''));
  const shown = h('a', { class: 'photo', href: address, target: '_blank', rel: 'noopener' }, h('img', { src: address, alt: '图片', loading: 'lazy', onerror: lost }));
  return shown;
}

export function voice(c) {
  const box = h('div', { class: 'bubble voice' }, icon(...icons.wave), h('span', {}, '1″'));
  return c.text ? h('div', {}, box, h('div', { class: 'recognised' }, `语音识别：${c.text}`)) : box;
}

export const video = (c) => h('div', { class: 'bubble card' }, h('strong', {}, `▶ ${c.title || c.file_name || '视频'}`), c.description && h('p', {}, c.description));

export const file = (c) => h('div', { class: 'bubble card file-card' },
  h('span', { class: 'names' }, h('strong', {}, c.file_name || c.title || '文件'), h('p', {}, '文件')), icon(...icons.file));
