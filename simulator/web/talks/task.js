// What a member is asked to do by the bot: to confirm a mass message (客户群发), to publish a moment (客户朋友圈). Nothing reaches a
// customer before.

import { api } from '../api.js';
import { loaded, store } from '../store.js';
import { saysOf } from '../brought.js';
import { groupName } from './group.js';

const waits = 0; // the status of a task, and of a receiver, that nobody has confirmed
const receivers = { 1: '送达', 2: '已不是好友', 3: '本月条数已满' };

const contact = (me) => store.contacts.get(me.corp);
const taskOf = (send, me) => send?.tasks.find((t) => t.user_id === me.userid);
const senderOf = (moment, me) => moment?.senders.find((s) => s.user_id === me.userid);

/** tasks lists the conversations with what waits for a member, the newest first, each with its button. */
export function tasks(me) {
  const c = contact(me);
  if (!c) return [];
  return [
    ...c.group_sends.filter((s) => !s.cancelled && taskOf(s, me)?.status === waits).map((s) => sendTalk(me, s.msgid)),
    ...c.moments.filter((m) => !m.code && senderOf(m, me) && !senderOf(m, me).published_at).map((m) => momentTalk(me, m.moment_id)),
  ].reverse();
}

/** sendTalk is a mass message that a member is asked to send; null when there is none. */
export function sendTalk(me, id) {
  const send = () => contact(me)?.group_sends.find((s) => s.msgid === id);
  const task = () => taskOf(send(), me);
  return task() ? {
    ...asked(me, `send/${me.corp}/${id}`, send, () => send().lines),
    address: ['send', id],
    title: () => (send().chat_type === 'group' ? '客户群群发' : '客户群发'),
    about: () => `${to(send(), task(), me)} · 等你确认`,
    mode: () => JSON.stringify([send()?.cancelled, task()]),
    does: { label: '确认发送', act: () => api.contactAct(me.corp, { kind: 'confirm_send', user_id: me.userid, id }) },
    told: () => (!task() || send().cancelled ? '群发已被停止' : task().status === waits ? '' : became(task())),
  } : null;
}

/** momentTalk is a moment that a member is asked to publish; null when there is none. */
export function momentTalk(me, id) {
  const moment = () => contact(me)?.moments.find((m) => m.moment_id === id);
  const sender = () => senderOf(moment(), me);
  return sender() ? {
    ...asked(me, `moment/${me.corp}/${id}`, moment, () => saysOf(moment())),
    address: ['moment', id],
    title: () => '客户朋友圈',
    about: () => `${moment().tags?.length ? '部分客户可见' : '全部客户可见'} · 等你发表`,
    mode: () => JSON.stringify(sender()),
    does: { label: '发表', act: () => api.contactAct(me.corp, { kind: 'publish_moment', user_id: me.userid, id }) },
    told: () => (sender().published_at ? `已发表，${sender().seen?.length || 0} 位客户能看到` : ''),
  } : null;
}

function asked(me, key, what, lines) {
  return {
    key,
    subtitle: () => '机器人请你发出',
    picture: () => ({ name: '群', brand: 'group' }),
    load: async () => loaded(key, lines().map((l, i) => ({ ...l, id: i + 1, at: what().at }))),
    begun: () => true,
    writable: () => false,
    menu: () => [],
    line: (l) => ({ side: 'me', picture: me, content: l, meta: null, who: '待发内容' }),
    strip(run) {
      const done = this.told();
      return done ? { text: done, buttons: [] } : { text: this.about(), buttons: [[this.does.label, () => run(this.does.act), 'primary']] };
    },
  };
}

/** to says who will get it. */
function to(send, task, me) {
  if (send.chat_type !== 'group') return `发给 ${task.to.length} 位客户`;
  const names = task.to.map((r) => contact(me).chats.find((c) => c.chat_id === r.id)).filter(Boolean).map(groupName);
  return `发到 ${names.slice(0, 2).join('、')}${names.length > 2 ? ` 等 ${names.length} 个群` : ''}`;
}

/** became says what became of it: "已发送：2 个送达、1 个已不是好友". */
function became(task) {
  const counts = Object.entries(receivers).map(([status, name]) => [task.to.filter((r) => r.status === Number(status)).length, name]);
  return `已发送：${counts.filter(([n]) => n).map(([n, name]) => `${n} 个${name}`).join('、')}`;
}
