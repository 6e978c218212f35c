// The conversation of a member of staff with an app of their corp, in the member's client.

import { api } from '../api.js';
import { app, entries, loaded } from '../store.js';
import { linkSheet, locationSheet, pictureSheet, voiceSheet } from '../chat/sheets.js';
import { choices } from '../chat/rich.js';
import { icons } from '../icons.js';
import { clickSheet } from '../chat/appsheets.js';
import { exchangeLine } from './exchange.js';

/** appTalk is the conversation; me is the member. */
export function appTalk(name, me) {
  const key = `app/${name}/${me.userid}`;
  const a = () => app(name);
  const act = (what) => api.act(name, me.userid, what);
  return {
    key,
    title: () => a()?.title || name,
    subtitle: () => '应用',
    picture: () => ({ name: a()?.title || name, brand: 'app' }),
    load: async () => loaded(key, await api.chat(name, me.userid)),
    begun: () => true,
    invitation: () => '应用：可以直接发消息',
    mode: () => 'open',
    writable: () => Boolean(a()?.callback),
    menu: () => [],
    say: (text) => act({ kind: 'text', text }),
    line: (entry) => exchangeLine(key, entry, { them: { name: a()?.title || name, brand: 'app' }, me, api: { name: '应用消息', path: 'message/send' } }),
    tapCard: (entry, button) => act({ kind: 'card', card: entry.msg_id, key: button.key, title: button.text }),
    choices: () => offered(key),
    strip: (run) => ({ text: '应用会话', buttons: [
      ['进入应用', () => run(() => act({ kind: 'enter' }))],
      ['点菜单…', () => clickSheet((v) => run(() => act({ kind: 'click', key: v.key })))],
    ] }),
    tools: (run) => [
      ['照片', icons.picture, () => pictureSheet((blob) => run(() => api.picture(name, me.userid, blob)))],
      ['位置', icons.place, () => locationSheet((v) => run(() => act(v)))],
      ['语音', icons.voice, () => voiceSheet((v) => run(() => act(v)))],
      ['链接', icons.link, () => linkSheet((v) => run(() => act(v)))],
    ],
  };
}

function offered(key) {
  const last = entries(key).findLast((e) => e.from !== 'system');
  return last?.from === 'account' && last.reply.kind === 'text' && !last.recalled ? choices(last.reply.text) : { offered: [] };
}
