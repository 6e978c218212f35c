// One entry of a chat as something to look at.

import { avatar, h, icon, took } from './dom.js';
import { api } from './api.js';
import { account, user } from './store.js';
import { link, rich, safeURL } from './rich.js';

const pin = 'M12 21s-7-6.1-7-11a7 7 0 0 1 14 0c0 4.9-7 11-7 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z';
const wave = ['M7 9.5v5', 'M11 7v10', 'M15 9v6', 'M19 10.5v3'];

/** bubble makes the node of an entry; actions say, openMiniProgram and openLog are what can be done from it. */
export function bubble(entry, actions) {
  const node = entry.from === 'user' ? fromUser(entry, actions) : entry.from === 'account' ? fromAccount(entry, actions) : note(entry, actions);
  node.dataset.entry = entry.id;
  return node;
}

function side(who, picture, content, meta) {
  return h('div', { class: `entry ${who}` }, picture, h('div', { class: 'said' }, content, meta));
}

function meta(entry, text, actions, bad) {
  return h('button', {
    type: 'button', class: bad ? 'meta bad' : 'meta', onclick: () => actions.openLog(entry.exchange), title: '在线路日志里查看',
  }, text);
}

const nth = (entry) => (entry.try > 1 ? `第 ${entry.try} 次推送` : '被动回复');

function fromAccount(entry, actions) {
  const picture = avatar(h('span', { class: 'avatar brand' }), account()?.title || '');
  if (entry.reply.kind === 'transfer_customer_service') return note({ ...entry, note: '已转接人工客服，请稍候' }, actions);
  return side('account', picture, replyContent(entry.reply, actions), meta(entry, `${nth(entry)} · ${took(entry.took_ms || 0)}`, actions));
}

function replyContent(reply, actions) {
  switch (reply.kind) {
    case 'text': return h('div', { class: 'bubble text' }, rich(reply.text, actions));
    case 'image': return photo(reply.media_id);
    case 'news': return news(reply.articles);
    case 'voice': return voice('');
    case 'video': return h('div', { class: 'bubble card' }, h('strong', {}, `▶ ${reply.title || '视频'}`), h('p', {}, reply.description || ''));
    case 'music': {
      const url = safeURL(reply.url || '');
      return h('div', { class: 'bubble card' }, h('strong', {}, `♪ ${reply.title || '音乐'}`), h('p', {}, reply.description || ''),
        url && link(url, '播放'));
    }
    default: return h('div', { class: 'bubble text' }, `[${reply.kind}]`);
  }
}

function photo(id) {
  const image = h('img', { src: api.media(id), alt: '图片', loading: 'lazy' });
  return h('a', { class: 'photo', href: api.media(id), target: '_blank', rel: 'noopener' }, image);
}

/** cover shows an article's picture when it comes from here; the page asks no other host for anything. */
function cover(article, small) {
  const box = h('span', { class: small ? 'cover small' : 'cover' });
  let url = null;
  try { url = article.picture_url && new URL(article.picture_url, location.href); } catch { /* no picture then */ }
  if (url && url.origin === location.origin) box.append(h('img', { src: url.href, alt: '', loading: 'lazy' }));
  else box.append(icon('M4 5h16v14H4z', 'M4 16l5-5 4 4 3-3 4 4', 'M15.5 9.5h.01'));
  return box;
}

function news(articles) {
  const [lead, ...rest] = articles;
  const wrap = (article, ...content) => {
    const url = safeURL(article.url || '');
    return url ? link(url, ...content) : h('div', {}, ...content);
  };
  const head = wrap(lead, h('strong', {}, lead.title), cover(lead), lead.description && h('p', {}, lead.description));
  head.classList.add('lead');
  return h('div', { class: 'bubble news' }, head, rest.map((article) => {
    const row = wrap(article, h('strong', {}, article.title), cover(article, true));
    row.classList.add('row');
    return row;
  }));
}

function voice(recognised) {
  const box = h('div', { class: 'bubble voice' }, icon(...wave), h('span', {}, '1″'));
  return recognised ? h('div', {}, box, h('div', { class: 'recognised' }, `语音识别：${recognised}`)) : box;
}

function place(act) {
  return h('div', { class: 'bubble place' },
    h('strong', {}, act.label || '位置'), h('p', {}, `${act.latitude.toFixed(4)}, ${act.longitude.toFixed(4)}`),
    h('span', { class: 'map' }, icon(pin)));
}

function fromUser(entry, actions) {
  const { act } = entry;
  const told = state(entry, actions);
  const center = (text) => h('div', { class: 'entry system' }, h('span', { class: 'note' }, text), told);
  const scene = act.title || act.scene;
  switch (act.kind) {
    case 'follow': case 'scan': return center(scene ? `扫描“${scene}”的二维码` : '关注了公众号');
    case 'unfollow': return center('取消了关注');
    case 'click': return center(`点击菜单“${act.title || act.key}”`);
    case 'view': return center(`打开菜单链接“${act.title || act.url}”`);
    case 'open_mini_program': return center(`打开小程序“${act.title || act.key}”`);
    case 'raw': return center(`发送自定义推送 ${act.fields[0].value}`);
    default: return side('user', avatar(h('span', { class: 'avatar' }), user()?.nickname || '', user()?.color), actContent(act, actions), told);
  }
}

function actContent(act, actions) {
  switch (act.kind) {
    case 'image': return photo(act.media_id);
    case 'voice': return voice(act.text);
    case 'location': return place(act);
    case 'link': {
      const url = safeURL(act.url);
      return h('div', { class: 'bubble card' }, h('strong', {}, act.title || act.url), h('p', {}, act.description || ''), url && link(url, '打开'));
    }
    default: return h('div', { class: 'bubble text' }, rich(act.text, actions));
  }
}

/** state tells how far the platform is with an act; nothing once its reply is there. */
function state(entry, actions) {
  switch (entry.state) {
    case 'sending': return meta(entry, entry.try > 1 ? `第 ${entry.try} 次推送中…` : '发送中…', actions);
    case 'acknowledged': return meta(entry, `已收下，没有回复 · ${took(entry.took_ms || 0)}`, actions);
    case 'failed': return meta(entry, `未获回复：${entry.why?.text || ''}`, actions, true);
    case 'interrupted': return meta(entry, entry.why?.text || '已中断', actions, true);
    default: return null;
  }
}

function note(entry, actions) {
  return h('div', { class: 'entry system' }, h('span', { class: 'note' }, entry.note),
    meta(entry, entry.why ? `${entry.try} 次推送 · ${took(entry.took_ms || 0)} · ${entry.why.text}` : `${nth(entry)} · ${took(entry.took_ms || 0)}`, actions, Boolean(entry.why)));
}
