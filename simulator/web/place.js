// Where the page is: whose device it shows and which conversation is open on it. The address says it after #, so that the
// browser's back button leaves a conversation and a reload comes back to it.

import { emit, recall, remember, store } from './store.js';

/**
 * A place is {side, id, talk}: side is "person" or "member", id whose device it is, talk the segments that name what is open on
 * it, none for the list of conversations.
 */
function parse(hash) {
  let parts;
  try {
    parts = hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return null; // not an address of ours
  }
  const [side, id, ...talk] = parts;
  return (side === 'person' || side === 'member') && id ? { side, id, talk } : null;
}

const address = ({ side, id, talk }) => `#/${[side, id, ...talk].map(encodeURIComponent).join('/')}`;

/** exists tells whether a place can be shown. */
function exists(place) {
  return Boolean(place) && (place.side === 'person' ? store.users.some((u) => u.id === place.id) : store.members.some((m) => m.id === place.id));
}

const left = new Map(); // what was open on each person's phone, by their id

/** lastOf is what was open on somebody's phone when this page showed it last; undefined when it never did. */
export const lastOf = (userID) => left.get(userID);

function show(place) {
  store.place = place;
  if (place.side === 'person') left.set(place.id, place.talk);
  if (place.side === 'person') store.user = place.id;
  remember('place', address(place));
  emit('place');
}

/** go opens a place; replace leaves no way back to the one before. */
export function go(side, id, talk = [], { replace } = {}) {
  const place = { side, id, talk };
  if (address(place) !== location.hash) history[replace ? 'replaceState' : 'pushState'](null, '', address(place));
  show(place);
}

/** open opens a conversation on the device that is shown. */
export const open = (...talk) => go(store.place.side, store.place.id, talk);

/** back leaves what is open for the list. */
export const back = () => go(store.place.side, store.place.id);

/** arrive decides what to show: what is shown, what the address asks for, what was open last, or the first account of the first person. */
export function arrive() {
  const asked = new URLSearchParams(location.search);
  const known = (list, key, value) => list.find((x) => x[key] === value)?.[key];
  const user = known(store.users, 'id', asked.get('user'));
  const account = known(store.accounts, 'name', asked.get('account'));
  const last = parse(recall('place') || '');
  const home = store.accounts[0] ? ['official', store.accounts[0].name] : [];
  let place = [store.place, parse(location.hash)].find(exists);
  if (!place && (user || account)) place = { side: 'person', id: user || store.users[0].id, talk: account ? ['official', account] : home };
  if (!place && exists(last)) place = last;
  place ||= { side: 'person', id: store.users[0].id, talk: home };
  go(place.side, place.id, place.talk, { replace: true });
}

addEventListener('popstate', () => {
  const place = parse(location.hash);
  if (exists(place)) show(place);
});
