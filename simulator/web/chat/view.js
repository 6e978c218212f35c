// The open conversation: its lines, kept in sight as they come.

import { $, at, h, toast } from '../dom.js';
import { entries, now, on } from '../store.js';
import { bubble } from './bubbles.js';
import { renderChips } from './chips.js';
import { closeMore, renderDock } from './dock.js';
import { showInLog } from '../panel/log.js';
import { openPanel } from '../panel/panel.js';

const pause = 5 * 60 * 1000; // between entries, after which the time is shown
let talk = null; // what is open
let mode = ''; // what the dock was drawn for
let sticky = true; // keep the end in sight

/** run does something as whoever's device it is, and tells what the platform refuses. */
export async function run(work) {
  scrollDown(true);
  try {
    return await work();
  } catch (error) {
    toast(error.message);
    return null;
  }
}

const actions = {
  run,
  recall: (entry) => talk.recall?.(entry),
  get tapCard() { return talk.tapCard && ((entry, button) => run(() => talk.tapCard(entry, button))); },
  say: (text, menuID) => run(() => talk.say(text, menuID)),
  openMiniProgram: (where) => toast(`打开小程序 ${where}（模拟器里没有小程序）`),
  openLog(told) { openPanel(); showInLog(told); },
};

function near() {
  const el = $('#chat');
  return el.scrollHeight - el.scrollTop - el.clientHeight < 120;
}

function scrollDown(force) {
  if (force) sticky = true;
  if (!sticky) return;
  const el = $('#chat');
  requestAnimationFrame(() => { el.scrollTop = el.scrollHeight; });
}

function separator(entry, before) {
  if (before && new Date(entry.at) - new Date(before.at) < pause) return null;
  const nextDay = before && at.day(before.at) !== at.day(entry.at); // it says so, today as well
  return h('div', { class: 'time' }, nextDay ? at.moment(entry.at) : at.separator(entry.at, now()));
}

/** shown are the entries that have a line on this device. */
const shown = () => entries(talk.key).map((entry) => ({ entry, line: talk.line(entry) })).filter(({ line }) => line);

function render() {
  const list = shown();
  const nodes = [];
  list.forEach(({ entry, line }, i) => nodes.push(separator(entry, list[i - 1]?.entry), bubble(entry, line, actions)));
  const below = talk.below?.();
  $('#chat').replaceChildren(...nodes.filter(Boolean), ...(below ? [h('div', { class: 'below' }, below(run))] : []));
  renderChips(talk, actions);
  if (list.length > 0) scrollDown(); else $('#chat').scrollTop = 0;
}

/** put shows a new or changed entry without drawing the others again. */
function put(entry) {
  const old = $(`#chat [data-entry="${entry.id}"]`);
  const line = talk.line(entry);
  if (!line && !old) return;
  if (old && line) {
    old.replaceWith(bubble(entry, line, actions));
    renderChips(talk, actions);
    scrollDown();
    return;
  }
  const list = shown();
  if (list.at(-1)?.entry.id !== entry.id || $('#chat .below')) { render(); return; }
  $('#chat').append(...[separator(entry, list.at(-2)?.entry), bubble(entry, line, actions)].filter(Boolean));
  renderChips(talk, actions);
  scrollDown(line.side === 'me');
}

let day = ''; // for which the times between the lines were written

/** renewTimes writes the times between the lines anew when another day has come: what was today is a date now. */
function renewTimes() {
  const today = at.day(now());
  if (today === day) return;
  day = today;
  if (talk) render();
}

/** refreshTalk draws again what depends on more than what was said: who follows, who is served by whom. */
export function refreshTalk() {
  if (!talk) return;
  const wanted = talk.mode();
  if (wanted === mode) return;
  mode = wanted;
  renderStrip();
  renderDock(talk, run);
  render();
}

/** renderStrip shows above the keyboard how the conversation stands and what can be done with it. */
function renderStrip() {
  const strip = talk?.strip?.(run);
  $('#strip').hidden = !strip;
  if (!strip) return;
  $('#strip').replaceChildren(h('span', {}, strip.text), ...strip.buttons.map(([label, press, style]) => h('button', { type: 'button', class: style || 'plain', onclick: press }, label)));
}

/** openTalk shows a conversation in place of what was shown; null for none. */
export function openTalk(next) {
  const same = talk && next && talk.key === next.key;
  talk = next;
  sticky = true;
  mode = talk?.mode() ?? '';
  closeMore();
  $('#chat').hidden = !talk;
  renderStrip();
  if (!talk) { renderDock(null); renderChips(null); return; }
  if (!same) $('#chat').replaceChildren();
  renderDock(talk, run);
  render();
  talk.load().catch((error) => toast(error.message));
}

/** startView keeps the conversation up to date. */
export function startView() {
  const el = $('#chat');
  el.addEventListener('scroll', () => { sticky = near(); }, { passive: true });
  el.addEventListener('load', () => { if (talk && entries(talk.key).length > 0) scrollDown(); }, true); // pictures grow the conversation
  new ResizeObserver(() => { if (talk && entries(talk.key).length > 0) scrollDown(); }).observe(el);
  on('clock', renewTimes);
  on('talk', (key) => { if (key === talk?.key) { sticky = true; render(); } });
  on('entry', ({ key, entry }) => { if (key === talk?.key) put(entry); });
}
