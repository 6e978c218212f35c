// What the page knows: a copy of the simulator's state, kept up to date by its events.

import { api, watch } from './api.js';
import { broughtTo, byRobot } from './brought.js';

export const store = {
  accounts: [], corps: [], users: [], members: [], deliveries: [], calls: [],
  desks: [], // of WeChat customer service, of all corps
  contacts: new Map(), // customer contact by corp: relations, contact ways, tags, groups, mass messages, moments
  robots: [], // of internal groups, of all corps: {corp, title}
  facts: new Map(), // what else is known of a conversation, by its key: who serves it, what may still be said
  talks: new Map(), // what was said, by the key of the conversation: a Map of entries by id
  seen: new Map(), // when each conversation was last looked at, by device and key
  clock: { offset_ms: 0 }, drift: 0, // drift: the simulator's clock minus the browser's
  began: 0, // when this page learned of everything: what is older counts as read
  place: null, // what is shown, see place.js
  user: null, // the person whose phone was looked at last
};

const listeners = {};

/**
 * on registers a listener: state (everything is new), place (something else is shown), talk (a conversation was loaded), entry
 * (something was said), user, delivery, call, clock, faults, call_faults, world (something of the corps changed), online.
 */
export function on(name, listener) { (listeners[name] ||= []).push(listener); }

export function emit(name, detail) { for (const listener of listeners[name] || []) listener(detail); }

export const account = (name) => store.accounts.find((a) => a.name === name);
export const user = (id = store.user) => store.users.find((u) => u.id === id);
export const corp = (id) => store.corps.find((c) => c.id === id);
export const app = (name) => store.corps.flatMap((c) => c.apps).find((a) => a.name === name);
export const desk = (openKfID) => store.desks.find((d) => d.open_kfid === openKfID);
export const fact = (key) => store.facts.get(key);

/** member finds a member of staff by user id, in a corp or in any. */
export const member = (userid, corpID) => store.members.find((m) => m.userid === userid && (!corpID || m.corp === corpID));

/** person finds who is behind an external user id of a corp. */
export const person = (externalUserID, corpID) => store.users.find((u) => u.corps?.[corpID] === externalUserID);

export const now = () => Date.now() + store.drift;

export function remember(key, value) { try { localStorage.setItem(`simulator.${key}`, value); } catch { /* private windows forget */ } }
export function recall(key) { try { return localStorage.getItem(`simulator.${key}`); } catch { return null; } }

/** entries lists what was said in a conversation, in order. */
export function entries(key) {
  const talk = store.talks.get(key);
  return talk ? [...talk.values()].sort((a, b) => a.id - b.id) : [];
}

const device = () => store.place && `${store.place.side}/${store.place.id}`;

/** looked takes note that somebody has the conversation before their eyes. */
export function looked(key) { store.seen.set(`${device()} ${key}`, now()); }

// who speaks to the owner of a device
const others = {
  person: (e) => e.from !== 'user' && e.from !== 'customer' && e.from !== 'system',
  member: (e, key) => e.from === 'robot' || e.from === 'customer' || e.from === (key.startsWith('official/') ? 'user' : 'account'),
};

/** unread counts what was said there since the owner of the device looked, as far as this page has seen it. */
export function unread(key) {
  const since = store.seen.get(`${device()} ${key}`) || store.began;
  return entries(key).filter((e) => new Date(e.at).getTime() > since && others[store.place.side](e, key)).length;
}

/** loaded takes over what was said before; events may have brought something newer while it was on its way. */
export function loaded(key, list) {
  const talk = new Map(list.map((e) => [e.id, e]));
  for (const [id, e] of store.talks.get(key) || []) {
    if (!talk.has(id) || (talk.get(id).state === 'sending' && e.state !== 'sending')) talk.set(id, e);
  }
  store.talks.set(key, talk);
  emit('talk', key);
}

/** said takes over one new or changed entry. */
export function said(key, entry) {
  if (!store.talks.has(key)) store.talks.set(key, new Map());
  store.talks.get(key).set(entry.id, entry);
  emit('entry', { key, entry });
}

function setClock(clock) {
  store.clock = clock;
  store.drift = new Date(clock.now).getTime() - Date.now();
  emit('clock');
}

function putUser(u) {
  const i = store.users.findIndex((x) => x.id === u.id);
  if (i < 0) store.users.push(u); else store.users[i] = u;
  emit('user', u);
}

/** newUser makes a person. */
export async function newUser(nickname) {
  const made = await api.newUser(nickname);
  if (!store.users.some((u) => u.id === made.id)) putUser(made); // its event may have come already
  return made;
}

// The grounds of the staff's drawn avatars, dark enough for white letters.
const colors = ['#3f5f8a', '#7a5cd6', '#a0522d', '#0f8fa8', '#c2447f', '#5b7a1f'];

/** initial is what a drawn avatar of staff shows of a Chinese name: the given name tells colleagues apart. */
const initial = (name) => name.match(/^\p{Script=Han}{2,4}$/u)?.[0].slice(-1);

function setCorps(corps) {
  store.corps = corps || [];
  for (const c of store.corps) for (const a of c.apps) a.corp = c.id;
  store.members = store.corps.flatMap((c) => c.members.map((m, i) => ({
    id: `${c.id}:${m.user_id}`, corp: c.id, userid: m.user_id, name: m.name || m.user_id, initial: initial(m.name || m.user_id), color: colors[i % colors.length],
    serves: [], // accounts as whose servicer they serve
  })));
}

const longest = 400; // entries of a log

function log(list, entry, name) {
  list.push(entry);
  if (list.length > longest) list.shift();
  emit(name, entry);
}

/** deskFacts takes over how a chat with a desk stands, and what is new in it. */
export function deskFacts({ bubbles, ...facts }) {
  const key = `desk/${facts.open_kfid}/${facts.user}`;
  store.facts.set(key, facts);
  const lines = bubbles;
  if (lines.length > fewNew) loaded(key, [...entries(key).filter((e) => !lines.some((l) => l.id === e.id)), ...lines]);
  else for (const l of lines) said(key, l);
  emit('world');
}

const fewNew = 5; // lines that are drawn one by one

async function loadDesks() {
  store.desks = await api.desks();
  for (const chats of await Promise.all(store.desks.map((d) => api.deskChats(d.open_kfid)))) chats.forEach(deskFacts);
}

function setDesk(d) {
  const i = store.desks.findIndex((x) => x.open_kfid === d.open_kfid);
  if (i < 0) store.desks.push(d); else store.desks[i] = d;
  emit('world');
}

const loading = new Map(); // corps whose contacts are on their way: true when there was news meanwhile

async function loadContact(corpID) {
  if (loading.has(corpID)) { loading.set(corpID, true); return; }
  try {
    do {
      loading.set(corpID, false);
      const contact = await api.contact(corpID);
      store.contacts.set(corpID, contact);
      for (const [key, lines] of broughtTo(corpID, contact, store.users)) if (store.talks.get(key)?.size !== lines.length) loaded(key, lines);
      emit('world');
    } while (loading.get(corpID));
  } finally {
    loading.delete(corpID);
  }
}

function contactNews({ corp: corpID, lines }) {
  for (const l of lines) {
    const u = person(l.external_user_id, corpID);
    if (u) said(`contact/${corpID}/${l.user_id}/${u.id}`, l);
  }
  loadContact(corpID).catch(() => {}); // the next news asks again
}

async function loadRobots() {
  const all = await Promise.all(store.corps.map(async (c) => [c.id, await api.robots(c.id)]));
  store.robots = all.flatMap(([corpID, robots]) => Object.keys(robots).sort().map((title) => ({ corp: corpID, title })));
  for (const [, robots] of all) for (const said of Object.values(robots)) if (said.length) loaded(...fromRobot(said));
}

const fromRobot = (all) => [`robot/${all[0].corp}/${all[0].robot}`, all.map(byRobot)];

/** addServicers gives members the conversations of the official accounts' servicers (客服) of their name; the others are staff of their own. */
function addServicers() {
  for (const a of store.accounts) {
    for (const s of a.servicers || []) {
      const m = store.members.find((x) => x.name === s.nick);
      const as = { account: a.name, servicer: s.account };
      if (m?.serves.some((x) => x.account === a.name)) continue; // one person serves an account once
      if (m) m.serves.push(as);
      else {
        store.members.push({
          id: `servicer:${a.name}:${s.account}`, name: s.nick || s.account, initial: initial(s.nick || ''),
          color: colors[store.members.length % colors.length], serves: [as],
        });
      }
    }
  }
}

// What an official account can change by its API, and servicers by the bot: the page asks anew.
const changing = /\/(menu\/create|menu\/delete|qrcode\/create|kfsession\/(create|close))$/;

async function reloadAccounts() {
  const state = await api.state();
  store.accounts = state.accounts || [];
  emit('world');
}

async function refresh(arrive) {
  const state = await api.state();
  store.accounts = state.accounts || [];
  setCorps(state.corps);
  addServicers();
  store.users = state.users;
  store.deliveries = state.deliveries;
  store.calls = state.calls || [];
  store.talks.clear();
  store.facts.clear();
  if (store.users.length === 0) {
    const made = await api.newUser('');
    if (store.users.length === 0) store.users.push(made); // its event may have come already
  }
  setClock(state.clock);
  store.began ||= now();
  await Promise.all([loadDesks(), loadRobots(), ...store.corps.map((c) => loadContact(c.id))]);
  emit('state');
  arrive();
  emit('online', true);
}

/** start connects to the simulator; arrive is called when there is something to show. */
export function start(arrive) {
  watch({
    hello: () => refresh(arrive).catch(() => emit('online', false)),
    error: () => emit('online', false),
    clock: setClock,
    user: putUser,
    entry: (e) => said(`${account(e.account) ? 'official' : 'app'}/${e.account}/${e.user}`, e),
    desk: setDesk,
    desk_chat: deskFacts,
    contact: contactNews,
    robot(m) {
      const [key, [line]] = fromRobot([m]);
      said(key, line);
    },
    delivery(d) {
      if (d.id <= (store.deliveries.at(-1)?.id || 0)) return; // it came with the state already
      log(store.deliveries, d, 'delivery');
    },
    call(c) {
      if (c.id <= (store.calls.at(-1)?.id || 0)) return;
      log(store.calls, c, 'call');
      if (changing.test(c.path) && c.errcode === 0) reloadAccounts().catch(() => {});
    },
    talks(v) {
      Object.assign(account(v.account) || {}, { talks: v.talks });
      emit('world');
    },
    call_faults: (v) => emit('call_faults', v),
    faults(f) {
      Object.assign(account(f.account) || app(f.account) || {}, f);
      emit('faults', f);
    },
  });
}
