// What goes wrong on the way to the bot.

import { $, h } from '../dom.js';
import { api } from '../api.js';
import { on } from '../store.js';
import { attempt, subject } from './subject.js';

const kinds = [
  { kind: 'slow', name: '慢', about: '网络来回共慢 2 秒', fault: { delay_ms: 2000 } },
  { kind: 'drop_answer', name: '丢回复', about: '首次回复丢失，平台再推一次', fault: {} },
  { kind: 'drop_request', name: '丢请求', about: '首次推送没有到达', fault: {} },
  { kind: 'duplicate', name: '重复', about: '同一推送同时到达 3 份', fault: { copies: 3 } },
  { kind: 'reorder', name: '乱序', about: '等下一个操作先到，最多 3 秒', fault: { delay_ms: 3000 } },
  { kind: 'noise', name: '杂质', about: '元素乱序，夹带未知元素', fault: {} },
];
/** chances are how often a fault strikes. */
export const chances = [['0', '关'], ['next', '下一次'], ['0.2', '偶尔'], ['0.5', '常常'], ['1', '每次']];

/** faultName is what people call a fault. */
export const faultName = (kind) => kinds.find((k) => k.kind === kind)?.name || kind;

function level(a, kind) {
  if (a.next.some((f) => f.kind === kind)) return 'next';
  const chance = a.faults.find((f) => f.kind === kind)?.chance || 0;
  return chances.map(([value]) => value).filter((value) => value !== 'next' && Number(value) >= chance)[0];
}

function setLevel(a, { kind, fault }, value) {
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

/** faultRows shows for each kind how often it strikes; a list that somebody has open stays open. */
export function faultRows(el, list, prefix, levelOf, choose) {
  if (el.childElementCount === 0) {
    el.append(...list.map((k) => h('label', { class: 'fault' },
      h('span', {}, h('b', {}, k.name), h('small', {}, k.about)),
      h('select', { name: prefix + k.kind, 'aria-label': `${prefix ? '接口' : ''}${k.name}：${k.about}`, onchange(e) { choose(k, e.target.value); } },
        chances.map(([value, label]) => h('option', { value }, label))))));
  }
  for (const k of list) $(`select[name="${prefix}${k.kind}"]`, el).value = levelOf(k.kind);
}

const active = new Map(); // what is on, by where it strikes

/** summary tells in the head of the faults which are on. */
export function summary(where, names) {
  active.set(where, names);
  const all = [...active.values()].flat();
  $('#faults-summary').textContent = all.length ? all.join('、') : '全部关闭';
  $('#faults-summary').classList.toggle('warn', all.length > 0);
}

function render() {
  const a = subject();
  if (!a) return;
  faultRows($('#faults-rows'), kinds, '', (kind) => level(a, kind), (k, value) => setLevel(subject(), k, value));
  summary('deliveries', kinds.filter((k) => level(a, k.kind) !== '0').map((k) => k.name));
}

/** startFaults draws the faults and keeps them up to date. */
export function startFaults() {
  on('subject', render);
  on('faults', render);
}
