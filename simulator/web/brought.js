// What reaches people beside their chats: mass messages in customers' groups, moments, and what robots say. Each becomes lines of a
// conversation, by its key.

/** broughtTo lists what customer contact of a corp brought to whom: a Map of lines by conversation. */
export function broughtTo(corpID, contact, users) {
  const brought = new Map();
  const bring = (key, line) => brought.set(key, [...(brought.get(key) || []), line]);
  for (const p of contact.posts) bring(`group/${corpID}/${p.chat_id}`, { ...p.line, at: p.at });
  for (const { moment, sender } of published(contact.moments)) {
    for (const u of users.filter((x) => sender.seen?.includes(x.corps?.[corpID]))) {
      const key = `moments/${corpID}/${u.id}`;
      for (const line of saysOf(moment)) bring(key, { ...line, id: (brought.get(key)?.length || 0) + 1, at: sender.published_at, from: 'member', user_id: sender.user_id });
    }
  }
  return brought;
}

/** published lists who published what, in the order of time: what comes later is shown below. */
const published = (moments) => moments.flatMap((moment) => moment.senders.filter((s) => s.published_at).map((sender) => ({ moment, sender })))
  .sort((a, b) => new Date(a.sender.published_at) - new Date(b.sender.published_at));

/** saysOf is a moment as lines. */
export const saysOf = (m) => [...(m.text ? [{ kind: 'text', text: m.text }] : []), ...(m.bubbles || [])];

/** byRobot is what a robot said as a line. */
export function byRobot({ id, at, kind, text, mentions, articles, picture }) {
  const line = { id, at, from: 'robot', mentions };
  if (kind === 'image') return { ...line, kind, picture_url: addressOf(picture) };
  if (kind === 'news') return { ...line, kind, articles: articles.map((a) => ({ ...a, picture_url: a.picurl })) };
  return { ...line, kind: kind === 'text' ? kind : 'markdown', text };
}

/** addressOf lets the page show a picture that came in base64. */
function addressOf(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: bytes[0] === 0x89 ? 'image/png' : 'image/jpeg' }));
}
