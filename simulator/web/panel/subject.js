// Which account or app the panel speaks of, and how it tells what was refused.

import { $, h, toast } from '../dom.js';
import { account, app, corp, emit, on, store } from '../store.js';

let chosen = ''; // by hand; empty: whatever the device shows

/** endpoints are the accounts and apps that get callbacks. */
const endpoints = () => [...store.accounts, ...store.corps.flatMap((c) => c.apps.filter((a) => a.callback))];

/** shown is the account or app of what the device shows. */
function shown() {
  const [kind, name] = store.place?.talk || [];
  if (kind === 'official' || kind === 'app') return account(name) || app(name);
  const corpID = store.place?.side === 'member' ? store.members.find((m) => m.id === store.place.id)?.corp : kind === 'desk' || kind === 'contact' ? store.corps[0]?.id : null;
  return corp(corpID)?.apps.find((a) => a.callback);
}

/** subject is the account or app that the panel speaks of. */
export const subject = () => account(chosen) || app(chosen) || shown() || endpoints()[0];

/** owner names it in the log of calls: the corp, or the app id of an official account. */
export const owner = (subject) => subject?.corp || subject?.app_id;

function render() {
  const all = endpoints();
  const select = $('#subject');
  select.hidden = all.length < 2;
  select.replaceChildren(h('option', { value: '' }, `跟随手机${subject() ? `：${subject().title}` : ''}`),
    ...all.map((a) => h('option', { value: a.name, selected: a.name === chosen }, a.title)));
}

/** startSubject lets one choose; listeners of "subject" draw anew. */
export function startSubject() {
  $('#subject').addEventListener('change', (e) => { chosen = e.target.value; emit('subject'); });
  for (const name of ['state', 'place', 'subject']) on(name, render);
  on('place', () => emit('subject'));
}

/** attempt does something and tells what the simulator refuses. */
export async function attempt(work) {
  try {
    await work();
  } catch (error) {
    toast(error.message);
  }
}
