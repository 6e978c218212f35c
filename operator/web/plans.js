// What is said by itself: schedules, reminders, the calendar of moments; and what of all that comes next.

import { h, redraw, when } from './dom.js';
import { categories, causes, momentStates, reasonName, slots } from './words.js';

const isMoment = (s) => s.name.startsWith('moment/');
const campaignOf = (s) => s.name.split('/')[0]; // a step of a sequence is counted with the others

/** timeOf is when something of a plan happens next, as far as it is known; null: nothing is known. */
const timeOf = (s) => (s.looks ? s.soonest : s.next) || null;

const soon = (s) => (timeOf(s) ? Date.parse(timeOf(s)) : Number.MAX_SAFE_INTEGER);

/** comes lists what happens next, the soonest first: {at, what}. */
export function comes({ schedules, broadcasts, open }, now) {
  const name = (campaign) => broadcasts.find((b) => `broadcast:${b.id}` === campaign)?.name || schedules.find((s) => campaignOf(s) === campaign)?.title || campaign || '一条消息';
  return [
    ...schedules.map((s) => ({ at: timeOf(s), what: isMoment(s) ? `朋友圈 ${categories[s.title] || s.title}` : s.title })),
    ...broadcasts.filter((b) => b.state === 'scheduled').map((b) => ({ at: b.start_at, what: b.name })),
    ...open.filter((o) => o.next && !o.reason?.startsWith('paused')).map((o) => ({ at: o.next, what: `${name(o.campaign)}（${o.count} 条在等：${reasonName(o.reason)}）` })),
  ].filter((x) => x.at && new Date(x.at) > now).sort((a, b) => new Date(a.at) - new Date(b.at));
}

const mover = (at, title, moveTo) => moveTo && at && h('button', { type: 'button', class: 'plain', 'aria-label': `拨到 ${title} 这一刻`, onclick: () => moveTo(at) }, '拨到这一刻');

/** drawSchedules shows what is said by the clock and because of something. */
export function drawSchedules(el, { schedules, open }, now, moveTo) {
  const list = schedules.filter((s) => !isMoment(s)).sort((a, b) => soon(a) - soon(b));
  redraw(el, [list, open, Math.floor(now / 60000)], () => (list.length ? list.map((s) => row(s, open.filter((o) => o.campaign === campaignOf(s)), now, moveTo))
    : [h('p', { class: 'muted empty' }, '内容里没有定时消息和提醒。')]));
}

function row(s, open, now, moveTo) {
  const at = timeOf(s);
  const ahead = at && new Date(at) > now;
  const { segment, on, campaign, accounts } = s.audience;
  const who = [accounts?.length && accounts.join('、'), on && `${causes[on] || on}${campaign ? ` · ${campaign}` : ''}`].filter(Boolean).join(' · ');
  const last = s.last[0];
  return h('div', { class: 'row', role: 'group', 'aria-label': s.title },
    h('div', { class: 'about' },
      h('div', { class: 'head' }, h('h3', {}, s.title), h('span', { class: 'muted' }, s.looks ? '提醒' : '定时'), ...open.map(waiting(now))),
      h('p', { class: 'muted' }, who, who && segment ? ' · ' : '', segment && h('code', {}, segment)),
      h('p', { class: 'when' }, at ? h('span', {}, '下一次 ', h('time', {}, when(at, now))) : s.looks ? '现在没有要提醒的人' : '不再有下一次',
        last && h('span', { class: 'muted' }, `　上次 ${when(last.at, now)}：${slots[last.state] || last.state}${last.state === 'missed' || last.state === 'stopped' ? '' : `，${last.people} 人`}`))),
    h('div', {}, ahead && mover(at, s.title, moveTo)));
}

const waiting = (now) => (o) => h('span', { class: `pill ${o.state === 'held' ? '' : 'warn'}`, title: o.explanation_zh || '' },
  o.state === 'held' ? `${o.count} 条等下次来访` : `${o.count} 条在等${o.reason ? `：${reasonName(o.reason)}` : ''}${o.next && new Date(o.next) > now ? `，${when(o.next, now)} 再看` : ''}`);

/** drawMoments shows the posts that are to come or were lately. */
export function drawMoments(el, posts, now, moveTo) {
  redraw(el, [posts, Math.floor(now / 60000)], () => posts.map((p) => h('div', { class: 'row', role: 'group', 'aria-label': p.id },
    h('div', { class: 'about' },
      h('div', { class: 'head' }, h('h3', {}, categories[p.category] || p.category), h('code', { class: 'muted' }, p.id)),
      h('p', { class: 'when' }, h('time', {}, when(p.at, now)), h('span', { class: 'muted' },
        `　${p.members ? `${p.published}/${p.members} 位员工已发表` : momentStates[p.state] || p.state}`))),
    h('div', {}, new Date(p.at) > now && mover(p.at, p.id, moveTo)))));
}
