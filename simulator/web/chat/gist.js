// A line in a few words, for lists.

const words = {
  image: '[图片]', voice: '[语音]', video: '[视频]', file: '[文件]', location: '[位置]', link: '[链接]', news: '[图文]', music: '[音乐]',
  miniprogram: '[小程序]', msgmenu: '[菜单]',
};

/** gist is the beginning of a line, as plain text. */
export function gist(line) {
  if (!line) return '';
  if (line.side === 'system') return line.text;
  const { kind, text } = line.content;
  const said = kind === 'text' ? (text || '').replace(/<[^>]*>/g, '').replace(/\s+/g, ' ').slice(0, 60) : words[kind] || `[${kind}]`;
  return line.who ? `${line.who}：${said}` : said;
}
