// The conversation of a customer with a member of staff whom they have added (客户联系), on the phones of both.

import { h, took } from '../dom.js';
import { api } from '../api.js';
import { corp, entries, loaded, member, store, user } from '../store.js';
import { editSheet } from '../chat/contactsheets.js';
import { confirmSheet } from '../chat/sheets.js';
import { icons } from '../icons.js';

export const contactKey = (corpID, memberID, userID) => `contact/${corpID}/${memberID}/${userID}`;

/** relation is what there is between a member and a customer. */
export function relation(corpID, memberID, userID) {
  const external = user(userID)?.corps?.[corpID];
  return store.contacts.get(corpID)?.relations.find((r) => r.user_id === memberID && r.external_user_id === external);
}

const linked = (r) => r?.status === 'full' || r?.status === 'half';

/** contactTalk is the conversation on the customer's phone. */
export function contactTalk(corpID, memberID, userID) {
  const m = () => member(memberID, corpID) || { name: memberID };
  const r = () => relation(corpID, memberID, userID);
  const act = (what) => api.contactAct(corpID, { user_id: memberID, user: userID, ...what });
  return {
    ...common(corpID, memberID, userID, r),
    title: () => m().name,
    subtitle: () => `@${corp(corpID)?.title || corpID}`,
    picture: m,
    invitation: () => '企业成员：扫码添加',
    line: (l) => line(l, false, m(), user(userID)),
    say: (text) => act({ kind: 'customer_says', text }),
    below: () => (linked(r()) ? null : asking(r(), m(), act)),
    strip: (run) => offer(corpID, memberID, r(), act, run) || (linked(r()) && needsConsent(corpID, r())
      ? { text: '企业开启了会话存档', buttons: [['同意存档', () => run(() => act({ kind: 'agree_archive' }))]] } : null),
    tools: (run) => [
      ['删除成员', icons.leave, () => confirmSheet(`删除 ${m().name}`,
        '删除后，企业会收到 del_follow_user 事件。再扫码可以重新添加。', '删除', () => run(() => act({ kind: 'customer_deletes' })))],
    ],
  };
}

/** customerTalk is the conversation in the member's client. */
export function customerTalk(userID, me) {
  const r = () => relation(me.corp, me.userid, userID);
  const u = () => user(userID) || { nickname: userID };
  const act = (what) => api.contactAct(me.corp, { user_id: me.userid, user: userID, ...what });
  return {
    ...common(me.corp, me.userid, userID, r),
    title: () => r()?.remark || u().nickname,
    subtitle: () => [`${u().nickname}@微信`, ...tagNames(me.corp, r())].join(' · '),
    picture: () => ({ name: u().nickname, color: u().color }),
    line: (l) => line(l, true, me, u()),
    say: (text) => act({ kind: 'member_says', text }),
    strip(run) {
      const edit = ['备注和标签', () => editSheet(me.corp, r(), (v) => run(() => act({ kind: 'edit', ...v })))];
      switch (r()?.status) {
        case 'asked': return { text: '对方请求添加你为联系人', buttons: [['通过', () => run(() => act({ kind: 'confirm' })), 'primary']] };
        case 'half': return { text: '对方已添加你，你还没有添加对方', buttons: [['加回', () => run(() => act({ kind: 'confirm' })), 'primary'], edit] };
        case 'full': return { text: r().state ? `来自“联系我” ${r().state}` : '客户', buttons: [edit,
          ['删除客户', () => confirmSheet(`删除客户 ${u().nickname}`, '删除后，企业会收到 del_external_contact 事件。', '删除', () => run(() => act({ kind: 'member_deletes' })))]] };
        default: return { text: { member: '你已删除这位客户', customer: '客户已删除你', transfer: '客户已转接给别人' }[r()?.ended] || '已不是好友', buttons: [] };
      }
    },
    tools: () => [],
  };
}

function common(corpID, memberID, userID, r) {
  const key = contactKey(corpID, memberID, userID);
  return {
    key,
    load: async () => loaded(key, await api.contactChat(corpID, memberID, userID)),
    mode: () => JSON.stringify([r()?.status, r()?.remark, r()?.tags, r()?.agreed, pending(corpID, r()), entries(key).length > 0]),
    begun: () => Boolean(r()),
    writable: () => linked(r()),
    menu: () => [],
  };
}

const waiting = 2; // the status of a hand-over that the customer has not answered

const pending = (corpID, r) => r && store.contacts.get(corpID)?.transfers
  .find((t) => t.external_user_id === r.external_user_id && t.from === r.user_id && t.status === waiting);

/** offer asks the customer whether another member may take over. */
function offer(corpID, memberID, r, act, run) {
  const t = pending(corpID, r);
  if (!t) return null;
  const answer = (kind) => () => run(() => act({ kind, user_id: t.to }));
  return {
    text: `${member(memberID, corpID)?.name || memberID} 的工作将由 ${member(t.to, corpID)?.name || t.to} 接替，24 小时内可以拒绝`,
    buttons: [['接受', answer('accept_transfer')], ['拒绝', answer('refuse_transfer')]],
  };
}

const needsConsent = (corpID, r) => store.contacts.get(corpID)?.console?.archive && !r.agreed;

/** tagNames are the names of the corp tags and of the member's own tags on a customer. */
export function tagNames(corpID, r) {
  const all = (store.contacts.get(corpID)?.tags || []).flatMap((g) => g.tags);
  return [...(r?.tags || []).map((id) => all.find((t) => t.id === id)?.name).filter(Boolean), ...(r?.personal || [])];
}

/** asking is what stands below when the two are not linked, or not yet. */
function asking(r, m, act) {
  const again = () => act({ kind: 'add' });
  return (run) => h('section', { class: 'profile', 'aria-label': '添加企业成员' },
    h('p', { class: 'muted' }, r?.status === 'asked' ? `已申请添加，等 ${m.name} 通过（在 ${m.name} 的企业微信里点“通过”）` : r ? '你们已不是好友，消息发不出去' : `还没有添加 ${m.name}`),
    r?.status !== 'asked' && h('button', { type: 'button', class: r ? 'plain wide' : 'primary wide', onclick: () => run(again) }, r ? '扫名片码，重新添加' : `扫 ${m.name} 的名片码添加`));
}

const rival = 'another app'; // what the simulator calls an app that is not there

function line(l, staff, m, u) {
  if (l.from === 'system' || l.kind === 'note') return { side: 'system', text: l.text };
  const content = { ...l, page: l.page };
  if (l.from === 'customer') return { side: staff ? 'them' : 'me', picture: { name: u?.nickname || '', color: u?.color }, content, meta: null };
  return { side: staff ? 'me' : 'them', picture: m, content, meta: way(l), who: staff && l.from === 'app' ? (l.app === rival ? '另一个应用' : '机器人') : '' };
}

/** way says on which path it came; of a welcome message, how long after the add. */
function way(l) {
  if (l.msgid) return { text: '客户群发 · 员工确认后发出', call: 'externalcontact/add_msg_template' };
  switch (l.from) {
    case 'app': return l.app === rival ? { text: '欢迎语 · 另一个应用发的' } : { text: `欢迎语 · 添加后 ${took(l.after_ms || 0)}`, call: 'externalcontact/send_welcome_msg' };
    case 'console': return { text: '欢迎语 · 管理后台配置' };
    default: return { text: '人工' };
  }
}

const statusNames = { asked: '等成员通过', half: '单向好友', full: '好友', ended: '已结束' };

/** relationFacts tells how the two stand; see panel/person.js. */
export function relationFacts(corpID, memberID, userID) {
  const r = relation(corpID, memberID, userID);
  const m = member(memberID, corpID);
  const tags = tagNames(corpID, r);
  return {
    key: contactKey(corpID, memberID, userID), title: m?.name || memberID, kind: '客户联系',
    short: `${statusNames[r.status]}${r.welcomed ? '，已发欢迎语' : ''}`,
    rows: [
      ['关系', statusNames[r.status]], ['欢迎语', r.welcomed ? '已发' : r.chatted ? '未发，已开始聊天' : '未发'],
      ...(r.state ? [['渠道 state', r.state]] : []), ...(tags.length ? [['标签', tags.join('、')]] : []),
    ],
  };
}

/** contactTalks lists whom a customer knows, and whom they could add by the code of their own. */
export const contactTalks = (userID) => store.members.filter((m) => m.corp).map((m) => ({ address: ['contact', m.corp, m.userid], ...contactTalk(m.corp, m.userid, userID) }));
