// Whose phone it is, and which account's chat.

import { $, avatar, closeDialog, dialog, h, toast } from './dom.js';
import { account, choose, newUser, on, store } from './store.js';

/** steps tells a newcomer what to try, in the words of the account's own menu. */
export function steps() {
  const a = account();
  if (!a) return [];
  const buttons = a.menu.flatMap((b) => [b, ...(b.sub_button || [])]).filter((b) => b.type === 'click').map((b) => b.name);
  const b = (text) => h('b', {}, text);
  return [
    h('li', {}, a.scenes.length > 0 ? [b('扫码关注'), '：点任意一个二维码'] : [b('关注'), '公众号']),
    h('li', {}, buttons[0] ? ['点菜单“', b(buttons[0]), '”'] : ['随便', b('说一句话')]),
    h('li', {}, buttons[1] ? ['再试试“', b(buttons[1]), '”，点选项作答'] : ['在调试面板里看', b('线路日志')]),
  ];
}

function accountButtons() {
  return store.accounts.map((a) => h('button', {
    type: 'button', class: 'item', 'aria-pressed': String(a.name === store.account),
    onclick() { closeDialog(); choose(a.name, store.user); },
  }, avatar(h('span', { class: 'avatar brand small' }), a.title), h('span', {}, a.title, h('small', {}, a.original_id))));
}

function userButtons() {
  return store.users.map((u) => h('button', {
    type: 'button', class: 'item', 'aria-pressed': String(u.id === store.user),
    onclick() { closeDialog(); choose(store.account, u.id); },
  }, avatar(h('span', { class: 'avatar small' }), u.nickname, u.color),
  h('span', {}, u.nickname, h('small', {}, u.accounts[store.account]?.following ? '已关注' : '未关注'))));
}

function render() {
  $('#guide-steps').replaceChildren(...steps());
  $('#guide-accounts').hidden = store.accounts.length < 2;
  for (const el of document.querySelectorAll('[data-list="accounts"]')) el.replaceChildren(...accountButtons());
  for (const el of document.querySelectorAll('[data-list="users"]')) el.replaceChildren(...userButtons());
}

function peopleSheet() {
  dialog('切换',
    store.accounts.length > 1 && [h('h3', {}, '公众号'), h('div', { class: 'list', 'data-list': 'accounts' }, accountButtons())],
    h('h3', {}, '用谁的手机'), h('div', { class: 'list', 'data-list': 'users' }, userButtons()),
    h('button', { type: 'button', class: 'plain wide', onclick: newUserSheet }, '＋ 新建用户'));
}

function newUserSheet() {
  const input = h('input', { name: 'nickname', maxLength: 32, placeholder: `用户 ${store.users.length + 1}`, autocomplete: 'off' });
  const el = h('form', { class: 'form', async onsubmit(e) {
    e.preventDefault();
    closeDialog();
    try {
      await newUser(input.value);
    } catch (error) {
      toast(error.message);
    }
  } }, h('label', { class: 'field' }, h('span', {}, '昵称（可以带表情）'), input), h('button', { class: 'primary wide' }, '创建并使用'));
  dialog('新建用户', el);
  input.focus();
}

/** startPeople draws the lists and keeps them up to date. */
export function startPeople() {
  $('#open-people').addEventListener('click', peopleSheet);
  $('[data-open="new-user"]').addEventListener('click', newUserSheet);
  for (const name of ['state', 'chosen', 'user']) on(name, render);
}
