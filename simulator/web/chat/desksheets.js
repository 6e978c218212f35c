// The sheets of WeChat customer service.

import { closeDialog, dialog, h, portraitOf } from '../dom.js';
import { desk, member, store } from '../store.js';
import { field, form } from './sheets.js';

/** openSheet asks with which scene a desk's link is opened. */
export function openSheet(d, done) {
  form(`打开“${d.name}”的客服链接`, '进入会话', [
    h('p', { class: 'muted' }, '场景值由企业在客服链接里设置，程序从 enter_session 事件里读到'),
    field('场景值 scene（可不填）', { name: 'scene', maxLength: 32, pattern: '[0-9a-zA-Z_\\-]*', placeholder: '字母、数字、_ 和 -' }),
    field('场景参数 scene_param（可不填）', { name: 'scene_param', maxLength: 128 }),
  ], (v) => done({ scene: v.scene || undefined, scene_param: v.scene ? v.scene_param || undefined : undefined }));
}

/** transferSheet asks to whom a conversation is passed on. */
export function transferSheet(openKfID, me, done) {
  const d = desk(openKfID);
  const others = d.servicers.filter((s) => s.userid !== me.userid);
  const rows = others.map((s) => {
    const m = member(s.userid, d.corp) || { name: s.userid };
    return h('button', { type: 'button', class: 'item', disabled: s.status !== 0, onclick() { closeDialog(); done(s.userid); } },
      portraitOf(m, 'small'), h('span', {}, m.name, h('small', {}, s.status === 0 ? '接待中' : '已停止接待')));
  });
  dialog('转接给', rows.length ? h('div', { class: 'list' }, rows) : h('p', { class: 'muted' }, '这个客服账号没有别的接待人员'));
}

/** cardSheet asks whose card is sent. */
export function cardSheet(corpID, done) {
  dialog('发送名片', h('div', { class: 'list' }, store.members.filter((m) => m.corp === corpID).map((m) => h('button', {
    type: 'button', class: 'item', onclick() { closeDialog(); done(m.userid); },
  }, portraitOf(m, 'small'), h('span', {}, m.name)))));
}
