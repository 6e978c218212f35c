// One API call of the bot in the log.

import { at, h, took } from '../dom.js';
import { app } from '../store.js';
import { callFaultName } from './callfaults.js';
import { callName, meaning, shortPath } from './errcodes.js';

/** callRow shows which call it was, and what the platform answered. */
export function callRow(c) {
  const bad = c.errcode !== 0;
  const fault = c.fault && `故障：${callFaultName(c.fault)}`;
  const why = [bad && meaning(c.errcode), fault].filter(Boolean).join(' · ');
  return h('div', { class: 'delivery call', 'data-path': c.path },
    h('div', { class: 'summary' },
      h('time', {}, at.seconds(c.at)),
      h('span', { class: 'what' }, h('span', { class: 'way', 'aria-label': '接口调用' }, '↑'), h('code', {}, shortPath(c.path)),
        h('span', { class: 'brief' }, [callName(c.path), c.app && app(c.app) && app(c.app).title].filter(Boolean).join(' · '))),
      h('span', { class: `pill ${bad ? 'bad' : fault ? 'warn' : 'good'}` }, bad ? `errcode ${c.errcode}` : fault ? '故障' : 'ok'),
      h('span', { class: 'ms' }, took(c.took_ms))),
    why && h('p', { class: 'why' }, why));
}
