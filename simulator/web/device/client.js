// The first screen of a member's WeCom client: who waits, whom they serve, their apps and their customers.

import { h } from '../dom.js';
import { account, entries, fact, person, store, user } from '../store.js';
import { api } from '../api.js';
import { appTalk } from '../talks/app.js';
import { preload } from '../talks/index.js';
import { customerTalk } from '../talks/contact.js';
import { groups, groupTalk } from '../talks/group.js';
import { peopleSheet } from '../chat/contactsheets.js';
import { field } from '../chat/sheets.js';
import { servicerTalk, talkWith } from '../talks/servicer.js';
import { deskKey, servedTalk, stateNames } from '../talks/desk.js';
import { robotTalks } from '../talks/shown.js';
import { tasks } from '../talks/task.js';
import { later, row } from './phone.js';

/** clientList makes the rows of a member's client. */
export function clientList(me, open, run) {
  const sessions = store.desks.filter((d) => d.corp === me.corp && d.servicers.some((s) => s.userid === me.userid)).flatMap((d) => sessionsOf(d, me));
  const follows = followersOf(me);
  const waiting = [...sessions.filter((x) => x.fact.state === 2), ...follows.filter((x) => x.at && !x.at.servicer)];
  const mine = [
    ...sessions.filter((x) => x.fact.state === 3 && x.fact.servicer === me.userid),
    ...follows.filter((x) => x.at?.servicer && me.serves.some((s) => s.servicer === x.at.servicer)),
  ];
  const rest = [...sessions, ...follows].filter((x) => !waiting.includes(x) && !mine.includes(x));
  const customers = (store.contacts.get(me.corp)?.relations || []).filter((r) => r.user_id === me.userid).map((r) => customer(r, me)).filter(Boolean);
  const apps = (store.corps.find((c) => c.id === me.corp)?.apps || []).filter((a) => a.callback).map((a) => item(['app', a.name], appTalk(a.name, me)));
  preload([...sessions, ...follows, ...customers, ...apps].map((x) => x.talk));
  return [
    ...reception(me, run),
    ...section(`待接入（${waiting.length}）`, waiting.map((x) => row({ ...x, about: `${x.where} · 等待接入`, action: take(x, open, run) }, open)),
      '没有客户在等待。客户说“人工”之后会出现在这里。', true),
    ...section('正在接待', mine.sort(later).map((x) => row(x, open)), '', false),
    ...section('待确认', tasks(me).map((talk) => row({ talk, about: talk.about(), action: confirm(talk, run) }, open)), '', false),
    ...section('应用', apps.map((x) => row(x, open)), '', false),
    ...section('客户', customers.sort(later).map((x) => row(x, open)), '还没有客户。让客户扫“联系我”二维码添加。', Boolean(me.corp)),
    ...section('客户群', groups(me.corp, me.userid).map((g) => row(newest(groupTalk(me.corp, g.chat_id, me)), open)), '', false),
    ...section('内部群', robotTalks(me).map((talk) => row(newest(talk), open)), '', false),
    me.corp && h('div', { class: 'tools' }, h('button', { type: 'button', class: 'plain wide', onclick: () => newGroup(me, run) }, '＋ 建客户群')),
    ...section('其他客服会话', rest.sort(later).map((x) => row({ ...x, about: `${x.where} · ${x.state}` }, open)), '', false),
  ].filter(Boolean);
}

function section(title, rows, empty, always) {
  if (rows.length === 0 && !always) return [];
  return [h('h2', {}, title), rows.length ? h('ul', { class: 'talks', 'aria-label': title }, rows) : h('p', { class: 'muted note' }, empty)];
}

const newest = (talk) => ({ talk, last: entries(talk.key).at(-1) });

const item = (address, talk) => ({ talk: { ...talk, address }, last: entries(talk.key).at(-1) });

/** sessionsOf lists a desk's conversations that have begun. */
function sessionsOf(d, me) {
  return store.users.map((u) => ({ u, fact: fact(deskKey(d.open_kfid, u.id)) })).filter((x) => x.fact)
    .map(({ u, fact: f }) => ({ ...item(['desk', d.open_kfid, u.id], servedTalk(d.open_kfid, u.id, me)), where: d.name, state: stateNames[f.state], user: u, fact: f,
      take: () => api.servicerAct(d.open_kfid, me.userid, { kind: 'take', user: u.id }),
    }));
}

/** followersOf lists the followers of the accounts that a member serves who have written, with where they are with its servicers. */
function followersOf(me) {
  return me.serves.flatMap(({ account: name, servicer }) => store.users.map((u) => ({ u, at: talkWith(name, u.id) }))
    .filter((x) => x.at || entries(`official/${name}/${x.u.id}`).length > 0)
    .map(({ u, at }) => {
      const talk = servicerTalk(name, u.id, me, servicer);
      return {
        ...item(talk.address, talk), where: account(name)?.title || name, user: u, at, state: at?.servicer ? '人工接待' : '公众号自己在回复',
        take: () => api.serve(name, u.id, { do: 'take', servicer }),
      };
    }));
}

function customer(r, me) {
  const u = person(r.external_user_id, me.corp);
  if (!u) return null;
  const status = { asked: '请求添加你', half: '已添加你，等你加回', ended: '已不是好友' }[r.status];
  return { ...item(['contact', u.id], customerTalk(u.id, me)), about: status, user: user(u.id) };
}

/** newGroup asks for a name and people. */
function newGroup(me, run) {
  peopleSheet('建客户群', me.corp, me, [], (names, v) => run(() => api.contactAct(me.corp, { kind: 'create_group', user_id: me.userid, name: v.name, names })),
    field('群名', { name: 'name', maxLength: 30, placeholder: '夏季养生交流群' }));
}

/** take is the button beside somebody who waits. */
function take(x, open, run) {
  return h('button', { type: 'button', class: 'primary take', 'aria-label': `接入 ${x.user.nickname}`, async onclick() {
    if (await run(x.take)) open(...x.talk.address);
  } }, '接入');
}

/** confirm is the button beside what the bot asks the member to send. */
const confirm = (talk, run) => h('button', { type: 'button', class: 'primary take', 'aria-label': `${talk.does.label}：${talk.title()}`, onclick: () => run(talk.does.act) }, talk.does.label);

/** reception shows for each desk whether the member receives. */
function reception(me, run) {
  const desks = store.desks.filter((d) => d.corp === me.corp).map((d) => ({ d, s: d.servicers.find((s) => s.userid === me.userid) })).filter(({ s }) => s);
  if (desks.length === 0) return [];
  return [h('div', { class: 'tools' }, desks.map(({ d, s }) => {
    const on = s.status === 0;
    return h('div', { class: 'reception' }, h('span', {}, d.name, h('small', {}, on ? '接待中' : s.suspended ? '已挂起' : '已停止接待')),
      h('button', { type: 'button', class: 'plain', 'aria-label': `${d.name}：${on ? '停止接待' : '开始接待'}`, onclick: () => run(() => api.servicerAct(d.open_kfid, me.userid, { kind: on ? 'stop' : 'receive' })) }, on ? '停止接待' : '开始接待'),
      on && h('button', { type: 'button', class: 'plain', 'aria-label': `${d.name}：挂起`, onclick: () => run(() => api.servicerAct(d.open_kfid, me.userid, { kind: 'suspend' })) }, '挂起'));
  }))];
}
