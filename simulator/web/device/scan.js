// What a person can scan or tap to get to know somebody: codes of official accounts, contact ways, members, links to desks.

import { closeDialog, dialog, h, portraitOf } from '../dom.js';
import { api } from '../api.js';
import { member, store, user } from '../store.js';
import { portrait } from '../chat/bubbles.js';
import { code } from '../chat/sheets.js';
import { openSheet } from '../chat/desksheets.js';
import { relation } from '../talks/contact.js';
import { groupName, joinable } from '../talks/group.js';

/** scanSheet shows everything there is; what is scanned is done and opened. */
export function scanSheet(userID, open, run) {
  const then = (address, work) => async () => {
    closeDialog();
    if (await run(work)) open(...address);
  };
  const sections = [
    ...store.accounts.filter((a) => a.scenes.length).map((a) => [`公众号 ${a.title}`, h('div', { class: 'codes' }, a.scenes.map((s) => code(api.qr(a.name, s.key), s.title || s.key,
      then(['official', a.name], () => api.act(a.name, userID, { kind: 'scan', scene: s.key })))))]),
    ...store.corps.flatMap((c) => [ways(c, userID, open, run), members(c, userID, then), groupCodes(c, userID, then)]),
    store.desks.length > 0 && ['微信客服链接', h('div', { class: 'list' }, store.desks.map((d) => deskRow(d, userID, open, run)))],
  ].filter(Boolean);
  dialog('扫一扫', h('p', { class: 'muted' }, '点一个，就当是用手机扫了它'), ...sections.flatMap(([title, el]) => [h('h3', {}, title), el]));
}

/** addBy adds whoever a contact way leads to, and opens the conversation; half leaves it to the member to add back. */
export async function addBy(corpID, way, userID, open, run, half) {
  const done = await run(() => api.contactAct(corpID, { kind: 'add', config_id: way.config_id, user: userID, half }));
  if (!done) return;
  store.contacts.set(corpID, await api.contact(corpID));
  const m = done.events?.[0]?.user_id || way.users.find((id) => relation(corpID, id, userID)) || way.users[0];
  open('contact', corpID, m);
}

function ways(c, userID, open, run) {
  const found = (store.contacts.get(c.id)?.ways || []).filter((w) => !w.temporary);
  if (found.length === 0) return null;
  const half = h('input', { type: 'checkbox' });
  const scan = (w) => () => { closeDialog(); addBy(c.id, w, userID, open, run, half.checked && w.skip_verify); };
  return [`“联系我”二维码 · ${c.title}`, h('div', {},
    h('div', { class: 'codes' }, found.map((w) => code(api.wayCode(c.id, w.config_id), wayName(w), scan(w)))),
    h('label', { class: 'check' }, half, h('small', {}, '免验证的码只单向添加，等成员加回')))];
}

/** wayName is what people call a contact way. */
export const wayName = (w) => w.title || w.remark || w.state || w.config_id.slice(0, 8);

function members(c, userID, then) {
  const rows = store.members.filter((m) => m.corp === c.id && store.contacts.has(c.id)).map((m) => h('button', {
    type: 'button', class: 'item', 'aria-label': `扫 ${m.name} 的名片码`, disabled: ['asked', 'half', 'full'].includes(relation(c.id, m.userid, userID)?.status),
    onclick: then(['contact', c.id, m.userid], () => api.contactAct(c.id, { kind: 'add', user_id: m.userid, user: userID })),
  }, portraitOf(member(m.userid, c.id), 'small'), h('span', {}, m.name, h('small', {}, `${c.title} · 名片码`))));
  return rows.length ? [`成员名片码 · ${c.title}`, h('div', { class: 'list' }, rows)] : null;
}

function groupCodes(c, userID, then) {
  const rows = joinable(c.id, user(userID)?.corps?.[c.id]).map((g) => h('button', {
    type: 'button', class: 'item', 'aria-label': `扫“${groupName(g)}”的群二维码`,
    onclick: then(['group', c.id, g.chat_id], () => api.contactAct(c.id, { kind: 'join_group', chat_id: g.chat_id, user: userID })),
  }, portrait({ name: groupName(g), brand: 'group' }, 'small'), h('span', {}, groupName(g), h('small', {}, `${g.people.length} 人 · 群二维码`))));
  return rows.length ? [`客户群 · ${c.title}`, h('div', { class: 'list' }, rows)] : null;
}

function deskRow(d, userID, open, run) {
  const enter = async (v) => { if (await run(() => api.deskAct(d.open_kfid, userID, { kind: 'open', ...v }))) open('desk', d.open_kfid); };
  return h('div', { class: 'row' },
    h('button', { type: 'button', class: 'item grow', 'aria-label': `打开“${d.name}”的客服链接`, onclick() { closeDialog(); enter({}); } },
      portrait({ name: d.name, brand: 'desk' }, 'small'), h('span', {}, d.name, h('small', {}, d.link))),
    h('button', { type: 'button', class: 'plain', onclick: () => openSheet(d, enter) }, '带场景值…'));
}
