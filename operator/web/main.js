// The page: what goes out by itself, asked anew every two seconds.

import { $, full, h, redraw, setZone, when } from './dom.js';
import { api } from './api.js';
import { drawBroadcasts } from './broadcasts.js';
import { comes, drawMoments, drawSchedules } from './plans.js';

const every = 2000; // ms between two looks
const most = 20; // broadcasts that are shown

let setup = {};
let drift = 0; // the bot's clock minus the browser's
let known = null; // what was asked for last
let asking = null;

const now = () => Date.now() + drift;

function alarm(text) {
  $('#alert').hidden = !text;
  $('#alert').textContent = text || '';
}

let told = ''; // what a button was refused: it stays until the next one is pressed

/** run does something for somebody who pressed a button. */
async function run(work) {
  told = '';
  try {
    await work();
  } catch (refused) {
    told = refused.message;
  }
  await look();
}

const moveTo = (at) => run(() => api.moveTo(at));

async function ask() {
  const [clock, schedules, moments, push, list] = await Promise.all([api.clock(), api.schedules(), api.moments(), api.push(), api.broadcasts()]);
  const broadcasts = await Promise.all(list.slice(0, most).map((b) => api.broadcast(b.id)));
  drift = Date.parse(clock.now) - Date.now();
  known = { schedules, broadcasts, open: push.open, posts: moments.posts };
}

/** look asks for everything and draws it; one look at a time, and one more when somebody wanted it meanwhile. */
async function look() {
  while (asking) await asking;
  asking = ask().then(() => alarm(told), (refused) => alarm(told || refused.message)).finally(() => { asking = null; });
  await asking;
  render();
}

function render() {
  $('#now').textContent = full(now());
  if (!known) return;
  const move = setup.moves ? moveTo : null;
  const [next] = comes(known, now());
  redraw($('#next'), [next, Math.floor(now() / 60000)], () => (next
    ? [h('span', {}, '下一件事　', h('b', {}, when(next.at, now())), `　${next.what}`), move && h('button', { type: 'button', class: 'primary', onclick: () => move(next.at) }, '拨到下一刻')]
    : [h('span', { class: 'muted' }, '眼下没有排着的事。')]));
  drawBroadcasts($('#broadcasts'), known.broadcasts, now(), run);
  drawSchedules($('#schedules'), known, now(), move);
  $('#moments-part').hidden = known.posts.length === 0;
  drawMoments($('#moments'), known.posts, now(), move);
}

/** beside shows the phone next to the page where there is room, and the way to it elsewhere. */
function beside() {
  if (!setup.phone) return;
  $('#to-phone').href = setup.phone;
  $('#to-phone').hidden = false;
  const wide = matchMedia('(min-width: 1000px)');
  const show = () => {
    $('#beside').hidden = !wide.matches;
    if (wide.matches && !$('#beside iframe')) $('#beside').append(h('iframe', { src: setup.phone, title: '手机' }));
  };
  wide.addEventListener('change', show);
  show();
}

async function begin() {
  try {
    setup = await api.setup();
  } catch (refused) {
    alarm(refused.message);
    setTimeout(begin, every);
    return;
  }
  setZone(setup.zone);
  beside();
  setInterval(() => { if (!document.hidden && !asking) look(); }, every);
  setInterval(() => { $('#now').textContent = full(now()); }, 1000);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
  await look();
}

begin();
