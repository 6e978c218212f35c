// The conversation of a person with an official account, as the person's phone shows it.

import { h, avatar, took } from '../dom.js';
import { api } from '../api.js';
import { account, entries, loaded, user } from '../store.js';
import { codes, linkSheet, locationSheet, pictureSheet, scanSheet, voiceSheet } from '../chat/sheets.js';
import { choices } from '../chat/rich.js';
import { icons } from '../icons.js';
import { steps } from '../device/guide.js';

/** officialTalk is the conversation; see talks/index.js for what a talk can do. */
export function officialTalk(accountName, userID) {
  const key = `official/${accountName}/${userID}`;
  const me = () => user(userID);
  const follower = () => me()?.accounts[accountName];
  const following = () => Boolean(follower()?.following);
  const a = () => account(accountName);
  const act = (what) => api.act(accountName, userID, what);
  const talk = {
    key,
    title: () => a().title,
    picture: () => ({ name: a().title, brand: 'official' }),
    load: async () => loaded(key, await api.chat(accountName, userID)),
    mode: () => (following() ? 'open' : 'profile'),
    writable: following,
    menu: () => a().menu,
    say: (text, menuID) => act({ kind: 'text', text, menu_id: menuID }),
    line: (entry) => line(entry, a(), me()),
    choices: () => offered(key, following()),
    below: () => (following() ? null : profile(a(), follower(), act, entries(key).length > 0)),
    tap(button) {
      switch (button.type) {
        case 'view': return act({ kind: 'view', url: button.url });
        case 'miniprogram': return act({ kind: 'open_mini_program', key: button.pagepath });
        default: return act({ kind: 'click', key: button.key });
      }
    },
    tools: (run) => [
      ['照片', icons.picture, () => pictureSheet((blob) => run(() => api.picture(accountName, userID, blob)))],
      ['位置', icons.place, () => locationSheet((v) => run(() => act(v)))],
      ['语音', icons.voice, () => voiceSheet((v) => run(() => act(v)))],
      ['链接', icons.link, () => linkSheet((v) => run(() => act(v)))],
      ['扫一扫', icons.scan, () => scanSheet(a(), (scene) => run(() => act({ kind: 'scan', scene: scene.key })))],
      ['取消关注', icons.leave, () => run(() => act({ kind: 'unfollow' }))],
    ],
  };
  return talk;
}

/** profile is what somebody sees who does not follow: the codes to scan. */
function profile(a, follower, act, again) {
  return (run) => h('section', { class: 'profile', 'aria-label': '关注公众号' },
    avatar(h('span', { class: 'avatar brand large' }), a.title), h('h2', {}, a.title),
    h('p', {}, follower?.followed_at ? '你已取消关注，再扫码就会重新关注' : '还没有关注这个公众号'),
    a.scenes.length > 0 && h('p', { class: 'muted' }, '点一个二维码，就当是用手机扫了它'),
    codes(a, (scene) => run(() => act({ kind: 'scan', scene: scene.key }))),
    h('button', { type: 'button', class: 'plain wide', onclick: () => run(() => act({ kind: 'follow' })) }, '不扫码，直接关注'),
    !again && h('ol', { class: 'steps card' }, steps(a)));
}

/** offered are the answers that the account's last text offers. */
function offered(key, following) {
  const last = entries(key).findLast((e) => e.from !== 'user' || e.act.kind !== 'unfollow');
  return following && last?.from === 'account' && last.reply.kind === 'text' ? choices(last.reply.text) : { offered: [] };
}

const nth = (entry) => (entry.try > 1 ? `第 ${entry.try} 次推送` : '被动回复');

function line(entry, a, me) {
  switch (entry.from) {
    case 'user': return fromUser(entry, me);
    case 'account': return fromAccount(entry, a);
    default: return note(entry, entry.note);
  }
}

function fromAccount(entry, a) {
  if (entry.reply.kind === 'transfer_customer_service') return note(entry, '已转接人工客服，请稍候');
  return {
    side: 'them', picture: { name: a?.title || '', brand: 'official' }, content: entry.reply,
    meta: { text: `${nth(entry)} · ${took(entry.took_ms || 0)}`, exchange: entry.exchange },
  };
}

function fromUser(entry, me) {
  const { act } = entry;
  const meta = state(entry);
  const system = (text) => ({ side: 'system', text, meta });
  const scene = act.title || act.scene;
  switch (act.kind) {
    case 'follow': case 'scan': return system(scene ? `扫描“${scene}”的二维码` : '关注了公众号');
    case 'unfollow': return system('取消了关注');
    case 'click': return system(`点击菜单“${act.title || act.key}”`);
    case 'view': return system(`打开菜单链接“${act.title || act.url}”`);
    case 'open_mini_program': return system(`打开小程序“${act.title || act.key}”`);
    case 'raw': return system(`发送自定义推送 ${act.fields[0].value}`);
    default: return { side: 'me', picture: { name: me?.nickname || '', color: me?.color }, content: act, meta };
  }
}

/** state tells how far the platform is with an act; nothing once its reply is there. */
function state(entry) {
  const { exchange } = entry;
  switch (entry.state) {
    case 'sending': return { text: entry.try > 1 ? `第 ${entry.try} 次推送中…` : '发送中…', exchange };
    case 'acknowledged': return { text: `已收下，没有回复 · ${took(entry.took_ms || 0)}`, exchange };
    case 'failed': return { text: `未获回复：${entry.why?.text || ''}`, exchange, bad: true };
    case 'interrupted': return { text: entry.why?.text || '已中断', exchange, bad: true };
    default: return null;
  }
}

function note(entry, text) {
  const took_ = took(entry.took_ms || 0);
  return {
    side: 'system', text,
    meta: { exchange: entry.exchange, bad: Boolean(entry.why), text: entry.why ? `${entry.try} 次推送 · ${took_} · ${entry.why.text}` : `${nth(entry)} · ${took_}` },
  };
}
