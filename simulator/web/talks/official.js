// The conversation of a person with an official account, as the person's phone shows it.

import { h, avatar } from '../dom.js';
import { api } from '../api.js';
import { account, entries, loaded, user } from '../store.js';
import { codes, linkSheet, locationSheet, pictureSheet, scanSheet, voiceSheet } from '../chat/sheets.js';
import { choices } from '../chat/rich.js';
import { icons } from '../icons.js';
import { steps } from '../device/guide.js';
import { exchangeLine } from './exchange.js';

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
    begun: () => Boolean(follower()?.followed_at),
    invitation: () => '公众号：扫码关注',
    line: (entry) => exchangeLine(key, entry, {
      them: { name: a()?.title || '', brand: 'official' }, me: { name: me()?.nickname || '', color: me()?.color }, api: { name: '客服消息', path: 'message/custom/send' },
      tap: (item) => talk.say(item.content, item.id),
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

/** officialQuota tells how the person stands with the account; see panel/person.js. */
export function officialQuota(accountName, userID) {
  const f = user(userID)?.accounts[accountName];
  if (!f?.followed_at) return null;
  return {
    key: `official/${accountName}/${userID}`, title: account(accountName).title, kind: '公众号', short: f.following ? '已关注' : '已取消关注',
    rows: [['关注', f.following ? '已关注' : '已取消关注'], ...(f.scene ? [['来自场景', f.scene]] : [])],
  };
}
