// The lines of a conversation that is made of callbacks and what came back: with an official account, or with an app of a corp.

import { took } from '../dom.js';
import { entries } from '../store.js';
import { fromScreen } from '../chat/screen.js';

const soon = 60 * 1000; // what comes later is no answer any more

/** sinceAct is how long after what the person did last a message came, in milliseconds; 0 when that was long ago. */
function sinceAct(key, entry) {
  const last = entries(key).findLast((e) => e.id < entry.id && e.from === 'user');
  const ms = last ? new Date(entry.at) - new Date(last.at) : soon;
  return ms < soon ? ms : 0;
}

/** exchangeLine is one entry as whoever acts there sees it; them and me draw the two sides, api names how their API speaks. */
export function exchangeLine(key, entry, { them, me, api, tap, servicerName }) {
  switch (entry.from) {
    case 'user': return fromUser(entry, me);
    case 'account': return fromAccount(key, entry, them, api, tap, servicerName);
    default: return note(entry, entry.note);
  }
}

const nth = (entry) => (entry.try > 1 ? `第 ${entry.try} 次推送` : '被动回复');

function fromAccount(key, entry, them, api, tap, servicerName) {
  if (entry.recalled) return { side: 'system', text: `${them.name}撤回了一条消息` };
  if (entry.reply.kind === 'transfer_customer_service') return note(entry, '已转接人工客服，请稍候');
  const content = fromScreen(entry.reply);
  if (content.kind === 'msgmenu' && tap) content.tap = (i, item) => tap(item, entry);
  return {
    side: 'them', picture: them, content, who: entry.via === 'servicer' ? servicerName?.(entry.reply.servicer) || entry.reply.servicer || '人工客服' : '',
    meta: { text: way(key, entry, api), exchange: entry.via ? 0 : entry.exchange, call: entry.via && entry.via !== 'servicer' ? api.path : '' },
  };
}

/** way says on which path a message came, and how long after what the person did. */
function way(key, entry, api) {
  const after = entry.via ? sinceAct(key, entry) : entry.took_ms || 0;
  const told = (name) => [name, after > 0 && took(after)].filter(Boolean).join(' · ');
  switch (entry.via) {
    case 'api': return told(api.name);
    case 'template': return told('模板消息');
    case 'servicer': return told('人工');
    default: return `${nth(entry)} · ${took(after)}`;
  }
}

function fromUser(entry, me) {
  const { act } = entry;
  const meta = state(entry);
  const system = (text) => ({ side: 'system', text, meta });
  const scene = act.title || act.scene;
  switch (act.kind) {
    case 'follow': case 'scan': return system(scene ? `扫描“${scene}”的二维码` : '关注了公众号');
    case 'unfollow': return system('取消了关注');
    case 'enter': return system('进入应用');
    case 'card': return system(`点击卡片“${act.title || act.key}”的按钮`);
    case 'click': return system(`点击菜单“${act.title || act.key}”`);
    case 'view': return system(`打开菜单链接“${act.title || act.url}”`);
    case 'open_mini_program': return system(`打开小程序“${act.title || act.key}”`);
    case 'raw': return system(`发送自定义推送 ${act.fields[0].value}`);
    default: return { side: 'me', picture: me, content: act, meta };
  }
}

/** state tells how far the platform is with an act; nothing once its reply is there. */
function state(entry) {
  const { exchange } = entry;
  switch (entry.state) {
    case 'sending': return { text: entry.try > 1 ? `第 ${entry.try} 次推送中…` : '发送中…', exchange };
    case 'acknowledged': return { text: `已收下，没有回复 · ${took(entry.took_ms || 0)}`, exchange };
    case 'failed': return { text: `未获回复：${entry.why?.text || ''}`, exchange, bad: true };
    case 'interrupted': return { text: entry.why?.text || '已中断', exchange, bad: true };
    default: return null;
  }
}

function note(entry, text) {
  const spent = took(entry.took_ms || 0);
  return {
    side: 'system', text,
    meta: entry.exchange ? { exchange: entry.exchange, bad: Boolean(entry.why), text: entry.why ? `${entry.try} 次推送 · ${spent} · ${entry.why.text}` : `${nth(entry)} · ${spent}` } : null,
  };
}
