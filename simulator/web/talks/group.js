// A customers' group (客户群) as its members see it: the mass messages that its owner sent into it, who is in it, and what they may do.
// What people say there is not played: the platform has no calls for it.

import { h } from '../dom.js';
import { api } from '../api.js';
import { corp, entries, member, person, store, user } from '../store.js';
import { portrait } from '../chat/bubbles.js';
import { field, form, confirmSheet } from '../chat/sheets.js';
import { peopleSheet } from '../chat/contactsheets.js';

const customer = 2; // the type of a customer among the people; the others are members of staff

const groupOf = (corpID, chatID) => store.contacts.get(corpID)?.chats.find((c) => c.chat_id === chatID);

/** groups lists the groups of a corp that somebody, by user id or external user id, is in. */
export const groups = (corpID, id) => (store.contacts.get(corpID)?.chats || []).filter((c) => !c.dismissed && c.people.some((p) => p.id === id));

/** joinable lists the groups that a customer is not in. */
export const joinable = (corpID, id) => (store.contacts.get(corpID)?.chats || []).filter((c) => !c.dismissed && !c.people.some((p) => p.id === id));

export const groupName = (g) => g.name || `客户群 ${g.chat_id.slice(2, 8)}`;

/** groupTalk is the group on a customer's phone, or in the client of a member: me is {userID} or a member. */
export function groupTalk(corpID, chatID, me) {
  const g = () => groupOf(corpID, chatID);
  const id = me.userid || user(me.userID)?.corps?.[corpID];
  const act = (what) => api.contactAct(corpID, { chat_id: chatID, ...(me.userid ? { user_id: me.userid } : { user: me.userID }), ...what });
  const inside = () => g() && !g().dismissed && g().people.some((p) => p.id === id);
  return {
    key: `group/${corpID}/${chatID}`,
    address: me.userid ? ['group', chatID] : ['group', corpID, chatID],
    title: () => `${groupName(g())}（${g().people.length}）`,
    subtitle: () => `客户群 · ${corp(corpID)?.title || corpID}`,
    picture: () => ({ name: groupName(g()), brand: 'group' }),
    load: async () => {},
    begun: inside,
    invitation: () => '客户群',
    mode: () => JSON.stringify(g()),
    writable: () => false,
    menu: () => [],
    line(l) {
      const owner = member(l.user_id, corpID) || { name: l.user_id };
      return { side: me.userid === l.user_id ? 'me' : 'them', picture: owner, who: owner.name, content: l, meta: { text: '客户群群发 · 群主确认后发出', call: 'externalcontact/add_msg_template' } };
    },
    below: () => (run) => {
      const people = board(corpID, g(), me, id, inside(), act, run);
      return entries(`group/${corpID}/${chatID}`).length ? h('details', {}, h('summary', {}, `群成员（${g().people.length}）`), people) : people;
    },
  };
}

function board(corpID, g, me, id, inside, act, run) {
  const mine = me.userid && g.owner === me.userid;
  const button = (label, press) => h('button', { type: 'button', class: 'plain', onclick: press }, label);
  return h('section', { class: 'group', 'aria-label': groupName(g) },
    g.notice && h('p', { class: 'notice' }, `群公告：${g.notice}`),
    g.dismissed && h('p', { class: 'muted' }, '群已解散'),
    h('div', { class: 'list' }, g.people.map((p) => someone(corpID, p, g, mine && p.id !== id, act, run))),
    !g.dismissed && h('div', { class: 'buttons' },
      !inside && button('扫群二维码加入', () => run(() => act({ kind: 'join_group' }))),
      inside && me.userid && button('邀请…', () => peopleSheet('邀请进群', corpID, me, g.people.map((p) => p.id), (names) => run(() => act({ kind: 'invite', names })))),
      mine && button('改群名…', () => form('改群名', '保存', [field('群名', { name: 'name', value: g.name, maxLength: 30 })], (v) => run(() => act({ kind: 'rename_group', name: v.name })))),
      mine && button('群公告…', () => form('群公告', '发布', [field('公告', { name: 'text', value: g.notice || '', maxLength: 200 })], (v) => run(() => act({ kind: 'group_notice', text: v.text })))),
      inside && !mine && button('退群', () => run(() => act({ kind: 'leave_group' }))),
      mine && button('解散', () => confirmSheet(`解散 ${groupName(g)}`, '解散后，企业会收到 change_external_chat 的 dismiss 事件。', '解散', () => run(() => act({ kind: 'dismiss_group' }))))));
}

function someone(corpID, p, g, removable, act, run) {
  const u = p.type === customer ? person(p.id, corpID) : member(p.id, corpID);
  const name = u?.nickname || u?.name || p.id;
  const role = p.type === customer ? '客户' : p.id === g.owner ? '群主' : '成员';
  return h('div', { class: 'row item' }, portrait(p.type === customer ? { name, color: u?.color } : u || { name }, 'small'), h('span', {}, name, h('small', {}, role)),
    removable && h('button', { type: 'button', class: 'plain', 'aria-label': `移出 ${name}`, onclick: () => run(() => act({ kind: 'remove', names: [p.id] })) }, '移出'),
    removable && p.type !== customer && h('button', { type: 'button', class: 'plain', 'aria-label': `让 ${name} 当群主`, onclick: () => run(() => act({ kind: 'change_owner', id: p.id })) }, '转让群主'));
}
