// Messages as the platforms' APIs write them, read into what content.js shows. The bot made them: anything may be missing.

import { member } from '../store.js';

const text = (v) => (typeof v === 'string' ? v : typeof v === 'number' ? String(v) : '');
const list = (v) => (Array.isArray(v) ? v.filter((x) => x && typeof x === 'object') : []);

/** fromWire reads the object that stands under the name of a message's type. */
export function fromWire(type, body) {
  const b = body && typeof body === 'object' ? body : {};
  const read = kinds[type];
  return { kind: type, ...(read ? read(b) : { media_id: text(b.media_id) || undefined }) };
}

const kinds = {
  text: (b) => ({ text: text(b.content) }),
  markdown: (b) => ({ text: text(b.content) }),
  link: (b) => ({ title: text(b.title), description: text(b.desc || b.description), url: text(b.url), media_id: text(b.thumb_media_id), picture_url: text(b.pic_url || b.picurl) }),
  miniprogram: (b) => ({ title: text(b.title), appid: text(b.appid), page: text(b.pagepath || b.page), media_id: text(b.thumb_media_id || b.pic_media_id) }),
  location: (b) => ({ label: text(b.name) || text(b.address), description: text(b.name) && text(b.address), latitude: b.latitude, longitude: b.longitude }),
  video: (b) => ({ title: text(b.title), description: text(b.description), media_id: text(b.media_id) }),
  file: (b) => ({ file_name: text(b.file_name || b.name), media_id: text(b.media_id) }),
  business_card: (b) => ({ text: member(text(b.userid))?.name || text(b.userid) }),
  ca_link: (b) => ({ kind: 'link', title: '获客链接', url: text(b.link_url) }),
  news: (b) => articles(b),
  mpnews: (b) => ({ kind: 'news', ...articles(b) }),
  music: (b) => ({ title: text(b.title), description: text(b.description), url: text(b.musicurl || b.url) }),
  msgmenu: menu,
  wxcard: (b) => ({ kind: 'link', title: '卡券', description: text(b.card_id) }),
  miniprogrampage: (b) => ({ kind: 'miniprogram', title: text(b.title), appid: text(b.appid), page: text(b.pagepath), media_id: text(b.thumb_media_id) }),
  mpnewsarticle: (b) => ({ kind: 'link', title: '公众号文章', description: text(b.article_id) }),
  textcard: (b) => ({ title: text(b.title), description: text(b.description), url: text(b.url), button: text(b.btntxt) }),
  template_card: templateCard,
  miniprogram_notice: (b) => ({
    title: text(b.title), description: text(b.description), appid: text(b.appid), page: text(b.page),
    rows: list(b.content_item).map((row) => [text(row.key), text(row.value)]),
  }),
};

function articles(b) {
  const found = list(b.articles).map((a) => ({
    title: text(a.title), description: text(a.description || a.digest), url: text(a.url || a.content_source_url), picture_url: text(a.picurl || a.pic_url),
    media_id: text(a.thumb_media_id),
  }));
  return { articles: found.length ? found : [{ title: '图文' }] };
}

/** menu reads both platforms' menus: an official account's items are just an id and words. */
function menu(b) {
  return {
    head: text(b.head_content), tail: text(b.tail_content),
    items: list(b.list).map((item) => {
      const inside = item[item.type] || item;
      return {
        type: item.type || 'click', id: text(inside.id), content: text(inside.content), url: text(inside.url), appid: text(inside.appid), page: text(inside.pagepath),
      };
    }),
  };
}

function templateCard(b) {
  const main = b.main_title || {};
  return {
    card_type: text(b.card_type), task_id: text(b.task_id), source: text(b.source?.desc), title: text(main.title), description: text(main.desc),
    emphasis: text(b.emphasis_content?.title), text: text(b.sub_title_text),
    rows: list(b.horizontal_content_list).map((row) => [text(row.keyname), text(row.value)]),
    buttons: [...list(b.button_list), ...list([b.submit_button])].map((button) => ({ text: text(button.text), key: text(button.key) })),
  };
}
