// Texts as a chat shows them: links that are safe become links, everything else stays the characters it is.

import { h } from '../dom.js';

const anchor = /<a\s+([^>]*)>([\s\S]*?)<\/a>/gi;
const attribute = /([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;
const bareURL = /https?:\/\/[^\s<>"'，。；！？、）】》”’\u3000]+/gi;
const menuLink = /^weixin:\/\/bizmsgmenu\?/i;

function attributes(source) {
  const found = {};
  for (const [, name, double, single] of source.matchAll(attribute)) found[name.toLowerCase()] = double ?? single;
  return found;
}

/** safeURL returns an address that may be opened, or null. */
export function safeURL(address) {
  try {
    const url = new URL(address);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

export const link = (href, ...children) => h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children);

/** linkNode turns one <a> into something to tap; null when its address is not one that chats open. */
function linkNode(source, label, actions) {
  const a = attributes(source);
  if (a['data-miniprogram-appid']) {
    const where = `${a['data-miniprogram-appid']} ${a['data-miniprogram-path'] || ''}`;
    return h('button', { type: 'button', class: 'link', onclick: () => actions.openMiniProgram(where) }, label);
  }
  const href = (a.href || '').replaceAll('&amp;', '&');
  if (menuLink.test(href)) {
    const query = new URLSearchParams(href.replace(menuLink, ''));
    const say = query.get('msgmenucontent') || label;
    return h('button', { type: 'button', class: 'link', onclick: () => actions.say(say, query.get('msgmenuid') || undefined) }, label);
  }
  const safe = safeURL(href);
  return safe && link(safe, label);
}

function bare(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(bareURL)) {
    const safe = safeURL(match[0]);
    if (!safe) continue;
    nodes.push(text.slice(end, match.index), link(safe, match[0]));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** rich returns the nodes of a text. */
export function rich(text, actions) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(anchor)) {
    const node = linkNode(match[1], match[2], actions);
    if (!node) continue;
    nodes.push(...bare(text.slice(end, match.index)), node);
    end = match.index + match[0].length;
  }
  nodes.push(...bare(text.slice(end)));
  return nodes;
}

const option = /^\s*(?:[【[(（]\s*)?(\d{1,2}|[A-Ha-h])(?:\s*[】\])）]|[.．、:：](?!\d)|\uFE0F?\u20E3)\s*(\S.*)$/u;
const circled = /^\s*([①-⑳])\s*(\S.*)$/u;
const quoted = /(?:回复|发送|输入|说)\s*(?:(?:[“「『"【])([^”」』"】\n]{1,16})[”」』"】])(?:\s*(?:或|、|\/|和|，)\s*[“「『"【]([^”」』"】\n]{1,16})[”」』"】])?/gu;
const maxChips = 12;

/**
 * choices finds what a text offers to answer: numbered or lettered lines, and words in quotes after 回复. several says that
 * more than one of the lettered ones may be chosen.
 */
export function choices(text) {
  const options = new Map();
  let question = ''; // the paragraph that leads to the options
  for (const line of text.split('\n')) {
    const match = line.match(option);
    const ring = !match && line.match(circled);
    const say = match ? match[1] : ring && String(ring[1].codePointAt(0) - 0x2460 + 1);
    if (say && !options.has(say)) options.set(say, { say, label: `${say} ${(match || ring)[2]}`, option: true });
    if (options.size === 0) question = line.trim() === '' ? '' : question + line;
  }
  if (options.size < 2) options.clear();
  const several = [...options.keys()].some((say) => /[A-H]/i.test(say)) && question.includes('多选');
  for (const match of text.matchAll(quoted)) {
    for (const word of match.slice(1)) {
      const say = word?.trim();
      if (say && !options.has(say)) options.set(say, { say, label: say });
    }
  }
  return { offered: [...options.values()].slice(0, maxChips), several };
}
