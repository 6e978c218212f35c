// The conversations that a device can show. Each kind is a file that tells how its entries look from where one sits and what one
// can do there:
//
//   key          names it in the store: the same for everybody who takes part
//   title()      who one talks with; picture() {name, color, brand} draws them; subtitle() more about it
//   load()       fetches what was said before
//   line(entry)  one entry as it looks from here, see chat/bubbles.js
//   mode()       changes when what can be done changes; writable() tells whether one can write
//   say(text, menuID), menu() with tap(button), tools(run): what is at hand
//   choices()    the answers that the last line offers, see chat/rich.js
//   below()      a function that makes what stands under the last line, or null

import { store } from '../store.js';
import { officialTalk } from './official.js';

const onPhone = {
  official: (id, account) => officialTalk(account, id),
};

/** talkOf finds the conversation of a place; null for the list. */
export function talkOf(place) {
  const [kind, ...names] = place?.talk || [];
  const make = place?.side === 'person' && onPhone[kind];
  return make ? make(place.id, ...names) : null;
}

/** talksOf lists the conversations that somebody's phone can show. */
export function talksOf(userID) {
  return store.accounts.map((a) => ({ address: ['official', a.name], ...officialTalk(a.name, userID) }));
}
