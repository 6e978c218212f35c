// A line in a few words, for lists.

const words = {
  image: '[图片]', voice: '[语音]', video: '[视频]', file: '[文件]', location: '[位置]', link: '[链接]', news: '[图文]', music: '[音乐]',
  miniprogram: '[小程序]', miniprogram_notice: '[小程序]', textcard: '[卡片]', template_card: '[卡片]', business_card: '[名片]',
};

/** gist is the beginning of a line, as plain text. */
export function gist(line) {
  if (!line) return '';
  if (line.side === 'system') return line.text;
  const { kind, text, head, title } = line.content;
  const plain = (said) => (said || '').replace(/<[^>]*>/g, '').replace(/\s+/g, ' ').trim().slice(0, 60);
  const said = kind === 'text' || kind === 'markdown' ? plain(text) : kind === 'msgmenu' && head ? plain(head) : `${words[kind] || `[${kind}]`}${plain(title)}`;
  return line.who ? `${line.who}：${said}` : said;
}
