// What one only reads: the moments (朋友圈) that staff published, on a customer's phone, and the internal group of a robot (群机器人), in
// a member's client.

import { corp, entries, member, store } from '../store.js';

const readOnly = { load: async () => {}, mode: () => '', writable: () => false, menu: () => [] };

/** momentsTalk is the moments of a corp's staff that a person sees. */
export function momentsTalk(corpID, userID) {
  const key = `moments/${corpID}/${userID}`;
  const by = (l) => member(l.user_id, corpID) || { name: l.user_id };
  return {
    ...readOnly, key,
    address: ['moments', corpID],
    title: () => '朋友圈',
    subtitle: () => corp(corpID)?.title || corpID,
    picture: () => ({ name: '圈', brand: 'group' }),
    begun: () => entries(key).length > 0,
    invitation: () => '朋友圈',
    line: (l) => ({ side: 'them', picture: by(l), who: by(l).name, content: l, meta: { text: '朋友圈 · 员工发表', call: 'externalcontact/add_moment_task' } }),
  };
}

/** momentsTalks lists where there is something to see. */
export const momentsTalks = (userID) => store.corps.map((c) => momentsTalk(c.id, userID)).filter((talk) => talk.begun());

/** robotTalk is the group of a robot. */
export function robotTalk(me, title) {
  const called = (id) => (id === '@all' ? '所有人' : member(id, me.corp)?.name || id);
  return {
    ...readOnly, key: `robot/${me.corp}/${title}`,
    address: ['robot', title],
    title: () => title,
    subtitle: () => '内部群',
    picture: () => ({ name: title, brand: 'group' }),
    begun: () => true,
    invitation: () => '机器人还没有说过话',
    line: (l) => ({
      side: 'them', picture: { name: '机', brand: 'app' }, who: '群机器人',
      content: l.mentions?.length ? { ...l, text: `${l.text}\n${l.mentions.map((id) => `@${called(id)}`).join(' ')}` } : l,
      meta: { text: '经 webhook 发送', call: 'webhook/send' },
    }),
  };
}

/** robotTalks lists the robots' groups of a member's corp. */
export const robotTalks = (me) => store.robots.filter((r) => r.corp === me.corp).map((r) => robotTalk(me, r.title));
