// The conversation of a person with an official account, as the person's phone shows it.

import { h, avatar, span } from '../dom.js';
import { api } from '../api.js';
import { account, entries, loaded, now, user } from '../store.js';
import { codes, linkSheet, locationSheet, pictureSheet, scanSheet, voiceSheet } from '../chat/sheets.js';
import { choices } from '../chat/rich.js';
import { icons } from '../icons.js';
import { steps } from '../device/guide.js';
import { exchangeLine } from './exchange.js';
import { nickOf, talkWith } from './servicer.js';

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
    subtitle: () => { const by = talkWith(accountName, userID); return by && (by.servicer ? `${nickOf(accountName, by.servicer)} 接待中` : '等待人工'); },
    picture: () => ({ name: a().title, brand: 'official' }),
    load: async () => loaded(key, await api.chat(accountName, userID)),
    mode: () => (following() ? 'open' : 'profile'),
    writable: following,
    menu: () => a().menu,
    say: (text, menuID) => act({ kind: 'text', text, menu_id: menuID }),
    begun: () => Boolean(follower()?.followed_at),
    invitation: () => '公众号：扫码关注',
    line: (entry) => exchangeLine(key, entry, {
      them: { name: a()?.title || '', brand: 'official' }, me: { name: me()?.nickname || '', color: me()?.color }, api: { name: '客服消息', path: 'message/custom/send' },
      tap: (item) => talk.say(item.content, item.id), servicerName: (servicer) => nickOf(accountName, servicer),
    }),
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

const windows = new Map(); // what may still be sent, by key: asked for by loadWindow

/** loadWindow asks what the account may still send to the person. */
export async function loadWindow(accountName, userID) {
  windows.set(`official/${accountName}/${userID}`, await api.window(accountName, userID));
}

/** officialQuota tells what the account may still say to the person; see panel/person.js. */
export function officialQuota(accountName, userID) {
  const f = user(userID)?.accounts[accountName];
  if (!f?.followed_at) return null;
  const key = `official/${accountName}/${userID}`;
  const w = windows.get(key);
  const rest = w?.until ? new Date(w.until) - now() : 0;
  const by = talkWith(accountName, userID);
  const open = w && w.left > 0 && rest > 0;
  return {
    key, title: account(accountName).title, kind: '公众号', short: !f.following ? '已取消关注' : open ? `客服消息可发 ${w.left} 条` : '客服消息窗口关闭',
    rows: [
      ['关注', f.following ? `已关注${f.scene ? `，来自场景 ${f.scene}` : ''}` : '已取消关注'],
      ['客服消息', open ? `还可发 ${w.left} 条` : w?.left === 0 && rest > 0 ? '条数已用完' : '窗口关闭'],
      ...(open ? [['窗口', `还剩 ${span(rest) || '不到 1 分钟'}`]] : []),
      ...(account(accountName).certified === false ? [['认证', '未认证，不能发客服消息']] : []),
      ...(by ? [['人工', by.servicer ? `${nickOf(accountName, by.servicer)} 接待中` : '等待接入']] : []),
    ],
  };
}
