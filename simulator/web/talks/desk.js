// A customer's conversation with a desk of WeChat customer service (微信客服), as the customer's phone and the servicers' client
// show it.

import { h, span, took } from '../dom.js';
import { api } from '../api.js';
import { desk, deskFacts, emit, entries, fact, member as anyMember, now, user } from '../store.js';
import { fromWire } from '../chat/wire.js';
import { choices } from '../chat/rich.js';
import { icons } from '../icons.js';
import { fileSheet, linkSheet, locationSheet, pictureSheet } from '../chat/sheets.js';
import { cardSheet, openSheet, transferSheet } from '../chat/desksheets.js';

/** The states of a session; WeChat customer service docs, 分配客服会话. */
export const stateNames = { 0: '未处理', 1: '机器人接待', 2: '待接入池', 3: '人工接待', 4: '已结束' };
const bot = 1;
const pool = 2;
const human = 3;
const ended = 4;
const uses = { welcome: '欢迎语', pool: '排队提示', taken: '接入提示', end: '结束语' };
/** failures are the fail_types of msg_send_fail. */
export const failures = {
  0: '未知原因', 1: '客服账号已删除', 2: '应用已关闭', 4: '会话已过期，超过 48 小时', 5: '会话已关闭', 6: '超过 5 条限制',
  7: '未绑定视频号', 8: '主体未验证', 9: '未绑定视频号且主体未验证',
  10: '用户拒收', 11: '企业没有成员登录企业微信',
};

export const deskKey = (openKfID, userID) => `desk/${openKfID}/${userID}`;

/** deskTalk is the conversation on the customer's phone. */
export function deskTalk(openKfID, userID) {
  const key = deskKey(openKfID, userID);
  const d = () => desk(openKfID);
  const act = (what) => api.deskAct(openKfID, userID, what);
  return {
    ...common(key, openKfID, userID),
    title: () => d()?.name || openKfID,
    subtitle: () => '微信客服',
    picture: () => ({ name: d()?.name || '', brand: 'desk' }),
    invitation: () => '微信客服：点链接进入会话',
    mode: () => `${entries(key).length > 0} ${fact(key)?.rejects}`,
    writable: () => entries(key).length > 0,
    line: (b) => line(b, false, openKfID, userID, act),
    choices: () => offered(key),
    say: (text) => act({ kind: 'text', text }),
    below: () => (entries(key).length > 0 ? null : door(d(), act)),
    recall: (b) => b.from === 'customer' && recallable(b) && (() => act({ kind: 'recall', msgid: b.msgid })),
    tools: (run) => [
      ['照片', icons.picture, () => pictureSheet((blob) => run(() => photo(openKfID, blob).then(act)))],
      ['位置', icons.place, () => locationSheet((v) => run(() => act({ kind: 'location', name: v.label, latitude: v.latitude, longitude: v.longitude })))],
      ['链接', icons.link, () => linkSheet((v) => run(() => act({ kind: 'link', title: v.title, desc: v.description, url: v.url })))],
      ['语音', icons.voice, () => run(() => file(openKfID, 'voice', new Blob(), '').then(act))],
      ['文件', icons.file, () => fileSheet((f) => run(() => file(openKfID, 'file', f, f.name).then(act)))],
      ['名片', icons.card, () => cardSheet(desk(openKfID)?.corp, (userid) => run(() => act({ kind: 'business_card', userid })))],
      [fact(key)?.rejects ? '恢复接收' : '拒收', icons.mute, () => run(() => act({ kind: fact(key)?.rejects ? 'accept' : 'reject' }))],
      ['再次进入', icons.scan, () => openSheet(d(), (v) => run(() => act({ kind: 'open', ...v })))],
    ],
  };
}

/** servedTalk is the conversation in the client of a servicer. */
export function servedTalk(openKfID, userID, me) {
  const key = deskKey(openKfID, userID);
  const act = (what) => api.servicerAct(openKfID, me.userid, { ...what, user: userID });
  const at = () => fact(key)?.state;
  const mine = () => at() === human && fact(key)?.servicer === me.userid;
  return {
    ...common(key, openKfID, userID),
    title: () => user(userID)?.nickname || userID,
    subtitle: () => `${desk(openKfID)?.name || openKfID} · ${stateNames[at()] || ''}`,
    picture: () => ({ name: user(userID)?.nickname || '', color: user(userID)?.color }),
    mode: () => `${at()} ${fact(key)?.servicer}`,
    writable: () => mine() || at() === ended,
    line: (b) => line(b, true, openKfID, userID, act, me),
    say: (text) => act({ kind: 'text', text }),
    recall: (b) => b.from === 'servicer' && b.servicer === me.userid && recallable(b) && (() => act({ kind: 'recall', msgid: b.msgid })),
    strip(run) {
      if (at() === pool) return { text: '客户在待接入池里等待', buttons: [['接入', () => run(() => act({ kind: 'take' })), 'primary']] };
      if (mine()) {
        return { text: '你正在接待', buttons: [
          ['转接', () => transferSheet(openKfID, me, (to) => run(() => act({ kind: 'transfer', to })))],
          ['结束会话', () => run(() => act({ kind: 'end' }))],
        ] };
      }
      if (at() === human) return { text: `${member(fact(key)?.servicer, openKfID)?.name || '别人'} 正在接待`, buttons: [] };
      if (at() === bot || at() === 0) return { text: '机器人正在接待，转人工后才能接入', buttons: [] };
      return { text: '会话已结束，48 小时内发消息会重新打开', buttons: [] };
    },
    tools: (run) => [['照片', icons.picture, () => pictureSheet((blob) => run(() => photo(openKfID, blob).then(act)))]],
  };
}

function common(key, openKfID, userID) {
  const load = async () => {
    deskFacts(await api.deskChat(openKfID, userID));
    emit('talk', key);
  };
  return { key, load, begun: () => Boolean(fact(key)), menu: () => [] };
}

/** file uploads a file and makes what says it. */
const file = async (openKfID, kind, blob, name) => ({ kind, media_id: (await api.deskFile(openKfID, kind, name, blob)).id });
const photo = (openKfID, blob) => file(openKfID, 'image', blob, '');

/** member finds somebody of the desk's corp. */
const member = (userid, openKfID) => anyMember(userid, desk(openKfID)?.corp);

const recallTime = 2 * 60 * 1000;
const recallable = (b) => b.msgid && !b.recalled && now() - new Date(b.at) < recallTime;

/** door is what somebody sees who has not come in yet: the desk's link, with a scene or without. */
function door(d, act) {
  return (run) => h('section', { class: 'profile', 'aria-label': '进入客服会话' },
    h('p', { class: 'muted' }, '客服链接通常放在网页、菜单或二维码里，点开就进入会话'),
    h('button', { type: 'button', class: 'primary wide', onclick: () => run(() => act({ kind: 'open' })) }, '打开客服链接'),
    h('button', { type: 'button', class: 'plain wide', onclick: () => openSheet(d, (v) => run(() => act({ kind: 'open', ...v }))) }, '带场景值打开…'));
}

function offered(key) {
  const last = entries(key).findLast((b) => b.from !== 'system' || b.type === 'enter_session');
  if (last?.from !== 'desk' || last.type !== 'text' || last.recalled) return { offered: [] };
  return choices(last.body?.content || '');
}

function line(b, staff, openKfID, userID, act, me) {
  if (b.from === 'system') return { side: 'system', text: happened(b, (id) => member(id, openKfID)?.name || id) };
  if (b.recalled) return { side: 'system', text: `${b.from === 'customer' ? (staff ? '客户' : '你') : member(b.servicer, openKfID)?.name || '客服'}撤回了一条消息` };
  const person = { name: user(userID)?.nickname || '', color: user(userID)?.color };
  const content = fromWire(b.type, b.body);
  if (content.kind === 'msgmenu' && !staff) content.tap = (item) => act({ kind: 'tap', bubble: b.id, item });
  if (b.from === 'customer') {
    return { side: staff ? 'them' : 'me', picture: person, content, meta: b.body?.menu_id ? { text: `点击菜单 · menu_id ${b.body.menu_id}` } : null };
  }
  const meta = { text: way(b), call: b.path };
  if (b.fail_type !== undefined && b.fail_type !== null) Object.assign(meta, { text: `${way(b)} · 没有送达：${failures[b.fail_type] || b.fail_type}`, bad: true });
  const by = b.from === 'servicer' ? member(b.servicer, openKfID) : null;
  const own = staff && by?.userid === me?.userid;
  return {
    side: staff ? 'me' : 'them', content, meta, lost: Boolean(meta.bad),
    who: b.from === 'servicer' ? (own ? '' : by?.name || b.servicer) : staff ? '机器人' : '',
    picture: by || { name: desk(openKfID)?.name || '', brand: 'desk' },
  };
}

/** way says on which path words of the corp came, and how long it took. */
function way(b) {
  const after = b.after_ms ? ` · ${took(b.after_ms)}` : '';
  switch (b.path) {
    case 'servicer': return `人工${after}`;
    case 'on_event': return `微信客服 on_event${uses[b.use] ? `（${uses[b.use]}）` : ''}${after}`;
    default: return `微信客服 ${b.path || 'send_msg'}${after}`;
  }
}

/** happened says in the platform's words what changed. */
function happened(b, name) {
  const body = b.body || {};
  switch (b.type) {
    case 'enter_session': return body.scene ? `进入会话（场景 ${body.scene}${body.scene_param ? `，参数 ${body.scene_param}` : ''}）` : '进入会话';
    case 'reject': return '已设置不再接收消息';
    case 'accept': return '已恢复接收消息';
    case 'opened_view': return `打开菜单链接“${body.view?.content || ''}”`;
    case 'opened_miniprogram': return `打开小程序“${body.miniprogram?.content || ''}”`;
    case 'trans':
      if (body.to === pool) return '正在为你转接人工客服，请稍候';
      if (body.to === human) return `${name(b.servicer)} 为您服务`;
      if (body.to === ended) return '会话已结束';
      return body.to === bot ? '机器人接待' : '会话已更新';
    case 'session_status_change':
      if (body.change_type === 1) return `${name(body.new_servicer_userid)} 为您服务`;
      if (body.change_type === 2) return `已由 ${name(body.old_servicer_userid)} 转接给 ${name(body.new_servicer_userid)}`;
      if (body.change_type === 3) return '会话已结束';
      return `${name(body.new_servicer_userid)} 重新打开了会话`;
    default: return b.type;
  }
}

const window48 = 48 * 60 * 60 * 1000;
const mostSends = 5;

/** deskQuota tells what the bot may still say there; see panel/person.js. */
export function deskQuota(openKfID, userID) {
  const key = deskKey(openKfID, userID);
  const f = fact(key);
  if (!f) return null;
  const rest = f.spoke_at ? new Date(f.spoke_at).getTime() + window48 - now() : 0;
  const open = rest > 0 && f.state !== ended;
  const messages = open ? `${Math.max(0, mostSends - (f.sends || 0))} / ${mostSends} 条` : '0 条';
  const state = f.state === human ? `${stateNames[human]}（${member(f.servicer, openKfID)?.name || f.servicer}）` : stateNames[f.state] || `${f.state}`;
  return {
    key, title: desk(openKfID)?.name || openKfID, kind: '微信客服', short: `${state}，${f.state > bot ? '机器人不能说话' : `可发 ${messages}`}`,
    rows: [
      ['会话状态', `${f.state} ${state}`],
      ['48 小时窗口', rest > 0 ? `还剩 ${span(rest) || '不到 1 分钟'}` : '关闭'],
      ['机器人还可发', f.state > bot ? `0 条（状态 ${f.state} 不允许）` : messages],
      ...(f.rejects ? [['拒收', '客户不接收消息']] : []),
    ],
  };
}
