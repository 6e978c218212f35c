// The conversation of a follower with an official account as its servicers (公众号客服) see it.

import { api } from '../api.js';
import { account, entries, loaded, member, store, user } from '../store.js';
import { exchangeLine } from './exchange.js';

/** waiting is a follower's place in the account's talks with servicers: undefined when nobody is to serve them. */
export function talkWith(accountName, userID) {
  const openID = user(userID)?.accounts[accountName]?.openid;
  return account(accountName)?.talks?.find((t) => t.openid === openID);
}

/** nickOf is what a servicer is called. */
export const nickOf = (accountName, servicer) => account(accountName)?.servicers?.find((s) => s.account === servicer)?.nick || servicer;

/** servicerTalk is the conversation in the client of a member who serves as servicer. */
export function servicerTalk(accountName, userID, me, servicer) {
  const key = `official/${accountName}/${userID}`;
  const a = () => account(accountName);
  const u = () => user(userID);
  const t = () => talkWith(accountName, userID);
  const mine = () => t()?.servicer === servicer;
  const act = (what) => api.serve(accountName, userID, what);
  const take = (label, style) => (run) => [label, () => run(() => act({ do: 'take', servicer })), style];
  return {
    key,
    address: ['official', accountName, userID],
    title: () => u()?.nickname || userID,
    subtitle: () => `公众号 ${a()?.title || accountName}`,
    picture: () => ({ name: u()?.nickname || '', color: u()?.color }),
    load: async () => loaded(key, await api.chat(accountName, userID)),
    begun: () => entries(key).length > 0 || Boolean(t()),
    mode: () => JSON.stringify([t(), u()?.accounts[accountName]?.following]),
    writable: mine,
    menu: () => [],
    say: (text) => act({ do: 'say', text }),
    line: (entry) => turned(exchangeLine(key, entry, {
      them: { name: a()?.title || '', brand: 'official' }, me: { name: u()?.nickname || '', color: u()?.color }, api: { name: '客服消息', path: 'message/custom/send' },
    }), entry, accountName, servicer, me),
    strip(run) {
      if (mine()) return { text: '接待中', buttons: [['结束会话', () => run(() => act({ do: 'end' }))]] };
      if (t()?.servicer) return { text: `${nickOf(accountName, t().servicer)} 正在接待`, buttons: [take('接手', 'plain')(run)] };
      return t() ? { text: '等待接入', buttons: [take('接入', 'primary')(run)] } : { text: '公众号自己在回复', buttons: [take('主动接入', 'plain')(run)] };
    },
    tools: () => [],
  };
}

/** turned shows a line from the other side of the conversation. */
function turned(line, entry, accountName, servicer, me) {
  if (line.side === 'me') return { ...line, side: 'them' };
  if (line.side !== 'them') return line;
  if (entry.via !== 'servicer') return { ...line, side: 'me', who: '机器人' };
  const by = entry.reply.servicer;
  const nick = nickOf(accountName, by);
  return { ...line, side: 'me', who: by === servicer ? '' : nick, picture: by === servicer ? me : member(nick) || store.members.find((m) => m.name === nick) || { name: nick } };
}
