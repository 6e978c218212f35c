// The panel beside the phone: clock, faults, and the log of what went over the wire.

import { $, at, h, span, toast, took } from './dom.js';
import { api } from './api.js';
import { account, now, on, store } from './store.js';

const verdicts = {
  replied: ['回复', 'good'], acknowledged: ['收下', 'good'], rejected: ['不合格', 'bad'], timeout: ['超时', 'bad'],
  unreachable: ['连不上', 'bad'], unavailable: ['服务出错', 'bad'], lost: ['已丢弃', 'warn'],
};
const acts = {
  text: '文字', image: '图片', voice: '语音', location: '位置', link: '链接', follow: '关注', unfollow: '取消关注', scan: '扫码',
  click: '菜单点击', view: '菜单链接', open_mini_program: '小程序', raw: '自定义',
};

const kinds = [
  { kind: 'slow', name: '慢', about: '网络来回共慢 2 秒', fault: { delay_ms: 2000 } },
  { kind: 'drop_answer', name: '丢回复', about: '首次回复丢失，平台再推一次', fault: {} },
  { kind: 'drop_request', name: '丢请求', about: '首次推送没有到达', fault: {} },
  { kind: 'duplicate', name: '重复', about: '同一推送同时到达 3 份', fault: { copies: 3 } },
  { kind: 'reorder', name: '乱序', about: '等下一个操作先到，最多 3 秒', fault: { delay_ms: 3000 } },
  { kind: 'noise', name: '杂质', about: '元素乱序，夹带未知元素', fault: {} },
];
const chances = [['0', '关'], ['next', '下一次'], ['0.2', '偶尔'], ['0.5', '常常'], ['1', '每次']];

/** openPanel shows the panel; on wide windows it is always there. */
export function openPanel() {
  document.body.classList.add('panel-open');
  $('#shade').hidden = false;
  $('#open-panel').setAttribute('aria-expanded', 'true');
}

function closePanel() {
  document.body.classList.remove('panel-open');
  $('#shade').hidden = true;
  $('#open-panel').setAttribute('aria-expanded', 'false');
}

/** showInLog opens the latest request of an exchange. */
export function showInLog(exchange) {
  const rows = [...document.querySelectorAll(`#deliveries [data-exchange="${exchange}"]`)];
  if (rows.length === 0) { toast('这条记录已经不在日志里了'); return; }
  rows[0].open = true;
  rows[0].scrollIntoView({ block: 'nearest' });
  for (const row of rows) {
    row.classList.add('flash');
    setTimeout(() => row.classList.remove('flash'), 1600);
  }
}

function renderClock() {
  $('#clock-now').textContent = at.full(now());
  $('#clock-offset').textContent = store.clock.offset_ms ? `比真实时间快 ${span(store.clock.offset_ms)}` : '与真实时间一致';
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    toast(error.message);
  }
}

function level(kind) {
  const a = account();
  if (a.next.some((f) => f.kind === kind)) return 'next';
  const chance = a.faults.find((f) => f.kind === kind)?.chance || 0;
  return chances.map(([value]) => value).filter((value) => value !== 'next' && Number(value) >= chance)[0];
}

function setLevel({ kind, fault }, value) {
  const a = account();
  const others = (list) => list.filter((f) => f.kind !== kind);
  const wasNext = a.next.some((f) => f.kind === kind);
  return attempt(async () => {
    if (value === 'next') {
      await api.nextFaults(a.name, [...others(a.next), { kind, chance: 1, ...fault }]);
    } else if (wasNext) {
      await api.nextFaults(a.name, others(a.next));
    }
    const chance = value === 'next' ? 0 : Number(value);
    await api.faults(a.name, chance ? [...others(a.faults), { kind, chance, ...fault }] : others(a.faults));
  });
}

function renderFaults() {
  const a = account();
  if (!a) return;
  $('#faults-rows').replaceChildren(...kinds.map((k) => h('label', { class: 'fault' },
    h('span', {}, h('b', {}, k.name), h('small', {}, k.about)),
    h('select', { name: k.kind, 'aria-label': `${k.name}：${k.about}`, onchange(e) { setLevel(k, e.target.value); } },
      chances.map(([value, label]) => h('option', { value, selected: value === level(k.kind) }, label))))));
  const active = kinds.filter((k) => level(k.kind) !== '0').map((k) => k.name);
  $('#faults-summary').textContent = active.length ? active.join('、') : '全部关闭';
  $('#faults-summary').classList.toggle('warn', active.length > 0);
}

function row(d) {
  const [label, tone] = verdicts[d.verdict] || [d.verdict, 'bad'];
  const who = store.users.find((u) => u.id === d.user)?.nickname || d.user;
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
      h('h4', {}, `请求 POST${d.faults ? `（故障：${d.faults.map((f) => kinds.find((k) => k.kind === f)?.name || f).join('、')}）` : ''}`), h('pre', { class: 'url' }, d.url),
      h('pre', {}, d.request),
      h('h4', {}, d.status ? `回复 HTTP ${d.status}` : '没有回复'), d.answer && h('pre', {}, d.answer));
  } catch (error) {
    body.replaceChildren(h('p', { class: 'why' }, error.message));
  }
}

function renderLog() {
  const mine = store.deliveries.filter((d) => d.account === store.account);
  $('#deliveries').replaceChildren(...(mine.length
    ? mine.toReversed().map((d) => h('li', {}, row(d)))
    : [h('li', { class: 'muted empty' }, '还没有推送。在手机上做点什么，这里会列出每一次请求和回复。')]));
  $('#callback').textContent = account() ? `${account().callback} · ${modeNames[account().mode]}` : '';
}

const modeNames = { plain: '明文模式', compatible: '兼容模式', secure: '安全模式' };

function addDelivery(d) {
  if (d.account !== store.account) return;
  $('#deliveries .empty')?.remove();
  $('#deliveries').prepend(h('li', {}, row(d)));
  while ($('#deliveries').children.length > 200) $('#deliveries').lastElementChild.remove();
}

async function verify() {
  const result = $('#verify-result');
  result.className = 'muted';
  result.textContent = '验证中…';
  await attempt(async () => {
    const v = await api.verify(store.account);
    result.textContent = v.ok ? `通过 · ${took(v.took_ms)}` : v.problem.text;
    result.className = v.ok ? 'muted good' : 'muted bad';
  });
}

/** startPanel draws the panel and keeps it up to date. */
export function startPanel() {
  $('#open-panel').addEventListener('click', openPanel);
  $('#close-panel').addEventListener('click', closePanel);
  $('#shade').addEventListener('click', closePanel);
  document.addEventListener('keydown', (e) => { if (e.key === 'Escape') closePanel(); });
  $('#verify').addEventListener('click', verify);
  for (const button of document.querySelectorAll('[data-advance]')) {
    button.addEventListener('click', () => attempt(() => api.advance(button.dataset.advance)));
  }
  on('clock', renderClock);
  on('chosen', () => { renderFaults(); renderLog(); $('#verify-result').textContent = ''; });
  on('faults', renderFaults);
  on('delivery', addDelivery);
  setInterval(renderClock, 1000);
}
