// What goes wrong with the API calls of the bot.

import { $, h, toast } from '../dom.js';
import { api } from '../api.js';
import { on } from '../store.js';
import { chances, faultRows, summary } from './faults.js';
import { callName, shortPath } from './errcodes.js';
import { attempt } from './subject.js';

const kinds = [
  { kind: 'slow', name: '慢', about: '2 秒后才回答', fault: { delay_ms: 2000 } },
  { kind: 'no_answer', name: '不回答', about: '照做了，但 10 秒后断开', fault: { delay_ms: 10000 } },
  { kind: 'lost', name: '丢失', about: '没有照做，10 秒后断开', fault: { delay_ms: 10000 } },
  { kind: 'reset', name: '断开', about: '连接被重置', fault: {} },
  { kind: 'busy', name: '繁忙', about: 'errcode -1', fault: {} },
  { kind: 'expired', name: 'token 过期', about: '中途作废，errcode 42001', fault: {} },
  { kind: 'code', name: '超限', about: 'errcode 45009', fault: { code: 45009 } },
  { kind: 'bad_gateway', name: '网关错误', about: 'HTTP 502', fault: {} },
  { kind: 'half', name: '半截', about: '照做了，回答只有一半', fault: {} },
  { kind: 'bare', name: '空回答', about: '照做了，errcode 0，没有内容', fault: {} },
];

/** callFaultName is what people call a fault of a call. */
export const callFaultName = (kind) => kinds.find((k) => k.kind === kind)?.name || kind;

const takenBack = 40014; // what a token that was taken back is answered with

let set = []; // as the simulator has them
let paths = []; // of the calls there are
let path = ''; // of the call that faults are set for; empty: all

const mine = (f) => (f.path || '') === path;

function level(kind) {
  const f = set.find((x) => x.kind === kind && mine(x));
  if (!f) return '0';
  if (f.times) return 'next';
  return chances.map(([value]) => value).find((value) => value !== 'next' && Number(value) >= f.chance);
}

function setLevel({ kind, fault }, value) {
  const others = set.filter((f) => f.kind !== kind || !mine(f));
  const how = value === 'next' ? { times: 1 } : { chance: Number(value) };
  const wanted = value === '0' ? others : [...others, { kind, ...fault, ...how, ...(path ? { path } : {}) }];
  return attempt(async () => take(await api.setCallFaults(wanted)));
}

function take(view) {
  set = view.faults || [];
  paths = view.paths || [];
  render();
}

function render() {
  $('#call-faults').hidden = paths.length === 0;
  $('#call-path').replaceChildren(h('option', { value: '' }, '所有接口'), ...paths.map((p) => h(
    'option', { value: p, selected: p === path }, [shortPath(p), callName(p)].filter(Boolean).join(' '))));
  faultRows($('#call-faults-rows'), kinds, 'call-', level, setLevel);
  summary('calls', [...new Set(set.map((f) => `接口${callFaultName(f.kind)}`))]);
}

/** startCallFaults draws the faults of calls and keeps them up to date. */
export function startCallFaults() {
  const load = () => attempt(async () => take(await api.callFaults()));
  $('#call-path').addEventListener('change', (e) => { path = e.target.value; render(); });
  $('#take-tokens').addEventListener('click', () => attempt(async () => {
    const { taken_back: n } = await api.takeTokens(takenBack);
    toast(n > 0 ? `收回了 ${n} 个 access_token，用它调用会得到 ${takenBack}` : '现在没有有效的 access_token');
  }));
  on('state', load);
  on('call', (c) => { if (c.fault && set.some((f) => f.times)) load(); }); // one of them may be over now
  on('call_faults', take);
}
