// The answers that the last line offers, to be tapped.

import { $, h } from '../dom.js';

/** renderChips draws them; none without a conversation. */
export function renderChips(talk, actions) {
  const { offered, several } = talk?.choices?.() || { offered: [] };
  const row = $('#chips');
  row.hidden = offered.length === 0;
  const chip = ({ say, label }, press) => h('button', { type: 'button', class: 'chip', title: label, onclick: press || (() => actions.say(say)) }, label);
  if (!several) {
    row.replaceChildren(...offered.map((choice) => chip(choice)));
    return;
  }
  const chosen = new Set();
  const answer = () => offered.filter(({ say }) => chosen.has(say)).map(({ say }) => say).join('');
  const send = h('button', { type: 'button', class: 'chip send', hidden: true, onclick: () => actions.say(answer()) });
  row.replaceChildren(...offered.map((choice) => {
    if (!choice.option) return chip(choice);
    const toggle = chip(choice, () => {
      if (!chosen.delete(choice.say)) chosen.add(choice.say);
      toggle.setAttribute('aria-pressed', chosen.has(choice.say));
      send.hidden = chosen.size === 0;
      send.textContent = `发送 ${answer()}`;
    });
    toggle.setAttribute('aria-pressed', 'false');
    return toggle;
  }), send);
}
