// What official accounts and apps say, as the simulator keeps it, read into what content.js shows.

import { fromWire } from './wire.js';

/** fromScreen reads a reply or a message that came by the API. */
export function fromScreen(m) {
  const rows = (m.items || []).map((i) => [i.name || '', i.text]);
  const program = { appid: m.app_id || '', page: m.page_path || '', title: m.title, description: m.description, media_id: m.media_id };
  switch (m.kind) {
    case 'msgmenu': return { kind: 'msgmenu', head: m.text || m.title, tail: m.tail, items: (m.items || []).map((i) => ({ type: 'click', id: i.id, content: i.text })) };
    case 'miniprogrampage': return { kind: 'miniprogram', ...program };
    case 'miniprogram_notice': return { kind: 'miniprogram_notice', ...program, rows };
    case 'template': return { kind: 'textcard', title: m.title || '模板消息',
      description: [m.text, ...rows.map((row) => row.filter(Boolean).join('：'))].filter(Boolean).join('\n'), url: m.url };
    case 'template_card': return { ...fromWire('template_card', m.card), kind: 'template_card' };
    case 'update_button': return { kind: 'text', text: `按钮变为“${m.text}”` };
    case 'update_template_card': return { kind: 'template_card', title: m.title, description: m.description };
    case 'file': return { kind: 'file', file_name: m.title, media_id: m.media_id };
    default: return m;
  }
}
