// The conversations that a device can show. Each kind is a file that tells how its entries look from where one sits and what one
// can do there:
//
//   key          names it in the store: the same for everybody who takes part
//   title()      who one talks with; picture() {name, color, brand} draws them; subtitle() more about it
//   load()       fetches what was said before
//   line(entry)  one entry as it looks from here, see chat/bubbles.js
//   mode()       changes when what can be done changes; writable() tells whether one can write
//   say(text, menuID), menu() with tap(button), tools(run): what is at hand
//   strip(run)   a line of text with buttons above the keyboard, or null
//   recall(entry) a function that takes a message back, or nothing
//   choices()    the answers that the last line offers, see chat/rich.js
//   below()      a function that makes what stands under the last line, or null

import { on, store, user } from '../store.js';
import { appTalk } from './app.js';
import { contactTalk, contactTalks, customerTalk } from './contact.js';
import { deskTalk, servedTalk } from './desk.js';
import { groups, groupTalk } from './group.js';
import { officialTalk } from './official.js';
import { servicerTalk } from './servicer.js';
import { momentsTalk, momentsTalks, robotTalk } from './shown.js';
import { momentTalk, sendTalk } from './task.js';

const onPhone = {
  official: (userID, account) => store.accounts.some((a) => a.name === account) && officialTalk(account, userID),
  desk: (userID, openKfID) => store.desks.some((d) => d.open_kfid === openKfID) && deskTalk(openKfID, userID),
  contact: (userID, corp, member) => store.members.some((m) => m.corp === corp && m.userid === member) && contactTalk(corp, member, userID),
  group: (userID, corp, chatID) => hasGroup(corp, chatID) && groupTalk(corp, chatID, { userID }),
  moments: (userID, corp) => store.corps.some((c) => c.id === corp) && momentsTalk(corp, userID),
};

const inClient = {
  official(me, accountName, userID) {
    const as = me.serves.find((s) => s.account === accountName);
    return as && store.users.some((u) => u.id === userID) && servicerTalk(accountName, userID, me, as.servicer);
  },
  app: (me, name) => store.corps.some((c) => c.apps.some((a) => a.name === name)) && appTalk(name, me),
  desk: (me, openKfID, userID) => store.users.some((u) => u.id === userID) && servedTalk(openKfID, userID, me),
  contact: (me, userID) => store.users.some((u) => u.id === userID) && customerTalk(userID, me),
  group: (me, chatID) => hasGroup(me.corp, chatID) && groupTalk(me.corp, chatID, me),
  send: sendTalk,
  moment: momentTalk,
  robot: (me, title) => store.robots.some((r) => r.corp === me.corp && r.title === title) && robotTalk(me, title),
};

const hasGroup = (corpID, chatID) => store.contacts.get(corpID)?.chats.some((c) => c.chat_id === chatID);

/** owner is the member whose client a place shows. */
export const owner = (place) => store.members.find((m) => m.id === place?.id);

/** talkOf finds the conversation of a place; null for the list, and for one that is not there. */
export function talkOf(place) {
  const [kind, ...names] = place?.talk || [];
  const make = place?.side === 'person' ? onPhone[kind] : inClient[kind];
  return (make && make(place.side === 'person' ? place.id : owner(place), ...names)) || null;
}

/** talksOf lists the conversations that somebody's phone can show. */
export function talksOf(userID) {
  return [
    ...store.accounts.map((a) => ({ address: ['official', a.name], ...officialTalk(a.name, userID) })),
    ...store.desks.map((d) => ({ address: ['desk', d.open_kfid], ...deskTalk(d.open_kfid, userID) })),
    ...contactTalks(userID),
    ...momentsTalks(userID),
    ...store.corps.flatMap((c) => groups(c.id, user(userID)?.corps?.[c.id]).map((g) => groupTalk(c.id, g.chat_id, { userID }))),
  ];
}

const asked = new Set(); // keys of the conversations whose beginning is here, or on its way
on('state', () => asked.clear());

/** preload fetches what was said in conversations that have begun, so that lists can show the end of it. */
export function preload(talks) {
  for (const talk of talks) {
    if (asked.has(talk.key) || !talk.begun()) continue;
    asked.add(talk.key);
    talk.load().catch(() => asked.delete(talk.key)); // asked for again with the next list
  }
}
