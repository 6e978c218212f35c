// The log of what went over the wire: the callbacks to the bot with its answers, and the calls that the bot made.

import { $, h, toast, took } from '../dom.js';
import { api } from '../api.js';
import { on, store } from '../store.js';
import { callRow } from './calls.js';
import { deliveryRow } from './deliveries.js';
import { attempt, owner, subject } from './subject.js';

const modeNames = { plain: '明文模式', compatible: '兼容模式', secure: '安全模式' };
const longest = 400; // rows
let filter = 'all'; // all, deliveries or calls

/** showInLog opens the latest request of an exchange, or points at the latest call at a path. */
export function showInLog({ exchange, call }) {
  if (filter !== 'all') setFilter('all');
  const rows = [...document.querySelectorAll(exchange ? `#deliveries [data-exchange="${exchange}"]` : `#deliveries [data-path$="${CSS.escape(call)}"]`)];
  if (rows.length === 0) { toast('这条记录已经不在日志里了'); return; }
  const found = exchange ? rows : rows.slice(0, 1);
  if (exchange) found[0].open = true;
  found[0].scrollIntoView({ block: 'nearest' });
  for (const row of found) {
    row.classList.add('flash');
    setTimeout(() => row.classList.remove('flash'), 1600);
  }
}

const ofDelivery = (d) => d.account === subject()?.name;
const ofCall = (c) => !c.owner || c.owner === owner(subject());

const item = (row) => h('li', {}, row);

function render() {
  const mine = [
    ...(filter === 'calls' ? [] : store.deliveries.filter(ofDelivery).map((d) => [d, deliveryRow])),
    ...(filter === 'deliveries' ? [] : store.calls.filter(ofCall).map((c) => [c, callRow])),
  ].sort(([a], [b]) => new Date(b.at) - new Date(a.at)).slice(0, longest);
  $('#deliveries').replaceChildren(...(mine.length
    ? mine.map(([x, row]) => item(row(x)))
    : [h('li', { class: 'muted empty' }, '还没有记录。在手机上做点什么，这里会列出平台的每次推送，和程序的每次接口调用。')]));
  const a = subject();
  $('#callback').textContent = a ? `${a.callback} · ${modeNames[a.mode || 'secure']}` : '';
  $('#verify-result').textContent = '';
}

function add(row) {
  $('#deliveries .empty')?.remove();
  $('#deliveries').prepend(item(row));
  while ($('#deliveries').children.length > longest) $('#deliveries').lastElementChild.remove();
}

function setFilter(to) {
  filter = to;
  for (const button of document.querySelectorAll('[data-log]')) button.setAttribute('aria-pressed', String(button.dataset.log === to));
  render();
}

async function verify() {
  const result = $('#verify-result');
  result.className = 'muted';
  result.textContent = '验证中…';
  await attempt(async () => {
    const v = await api.verify(subject().name);
    result.textContent = v.ok ? `通过 · ${took(v.took_ms)}` : v.problem.text;
    result.className = v.ok ? 'muted good' : 'muted bad';
  });
}

/** startLog draws the log and keeps it up to date. */
export function startLog() {
  $('#verify').addEventListener('click', verify);
  for (const button of document.querySelectorAll('[data-log]')) button.addEventListener('click', () => setFilter(button.dataset.log));
  on('subject', render);
  on('delivery', (d) => { if (filter !== 'calls' && ofDelivery(d)) add(deliveryRow(d)); });
  on('call', (c) => { if (filter !== 'deliveries' && ofCall(c)) add(callRow(c)); });
}
