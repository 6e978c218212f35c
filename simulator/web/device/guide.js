// Whose device it is: the people and the staff, and what a newcomer may try.

import { $, avatar, closeDialog, dialog, h, portraitOf, redraw, toast } from '../dom.js';
import { account, newUser, on, store } from '../store.js';
import { go, lastOf } from '../place.js';
import { form } from '../chat/sheets.js';
import { tasks } from '../talks/task.js';

const b = (text) => h('b', {}, text);

/** steps tells a newcomer what to try with an official account, in the words of its own menu. */
export function steps(a) {
  if (!a) return [];
  const buttons = a.menu.flatMap((m) => [m, ...(m.sub_button || [])]).filter((m) => m.type === 'click').map((m) => m.name);
  return [
    h('li', {}, a.scenes.length > 0 ? [b('扫码关注'), '：点任意一个二维码'] : [b('关注'), '公众号']),
    h('li', {}, buttons[0] ? ['点菜单“', b(buttons[0]), '”'] : ['随便', b('说一句话')]),
    h('li', {}, buttons[1] ? ['再试试“', b(buttons[1]), '”，点选项作答'] : ['在调试面板里看', b('线路日志')]),
  ];
}

/** corpSteps tells what to try with a corp: add somebody, chat at a desk, be served by a person. */
function corpSteps() {
  const m = store.members.find((x) => x.corp);
  const d = store.desks[0];
  return [
    m && h('li', {}, '回到聊天列表，', b('扫一扫'), '添加', b(m.name)),
    d && h('li', {}, '打开', b(d.name), '的客服链接，说“', b('人工'), '”'),
    d && m && h('li', {}, '换成', b(m.name), '的企业微信，点“', b('接入'), '”'),
  ].filter(Boolean);
}

/** homeOf is what a person's phone opens with: what was open on it, or else the same kind of account as on the one before. */
function homeOf(userID) {
  const last = lastOf(userID);
  if (last) return last;
  if (store.place?.side !== 'person') return [];
  const [kind, name] = store.place.talk;
  return kind === 'official' && account(name) ? [kind, name] : [];
}

function userButtons() {
  return store.users.map((u) => h('button', {
    type: 'button', class: 'item', 'aria-pressed': String(store.place?.side === 'person' && u.id === store.place.id),
    onclick() { closeDialog(); go('person', u.id, homeOf(u.id)); },
  }, avatar(h('span', { class: 'avatar small' }), u.nickname, u.color), h('span', {}, u.nickname, h('small', {}, about(u)))));
}

function about(u) {
  if (store.accounts.length === 0) return '';
  const followed = store.accounts.filter((a) => u.accounts[a.name]?.following).map((a) => a.title);
  if (store.accounts.length === 1) return followed.length ? '已关注' : '未关注';
  return followed.length ? `已关注 ${followed.join('、')}` : '未关注公众号';
}

function memberButtons() {
  return store.members.map((m) => {
    const waiting = store.desks.filter((d) => d.corp === m.corp && d.servicers.some((s) => s.userid === m.userid)).reduce((n, d) => n + d.waiting, 0)
      + m.serves.reduce((n, s) => n + (account(s.account)?.talks || []).filter((t) => !t.servicer).length, 0);
    const asked = tasks(m).length;
    return h('button', {
      type: 'button', class: 'item', 'aria-pressed': String(store.place?.side === 'member' && m.id === store.place.id),
      onclick() { closeDialog(); go('member', m.id); },
    }, portraitOf(m, 'small'), h('span', {}, m.name, h('small', {}, store.corps.find((c) => c.id === m.corp)?.title || '公众号客服', asked > 0 && ` · ${asked} 件待确认`)),
    waiting > 0 && h('em', { class: 'badge', 'aria-label': `${waiting} 位客户等待接入` }, waiting));
  });
}

function render() {
  $('#guide-members').hidden = store.members.length === 0;
  for (const el of document.querySelectorAll('[data-list="members"]')) redraw(el, memberButtons);
  $('#guide-steps').replaceChildren(...steps(store.accounts[0]), ...corpSteps());
  for (const el of document.querySelectorAll('[data-list="users"]')) redraw(el, userButtons);
}

/** devicesSheet is the choice where there is no room for it beside the device. */
export function devicesSheet() {
  dialog('切换',
    h('h3', {}, '用谁的手机'), h('div', { class: 'list', 'data-list': 'users' }, userButtons()),
    h('button', { type: 'button', class: 'plain wide', onclick: newUserSheet }, '＋ 新建用户'),
    ...(store.members.length ? [h('h3', {}, '企业成员和客服'), h('div', { class: 'list', 'data-list': 'members' }, memberButtons())] : []));
}

function newUserSheet() {
  const input = h('input', { name: 'nickname', maxLength: 32, placeholder: `用户 ${store.users.length + 1}`, autocomplete: 'off' });
  form('新建用户', '创建并使用', [h('label', { class: 'field' }, h('span', {}, '昵称（可以带表情）'), input)], async ({ nickname }) => {
    try {
      const made = await newUser(nickname);
      go('person', made.id, homeOf(made.id));
    } catch (error) {
      toast(error.message);
    }
  });
  input.focus();
}

/** startGuide draws the lists and keeps them up to date. */
export function startGuide() {
  $('[data-open="new-user"]').addEventListener('click', newUserSheet);
  for (const name of ['state', 'place', 'user', 'world']) on(name, render);
}
