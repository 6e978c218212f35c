// The log of what went over the wire: the callbacks to the bot and what it answered.

import { $, at, h, toast, took } from '../dom.js';
import { api } from '../api.js';
import { account, on, store, user } from '../store.js';
import { attempt, subject } from './subject.js';
import { faultName } from './faults.js';

const verdicts = {
  replied: ['回复', 'good'], acknowledged: ['收下', 'good'], rejected: ['不合格', 'bad'], timeout: ['超时', 'bad'],
  unreachable: ['连不上', 'bad'], unavailable: ['服务出错', 'bad'], lost: ['已丢弃', 'warn'],
};
const acts = {
  text: '文字', image: '图片', voice: '语音', location: '位置', link: '链接', follow: '关注', unfollow: '取消关注', scan: '扫码',
  click: '菜单点击', view: '菜单链接', open_mini_program: '小程序', raw: '自定义',
};
const modeNames = { plain: '明文模式', compatible: '兼容模式', secure: '安全模式' };
const longest = 200; // rows

/** showInLog opens the latest request of an exchange. */
export function showInLog({ exchange }) {
  const rows = [...document.querySelectorAll(`#deliveries [data-exchange="${exchange}"]`)];
  if (rows.length === 0) { toast('这条记录已经不在日志里了'); return; }
  rows[0].open = true;
  rows[0].scrollIntoView({ block: 'nearest' });
  for (const row of rows) {
    row.classList.add('flash');
    setTimeout(() => row.classList.remove('flash'), 1600);
  }
}

function row(d) {
  const [label, tone] = verdicts[d.verdict] || [d.verdict, 'bad'];
  const who = user(d.user)?.nickname || d.user;
  const body = h('div', { class: 'documents' });
  const more = [d.try > 1 && `第 ${d.try} 次`, d.copy && `副本 ${d.copy}`].filter(Boolean).join(' · ');
  const el = h('details', { class: 'delivery', 'data-exchange': d.exchange, 'data-delivery': d.id, ontoggle() { if (el.open) load(d.id, body); } },
    h('summary', {},
      h('time', {}, at.seconds(d.at)), h('span', { class: 'what' }, `${who} · ${acts[d.act] || d.act}`, d.brief && h('span', { class: 'brief' }, d.brief), more && h('small', {}, more)),
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
      h('h4', {}, d.status ? `回复 HTTP ${d.status}` : '没有回复'), d.answer && h('pre', {}, d.answer));
  } catch (error) {
    body.replaceChildren(h('p', { class: 'why' }, error.message));
  }
}

function render() {
  const mine = store.deliveries.filter((d) => d.account === subject());
  $('#deliveries').replaceChildren(...(mine.length
    ? mine.toReversed().map((d) => h('li', {}, row(d)))
    : [h('li', { class: 'muted empty' }, '还没有推送。在手机上做点什么，这里会列出每一次请求和回复。')]));
  const a = account(subject());
  $('#callback').textContent = a ? `${a.callback} · ${modeNames[a.mode]}` : '';
  $('#verify-result').textContent = '';
}

function add(d) {
  if (d.account !== subject()) return;
  $('#deliveries .empty')?.remove();
  $('#deliveries').prepend(h('li', {}, row(d)));
  while ($('#deliveries').children.length > longest) $('#deliveries').lastElementChild.remove();
}

async function verify() {
  const result = $('#verify-result');
  result.className = 'muted';
  result.textContent = '验证中…';
  await attempt(async () => {
    const v = await api.verify(subject());
    result.textContent = v.ok ? `通过 · ${took(v.took_ms)}` : v.problem.text;
    result.className = v.ok ? 'muted good' : 'muted bad';
  });
}

/** startLog draws the log and keeps it up to date. */
export function startLog() {
  $('#verify').addEventListener('click', verify);
  on('place', render);
  on('delivery', add);
}
