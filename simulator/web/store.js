// What the page knows: a copy of the simulator's state, kept up to date by its events.

import { api, watch } from './api.js';

export const store = {
  accounts: [], users: [], deliveries: [],
  chats: new Map(), // "account/user" -> Map of entries by id
  clock: { offset_ms: 0 }, drift: 0, // drift: the simulator's clock minus the browser's
  account: null, user: null, // names of the chosen ones
};

const listeners = {};

/** on registers a listener: state, chosen, entry, user, delivery, clock, faults, online. */
export function on(name, listener) { (listeners[name] ||= []).push(listener); }

function emit(name, detail) { for (const listener of listeners[name] || []) listener(detail); }

export const account = () => store.accounts.find((a) => a.name === store.account);
export const user = () => store.users.find((u) => u.id === store.user);
export const follower = () => user()?.accounts[store.account];
export const now = () => Date.now() + store.drift;

/** entries lists the open chat in order. */
export function entries() {
  const chat = store.chats.get(`${store.account}/${store.user}`);
  return chat ? [...chat.values()].sort((a, b) => a.id - b.id) : [];
}

function remember(key, value) { try { localStorage.setItem(`simulator.${key}`, value); } catch { /* private windows forget */ } }
function recall(key) { try { return localStorage.getItem(`simulator.${key}`); } catch { return null; } }

/** choose opens the chat of an account and a person. */
export async function choose(accountName, userID) {
  store.account = accountName;
  store.user = userID;
  remember('account', accountName);
  remember('user', userID);
  emit('chosen');
  if (userID) await loadChat(accountName, userID);
}

async function loadChat(accountName, userID) {
  const list = await api.chat(accountName, userID);
  const key = `${accountName}/${userID}`;
  const chat = new Map(list.map((e) => [e.id, e]));
  // Events may have brought something newer while the list was on its way.
  for (const [id, e] of store.chats.get(key) || []) {
    if (!chat.has(id) || (chat.get(id).state === 'sending' && e.state !== 'sending')) chat.set(id, e);
  }
  store.chats.set(key, chat);
  emit('chat');
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

/** newUser makes a person and takes up their phone. */
export async function newUser(nickname) {
  const made = await api.newUser(nickname);
  if (!store.users.some((u) => u.id === made.id)) putUser(made); // its event may have come already
  await choose(store.account, made.id);
}

/** pick decides whose phone to show: what the address asks for, what was open last, or the first. */
function pick() {
  const asked = new URLSearchParams(location.search);
  const known = (list, key, value) => list.some((x) => x[key] === value) && value;
  const accountName = known(store.accounts, 'name', store.account) || known(store.accounts, 'name', asked.get('account'))
    || known(store.accounts, 'name', recall('account')) || store.accounts[0].name;
  const userID = known(store.users, 'id', store.user) || known(store.users, 'id', asked.get('user'))
    || known(store.users, 'id', recall('user')) || store.users[0]?.id;
  return [accountName, userID];
}

async function refresh() {
  const state = await api.state();
  store.accounts = state.accounts;
  store.users = state.users;
  store.deliveries = state.deliveries;
  store.chats.clear();
  if (store.users.length === 0) {
    const made = await api.newUser('');
    if (store.users.length === 0) store.users.push(made); // its event may have come already
  }
  setClock(state.clock);
  emit('state');
  await choose(...pick());
  emit('online', true);
}

/** start connects to the simulator. */
export function start() {
  watch({
    hello: () => refresh().catch(() => emit('online', false)),
    error: () => emit('online', false),
    clock: setClock,
    user: putUser,
    entry(e) {
      const key = `${e.account}/${e.user}`;
      if (!store.chats.has(key)) store.chats.set(key, new Map());
      store.chats.get(key).set(e.id, e);
      if (e.account === store.account && e.user === store.user) emit('entry', e);
    },
    delivery(d) {
      if (d.id <= (store.deliveries.at(-1)?.id || 0)) return; // it came with the state already
      store.deliveries.push(d);
      if (store.deliveries.length > 200) store.deliveries.shift();
      emit('delivery', d);
    },
    faults(f) {
      Object.assign(store.accounts.find((a) => a.name === f.account) || {}, f);
      emit('faults', f);
    },
  });
}
