// The sheets that ask what to send.

import { closeDialog, dialog, h } from '../dom.js';
import { api } from '../api.js';

const longest = 1280; // pixels: larger pictures are made smaller, as phones do

export function field(label, props) {
  return h('label', { class: 'field' }, h('span', {}, label), h('input', { autocomplete: 'off', ...props }));
}

/** form opens a sheet with fields; done gets their values by name, and all of them as FormData. */
export function form(title, button, fields, done, ...more) {
  const el = h('form', { class: 'form', onsubmit(e) {
    e.preventDefault();
    const data = new FormData(el);
    closeDialog();
    done(Object.fromEntries(data), data);
  } }, fields, more, h('button', { class: 'primary wide' }, button));
  dialog(title, el);
}

export function locationSheet(act) {
  form('发送位置', '发送', [
    field('地点', { name: 'label', value: '上海市黄浦区人民广场', maxLength: 100 }),
    h('div', { class: 'pair' },
      field('纬度', { name: 'latitude', type: 'number', step: 'any', min: -90, max: 90, value: '31.230416', required: true }),
      field('经度', { name: 'longitude', type: 'number', step: 'any', min: -180, max: 180, value: '121.473701', required: true })),
  ], (v) => act({ kind: 'location', label: v.label, latitude: Number(v.latitude), longitude: Number(v.longitude) }));
}

export function voiceSheet(act) {
  form('发送语音', '发送 1 秒语音', [
    field('语音识别结果（可不填）', { name: 'text', maxLength: 500, placeholder: '公众号开启语音识别时收到的文字' }),
  ], (v) => act({ kind: 'voice', text: v.text }));
}

export function linkSheet(act) {
  form('分享链接', '发送', [
    field('标题', { name: 'title', required: true, maxLength: 200 }),
    field('网址', { name: 'url', type: 'url', required: true, pattern: 'https?://.+', placeholder: 'https://', maxLength: 1000 }),
    field('说明', { name: 'description', maxLength: 500 }),
  ], (v) => act({ kind: 'link', ...v }));
}

/** codes draws an official account's QR codes as buttons. */
export function codes(a, scan) {
  return h('div', { class: 'codes' }, a.scenes.map((scene) => code(api.qr(a.name, scene.key), scene.title || scene.key, () => scan(scene))));
}

/** code draws one QR code to be scanned by pressing it. */
export function code(picture, name, scan) {
  return h('button', { type: 'button', 'aria-label': `扫描“${name}”的二维码`, onclick: scan },
    h('img', { src: picture, alt: '', width: 124, height: 124 }), h('span', {}, name));
}

export function scanSheet(a, scan) {
  dialog('扫一扫', h('p', { class: 'muted' }, '点一个二维码，就当是用手机扫了它'), codes(a, (scene) => { closeDialog(); scan(scene); }));
}

/** fileSheet asks for any file; send gets it. */
export function fileSheet(send) {
  form('发送文件', '发送', [h('label', { class: 'field' }, h('span', {}, '文件，最多 20 MB'), h('input', { type: 'file', name: 'file', required: true }))], (v) => send(v.file));
}

/** confirmSheet asks before something is done. */
export function confirmSheet(title, text, button, done) {
  form(title, button, [h('p', {}, text)], () => done());
}

async function smaller(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 || file.type === 'image/gif') return file;
  const canvas = h('canvas', { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), 'image/jpeg', 0.85));
}

/** pictureSheet asks for a picture; send gets its bytes. */
export function pictureSheet(send) {
  const preview = h('div', { class: 'preview' }, h('span', { class: 'muted' }, '还没有选择图片'));
  const button = h('button', { class: 'primary wide', disabled: true }, '发送');
  let blob = null;
  const choose = h('input', { type: 'file', name: 'picture', id: 'picture', accept: 'image/png,image/jpeg,image/gif', async onchange() {
    const file = choose.files[0];
    if (!file) return;
    try {
      blob = await smaller(file);
      const shown = h('img', { alt: '预览', src: URL.createObjectURL(blob), onload() { URL.revokeObjectURL(shown.src); } });
      preview.replaceChildren(shown);
      button.disabled = false;
    } catch {
      button.disabled = true;
      preview.replaceChildren(h('span', { class: 'muted' }, '这不是能识别的图片，请换一张'));
    }
  } });
  const el = h('form', { class: 'form', onsubmit(e) {
    e.preventDefault();
    closeDialog();
    send(blob);
  } }, preview, h('label', { class: 'plain wide file' }, '选择图片', choose), button);
  dialog('发送图片', el);
}
