// One line of a conversation as something to look at.

import { avatar, h, icon } from '../dom.js';
import { icons } from '../icons.js';
import { content } from './content.js';

/**
 * bubble makes the node of a line: {side: me|them|system, picture, who, content | text, meta: {text, bad, exchange, call},
 * lost}: lost says that it never arrived. Actions say, openMiniProgram and openLog are what can be done from it.
 */
export function bubble(entry, line, actions) {
  const node = line.side === 'system' ? system(line, actions) : said(entry, line, actions);
  node.dataset.entry = entry.id;
  return node;
}

/** portrait draws the picture of whoever speaks. */
export function portrait(picture, size = '') {
  const el = avatar(h('span', { class: ['avatar', size, picture.brand && `of-${picture.brand}`].filter(Boolean).join(' ') }), picture.initial || picture.name || '', picture.color);
  if (picture.icon) el.replaceChildren(icon(...icons[picture.icon]));
  return el;
}

function said(entry, line, actions) {
  const recall = actions.recall(entry);
  return h('div', { class: `entry ${line.side}${line.lost ? ' lost' : ''}` }, portrait(line.picture),
    h('div', { class: 'said' }, line.who && h('small', { class: 'speaker' }, line.who), content({ ...line.content, entry }, actions), meta(line.meta, actions),
      recall && h('button', { type: 'button', class: 'meta recall', onclick: () => actions.run(recall) }, '撤回')));
}

function system(line, actions) {
  return h('div', { class: 'entry system' }, h('span', { class: 'note' }, line.text), meta(line.meta, actions));
}

/** meta says under a line how it came; pressing it opens the request in the log. */
function meta(told, actions) {
  if (!told) return null;
  const style = told.bad ? 'meta bad' : 'meta';
  if (!told.exchange && !told.call) return h('span', { class: style }, told.text);
  return h('button', { type: 'button', class: style, onclick: () => actions.openLog(told), title: '在线路日志里查看' }, told.text);
}
