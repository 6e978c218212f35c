// One callback in the log: what was sent to the bot and what it answered.

import { at, h, took } from '../dom.js';
import { api } from '../api.js';
import { member, store, user } from '../store.js';
import { faultName } from './faults.js';

const verdicts = {
  replied: ['回复', 'good'], acknowledged: ['收下', 'good'], rejected: ['不合格', 'bad'], timeout: ['超时', 'bad'],
  unreachable: ['连不上', 'bad'], unavailable: ['服务出错', 'bad'], lost: ['已丢弃', 'warn'],
};
const acts = {
  text: '文字', image: '图片', voice: '语音', location: '位置', link: '链接', follow: '关注', unfollow: '取消关注', scan: '扫码',
  click: '菜单点击', view: '菜单链接', open_mini_program: '小程序', raw: '自定义', enter: '进入应用', card: '点卡片', push: '事件',
};

/** brief is what happened in a few words; a doorbell of customer service names its desk, cut off as every brief is. */
function brief(d) {
  const start = d.brief.replace(/…$/, '');
  const desk = d.act === 'push' && start.startsWith('wk') && store.desks.find((x) => x.open_kfid.startsWith(start));
  return desk ? `客服消息 · ${desk.name}` : d.brief;
}

/** deliveryRow shows a callback, with its documents when it is opened. */
export function deliveryRow(d) {
  const [label, tone] = verdicts[d.verdict] || [d.verdict, 'bad'];
  const who = d.user === 'sys' ? '平台' : user(d.user)?.nickname || member(d.user)?.name || d.user;
  const body = h('div', { class: 'documents' });
  const more = [d.try > 1 && `第 ${d.try} 次`, d.copy && `副本 ${d.copy}`].filter(Boolean).join(' · ');
  const el = h('details', { class: 'delivery', 'data-exchange': d.exchange, 'data-delivery': d.id, ontoggle() { if (el.open) load(d.id, body); } },
    h('summary', {},
      h('time', {}, at.seconds(d.at)), h('span', { class: 'what' }, `${who} · ${acts[d.act] || d.act}`, d.brief && h('span', { class: 'brief' }, brief(d)), more && h('small', {}, more)),
      h('span', { class: `pill ${tone}` }, label), h('span', { class: 'ms' }, took(d.took_ms))),
    d.problem && h('p', { class: 'why' }, d.problem.text), body);
  return el;
}

async function load(id, body) {
  if (body.childElementCount) return;
  body.replaceChildren(h('p', { class: 'muted' }, '读取中…'));
  try {
    const d = await api.delivery(id);
    body.replaceChildren(
      h('h4', {}, `请求 POST${d.faults ? `（故障：${d.faults.map(faultName).join('、')}）` : ''}`), h('pre', { class: 'url' }, d.url),
      h('pre', {}, d.request),
      h('h4', {}, d.status ? `回复 HTTP ${d.status}` : '没有回复'), ...(d.answer ? [h('pre', {}, d.answer)] : []));
  } catch (error) {
    body.replaceChildren(h('p', { class: 'why' }, error.message));
  }
}
