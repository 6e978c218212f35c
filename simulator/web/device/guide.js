// Whose device it is: the people and the staff, and what a newcomer may try.

import { $, avatar, closeDialog, dialog, h, toast } from '../dom.js';
import { account, newUser, on, store } from '../store.js';
import { go } from '../place.js';
import { form } from '../chat/sheets.js';

/** steps tells a newcomer what to try, in the words of the account's own menu. */
export function steps(a) {
  if (!a) return [];
  const buttons = a.menu.flatMap((b) => [b, ...(b.sub_button || [])]).filter((b) => b.type === 'click').map((b) => b.name);
  const b = (text) => h('b', {}, text);
  return [
    h('li', {}, a.scenes.length > 0 ? [b('扫码关注'), '：点任意一个二维码'] : [b('关注'), '公众号']),
    h('li', {}, buttons[0] ? ['点菜单“', b(buttons[0]), '”'] : ['随便', b('说一句话')]),
    h('li', {}, buttons[1] ? ['再试试“', b(buttons[1]), '”，点选项作答'] : ['在调试面板里看', b('线路日志')]),
  ];
}

/** homeOf is what a person's phone opens with: their first account when there is nothing else to choose from. */
function homeOf() {
  const [kind, name] = store.place?.side === 'person' ? store.place.talk : [];
  if (kind === 'official' && account(name)) return [kind, name];
  return store.accounts[0] ? ['official', store.accounts[0].name] : [];
}

function userButtons() {
  return store.users.map((u) => h('button', {
    type: 'button', class: 'item', 'aria-pressed': String(store.place?.side === 'person' && u.id === store.place.id),
    onclick() { closeDialog(); go('person', u.id, homeOf()); },
  }, avatar(h('span', { class: 'avatar small' }), u.nickname, u.color), h('span', {}, u.nickname, h('small', {}, about(u)))));
}

function about(u) {
  const followed = store.accounts.filter((a) => u.accounts[a.name]?.following).map((a) => a.title);
  if (store.accounts.length === 1) return followed.length ? '已关注' : '未关注';
  return followed.length ? `已关注 ${followed.join('、')}` : '未关注公众号';
}

function render() {
  $('#guide-steps').replaceChildren(...steps(store.accounts[0]));
  for (const el of document.querySelectorAll('[data-list="users"]')) el.replaceChildren(...userButtons());
}

/** devicesSheet is the choice where there is no room for it beside the device. */
export function devicesSheet() {
  dialog('切换',
    h('h3', {}, '用谁的手机'), h('div', { class: 'list', 'data-list': 'users' }, userButtons()),
    h('button', { type: 'button', class: 'plain wide', onclick: newUserSheet }, '＋ 新建用户'));
}

function newUserSheet() {
  const input = h('input', { name: 'nickname', maxLength: 32, placeholder: `用户 ${store.users.length + 1}`, autocomplete: 'off' });
  form('新建用户', '创建并使用', [h('label', { class: 'field' }, h('span', {}, '昵称（可以带表情）'), input)], async ({ nickname }) => {
    try {
      const made = await newUser(nickname);
      go('person', made.id, homeOf());
    } catch (error) {
      toast(error.message);
    }
  });
  input.focus();
}

/** startGuide draws the lists and keeps them up to date. */
export function startGuide() {
  $('[data-open="new-user"]').addEventListener('click', newUserSheet);
  for (const name of ['state', 'place', 'user']) on(name, render);
}
