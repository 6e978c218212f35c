// What a corp's admins set, as far as it changes what the bot meets: another app that welcomes, the archive, members, tags, desks.

import { $, closeDialog, dialog, h, redraw } from '../dom.js';
import { api } from '../api.js';
import { on, store } from '../store.js';
import { field, form } from '../chat/sheets.js';
import { failures } from '../talks/desk.js';
import { attempt } from './subject.js';

/** corpShown is the corp of the device, or the first. */
const corpShown = () => store.corps.find((c) => c.id === store.members.find((m) => m.id === store.place?.id)?.corp) || store.corps[0];

const rivals = [
  ['none', '没有', null], ['first', '抢先发出', { takes_ms: 0 }], ['slow', '占用 5 秒', { takes_ms: 5000 }], ['fails', '占用后失败', { takes_ms: 2000, fails: true }],
];
const rivalNow = (r) => rivals.find(([, , x]) => x && r && x.takes_ms === r.takes_ms && Boolean(x.fails) === Boolean(r.fails))?.[0] || 'none';

function render() {
  const c = corpShown();
  const v = c && store.contacts.get(c.id);
  $('#console').hidden = !v;
  if (!v) return;
  const act = (what) => attempt(() => api.contactAct(c.id, what));
  const set = v.console;
  $('#console-title').textContent = `管理后台 · ${c.title}`;
  redraw($('#console-rows'), () => [
    h('label', { class: 'fault' }, h('span', {}, h('b', {}, '另一个应用'), h('small', {}, '也发欢迎语：41051、41096')),
      h('select', { name: 'rival', 'aria-label': '另一个应用的欢迎语', onchange(e) {
        act({ kind: 'set_rival', rival: rivals.find(([name]) => name === e.target.value)[2] || undefined });
      } },
        rivals.map(([name, label]) => h('option', { value: name, selected: name === rivalNow(set.rival) }, label)))),
    toggle('会话存档', '客户同意前不能发欢迎语（41053）', set.archive, (next) => act({ kind: 'set_archive', on: next })),
    ...store.members.filter((m) => m.corp === c.id).map((m) => memberRow(m, set, act)),
    tagsRow(v, act),
    ...store.desks.filter((d) => d.corp === c.id).map(deskRow),
  ]);
}

function toggle(name, about, value, set) {
  return h('label', { class: 'fault' }, h('span', {}, h('b', {}, name), h('small', {}, about)),
    h('select', { 'aria-label': name, onchange: (e) => set(e.target.value === 'on') }, [['off', '关'], ['on', '开']].map(
      ([v, label]) => h('option', { value: v, selected: Boolean(value) === (v === 'on') }, label))));
}

const row = (name, about, ...buttons) => h('div', { class: 'fault' }, h('span', {}, h('b', {}, name), h('small', {}, about)), h('div', { class: 'buttons' }, buttons));
const button = (label, press) => h('button', { type: 'button', class: 'plain', onclick: press }, label);

function memberRow(m, set, act) {
  const left = set.left?.[m.userid];
  const about = [left ? '已离职' : '在职', set.skip_verify?.[m.userid] ? '免验证添加' : '添加需通过', set.welcomes?.[m.userid] && '后台有欢迎语'].filter(Boolean).join(' · ');
  return row(m.name, about, button('设置', () => memberSheet(m, set, act)));
}

function memberSheet(m, set, act) {
  const left = set.left?.[m.userid];
  form(`成员 ${m.name}`, '保存', [
    field('后台配置的欢迎语（配置后没有 welcome_code）', { name: 'welcome', value: set.welcomes?.[m.userid] || '', maxLength: 200 }),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'skip', checked: Boolean(set.skip_verify?.[m.userid]) }), '扫名片码免验证添加'),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'left', checked: Boolean(left) }), '已离职'),
  ], async (v) => {
    if (v.welcome !== (set.welcomes?.[m.userid] || '')) await act({ kind: 'set_welcome', user_id: m.userid, text: v.welcome });
    if (Boolean(v.skip) !== Boolean(set.skip_verify?.[m.userid])) await act({ kind: 'set_verify', user_id: m.userid, on: Boolean(v.skip) });
    if (Boolean(v.left) !== Boolean(left)) await act({ kind: v.left ? 'member_left' : 'member_back', user_id: m.userid });
  });
}

function tagsRow(v, act) {
  const names = v.tags.map((g) => `${g.name}：${g.tags.map((t) => t.name).join('、')}`).join('；');
  return row('企业标签', names || '还没有标签',
    v.tags.length > 0 && button('删除…', () => deleteSheet(v, act)), button('新建…', () => form('新建标签', '创建', [
      field('标签组', { name: 'group', required: true, maxLength: 15 }), field('标签（用顿号分开）', { name: 'names', required: true, maxLength: 200 }),
    ], (x) => act({ kind: 'create_tags', name: x.group, id: v.tags.find((g) => g.name === x.group)?.id, names: x.names.split(/[、,，]/).map((s) => s.trim()).filter(Boolean) }))));
}

function deleteSheet(v, act) {
  const one = (name, id) => h('button', { type: 'button', class: 'item', onclick() { closeDialog(); act({ kind: 'delete_tag', id }); } }, name);
  dialog('删除标签', v.tags.map((g) => [h('h3', {}, g.name), h('div', { class: 'list' }, one(`整组 ${g.name}`, g.id), g.tags.map((t) => one(t.name, t.id)))]).flat());
}

function deskRow(d) {
  const next = d.fail_next?.length ? `下一条消息会失败：${failures[d.fail_next[0]]}` : '';
  return row(`客服账号 ${d.name}`, [d.manage_privilege ? '接口可操作' : '接口不可操作（48007）', next].filter(Boolean).join(' · '), button('设置', () => deskSheet(d)));
}

function deskSheet(d) {
  form(`客服账号 ${d.name}`, '保存', [
    h('label', { class: 'field' }, h('span', {}, '下一条 send_msg 回答 errcode 0，之后却发送失败'),
      h('select', { name: 'fail' }, [['', '不失败'], ...Object.entries(failures)].map(([code, why]) => h('option', { value: code, selected: `${d.fail_next?.[0] ?? ''}` === code }, code && `${code} ${why}` || why)))),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'managed', checked: d.manage_privilege }), '允许接口操作这个账号'),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'forget' }), '让已发出的游标 cursor 全部失效（40035）'),
  ], (v) => attempt(async () => {
    const wanted = v.fail === '' ? [] : [Number(v.fail)];
    if (String(wanted) !== String(d.fail_next || [])) await api.deskFailNext(d.open_kfid, wanted);
    if (Boolean(v.managed) !== d.manage_privilege) await api.deskManaged(d.open_kfid, Boolean(v.managed));
    if (v.forget) await api.deskForget(d.open_kfid);
  }));
}

/** startConsole draws the card and keeps it up to date. */
export function startConsole() {
  for (const name of ['place', 'world']) on(name, render);
}
