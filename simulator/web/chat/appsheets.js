// The sheets of a member's conversation with an app.

import { field, form } from './sheets.js';

/** clickSheet asks for the key of the menu button that is tapped: the simulator knows no menus of apps. */
export function clickSheet(done) {
  form('点应用的菜单', '点击', [field('菜单的 key', { name: 'key', required: true, maxLength: 128, placeholder: '如 QUIZ' })], done);
}
