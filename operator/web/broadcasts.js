// Broadcasts: what is said to whom, what would become of it, how far it is, and its buttons.

import { ask, h, redraw, when } from './dom.js';
import { api } from './api.js';
import { broadcastStates, kinds, reasonName, told, wayName } from './words.js';

/** drawBroadcasts shows them; run does something and tells what is refused; now is the bot's clock. */
export function drawBroadcasts(el, list, now, run) {
  redraw(el, [list, Math.floor(now / 60000)], () => (list.length ? list.map((b) => card(b, now, run))
    : [h('p', { class: 'card muted' }, '还没有群发。写一个 YAML 草稿，用 guanjia broadcast draft 或 POST /api/v1/broadcasts 交给机器人。')]));
}

function card(b, now, run) {
  const [state, tone] = broadcastStates[b.state] || [b.state, ''];
  const kind = kinds[b.to] || { name: b.to };
  return h('article', { class: 'card broadcast', 'aria-label': b.name },
    h('div', { class: 'head' }, h('h3', {}, b.name), h('span', { class: `pill ${tone}` }, state), h('span', { class: 'muted' }, kind.name)),
    h('p', { class: 'says' }, says(b.draft)),
    h('dl', { class: 'facts' }, facts(b, now).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
    b.state === 'draft' ? forecast(b, now) : progress(b),
    h('div', { class: 'buttons' }, buttons(b, kind, run)));
}

/** says is what people will read, as far as it is text. */
function says(draft) {
  const lines = (draft?.messages || []).map((m) => m.text || (m.cards || []).map((c) => `[链接] ${c.title}`).join('\n') || m.mini_program?.title || m.menu?.head || `[${m.kind}]`);
  return lines.join('\n') || (draft?.template || draft?.subscribe ? '按模板填写' : '（空）');
}

function facts(b, now) {
  const d = b.draft || {};
  const to = b.to === 'robot' ? `机器人 ${d.robot}` : d.segment || (d.all ? '全部关注者' : d.tag ? `平台标签 ${d.tag}` : '');
  return [
    ['发给', h('span', {}, b.account && `${b.account} · `, h('code', {}, to || '全部'))],
    d.ways?.length && ['途径', d.ways.map(wayName).join(' → ')],
    b.start_at && [b.state === 'scheduled' ? '定在' : '开始', when(b.start_at, now)],
    kinds[b.to]?.note && ['注意', kinds[b.to].note],
  ].filter(Boolean);
}

const figure = (n, label) => h('span', {}, h('b', { class: 'figure' }, n.toLocaleString('zh-CN')), label);

/** forecast is what the dry run said. */
function forecast(b, now) {
  const r = b.dry_run;
  if (!r) return h('p', { class: 'muted' }, '还没有试算。试算把人群里的每个人过一遍规则，一条也不发。');
  const sum = (counts) => Object.values(counts || {}).reduce((all, n) => all + n, 0);
  const asked = `试算于 ${when(r.at, now)}`;
  if (b.to !== 'people') return h('p', { class: 'muted' }, r.people ? `${r.people.toLocaleString('zh-CN')} 人在人群里。${asked}` : asked);
  return h('div', { 'aria-label': '试算结果' },
    h('div', { class: 'figures' }, figure(r.people, '人'), figure(sum(r.now), '人现在'),
      (r.later || []).map((w) => figure(w.people, `人${w.at && !w.at.startsWith('0001') ? ` ${when(w.at, now)}` : '恢复后'}（${reasonName(w.reason)}）`)),
      r.held > 0 && figure(r.held, '人下次来访时'), sum(r.never) > 0 && figure(sum(r.never), `人不发（${told(r.never, reasonName)}）`)),
    h('p', { class: 'muted' }, [told(r.now, wayName), asked].filter(Boolean).join(' · ')));
}

/** progress is how far it is. */
function progress(b) {
  const p = b.progress;
  if (!p) return null;
  const waits = p.waiting + p.sending + p.held;
  const lost = p.failed + p.dropped;
  const all = Math.max(p.sent + p.unknown + waits + lost, 1);
  const part = (n, kind) => {
    const span = h('span', { class: kind });
    span.style.flex = `0 0 ${(100 * n) / all}%`;
    return span;
  };
  return h('div', { 'aria-label': '进度' },
    h('div', { class: 'bar', role: 'img', 'aria-label': `已发 ${p.sent}，在等 ${waits}，没有发 ${lost}` }, part(p.sent + p.unknown, ''), part(waits, 'wait'), part(lost, 'lost')),
    h('div', { class: 'figures' }, figure(p.sent, '已发'), p.unknown > 0 && figure(p.unknown, '不确定'), waits > 0 && figure(waits, b.to === 'group_send' || b.to === 'groups' ? '等员工确认' : '在等'), lost > 0 && figure(lost, '没有发')),
    h('p', { class: 'muted' }, [told(p.by_way, wayName), told(p.reasons, reasonName)].filter(Boolean).join(' · ')));
}

function buttons(b, kind, run) {
  const act = (label, what, style = 'plain', body) => h('button', { type: 'button', class: style, 'aria-label': `${label}：${b.name}`, onclick: () => run(() => api.act(b.id, what, body)) }, label);
  const cancel = h('button', { type: 'button', class: 'plain danger', 'aria-label': `取消：${b.name}`, async onclick() {
    if (await ask(`取消“${b.name}”`, '还没有发出的不再发，取消之后不能恢复。', '取消这条群发')) run(() => api.act(b.id, 'cancel'));
  } }, '取消');
  switch (b.state) {
    case 'draft': return [act('试算', 'dry-run'), h('button', { type: 'button', class: 'primary', 'aria-label': `开始：${b.name}`, onclick: () => start(b, run) }, '开始')];
    case 'scheduled': return [cancel];
    case 'sending': return [b.to === 'people' && act('暂停', 'pause'), cancel];
    case 'paused': return [act('继续', 'resume', 'primary'), cancel];
    default: return [];
  }
}

/** start starts it; when everybody is meant, whoever starts it confirms how many that are. */
async function start(b, run) {
  let everybody = 0;
  await run(async () => {
    try {
      await api.act(b.id, 'start');
    } catch (refused) {
      if (refused.code !== 'everybody') throw refused;
      everybody = refused.number;
    }
  });
  if (everybody && await ask('发给所有人？', `这个人群就是 ${b.account} 的全部 ${everybody.toLocaleString('zh-CN')} 人。确认要发给他们吗？`, `发给 ${everybody} 人`)) {
    await run(() => api.act(b.id, 'start', { yes: everybody }));
  }
}
