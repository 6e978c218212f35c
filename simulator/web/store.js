// What the page knows: a copy of the simulator's state, kept up to date by its events.

import { api, watch } from './api.js';

export const store = {
  accounts: [], users: [], members: [], deliveries: [],
  talks: new Map(), // what was said, by the key of the conversation: a Map of entries by id
  seen: new Map(), // the last entry that was looked at, by device and key
  clock: { offset_ms: 0 }, drift: 0, // drift: the simulator's clock minus the browser's
  place: null, // what is shown, see place.js
  user: null, // the person whose phone was looked at last
};

const listeners = {};

/**
 * on registers a listener: state (everything is new), place (something else is shown), talk (a conversation was loaded), entry
 * (something was said), user, delivery, clock, faults, online.
 */
export function on(name, listener) { (listeners[name] ||= []).push(listener); }

export function emit(name, detail) { for (const listener of listeners[name] || []) listener(detail); }

export const account = (name) => store.accounts.find((a) => a.name === name);
export const user = (id = store.user) => store.users.find((u) => u.id === id);
export const now = () => Date.now() + store.drift;

export function remember(key, value) { try { localStorage.setItem(`simulator.${key}`, value); } catch { /* private windows forget */ } }
export function recall(key) { try { return localStorage.getItem(`simulator.${key}`); } catch { return null; } }

/** entries lists what was said in a conversation, in order. */
export function entries(key) {
  const talk = store.talks.get(key);
  return talk ? [...talk.values()].sort((a, b) => a.id - b.id) : [];
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

async function refresh(arrive) {
  const state = await api.state();
  store.accounts = state.accounts || [];
  store.users = state.users;
  store.deliveries = state.deliveries;
  store.talks.clear();
  if (store.users.length === 0) {
    const made = await api.newUser('');
    if (store.users.length === 0) store.users.push(made); // its event may have come already
  }
  setClock(state.clock);
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
    entry: (e) => said(`official/${e.account}/${e.user}`, e),
    delivery(d) {
      if (d.id <= (store.deliveries.at(-1)?.id || 0)) return; // it came with the state already
      store.deliveries.push(d);
      if (store.deliveries.length > 200) store.deliveries.shift();
      emit('delivery', d);
    },
    faults(f) {
      Object.assign(account(f.account) || {}, f);
      emit('faults', f);
    },
  });
}
