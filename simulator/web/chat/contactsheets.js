// The sheets of customer contact: what a member notes on a customer.

import { h } from '../dom.js';
import { person, store } from '../store.js';
import { field, form } from './sheets.js';

/** editSheet asks for remark, description, tags and the member's own tags; done gets what has changed. */
export function editSheet(corpID, r, done) {
  const groups = store.contacts.get(corpID)?.tags || [];
  const has = new Set(r.tags || []);
  const boxes = groups.map((g) => h('fieldset', { class: 'tags' }, h('legend', {}, g.name), g.tags.map((t) => h('label', { class: 'tag' },
    h('input', { type: 'checkbox', name: 'tag', value: t.id, checked: has.has(t.id) }), h('span', {}, t.name)))));
  const el = [
    field('备注', { name: 'remark', value: r.remark || '', maxLength: 20 }),
    field('描述', { name: 'description', value: r.description || '', maxLength: 150 }),
    ...boxes,
    groups.length === 0 && h('p', { class: 'muted' }, '企业还没有标签'),
    field('自己的标签（用顿号分开）', { name: 'personal', value: (r.personal || []).join('、'), maxLength: 200 }),
  ];
  form('备注和标签', '保存', el.filter(Boolean), (v, data) => {
    const tags = data.getAll('tag');
    done({
      remark: v.remark, description: v.description,
      add_tags: tags.filter((id) => !has.has(id)), remove_tags: [...has].filter((id) => !tags.includes(id)),
      personal: v.personal.split(/[、,，]/).map((s) => s.trim()).filter(Boolean),
    });
  });
}

/** peopleSheet asks who of a member's customers and colleagues; without leaves out those who are there already. */
export function peopleSheet(title, corpID, me, without, done, ...more) {
  const box = (id, name, about) => h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'who', value: id }), h('span', {}, name, ' ', h('small', {}, about)));
  const customers = (store.contacts.get(corpID)?.relations || []).filter((r) => r.user_id === me.userid && ['half', 'full'].includes(r.status));
  const all = [
    ...customers.map((r) => [r.external_user_id, r.remark || person(r.external_user_id, corpID)?.nickname || r.external_user_id, '客户']),
    ...store.members.filter((m) => m.corp === corpID && m.userid !== me.userid).map((m) => [m.userid, m.name, '成员']),
  ].filter(([id]) => !without.includes(id));
  form(title, '确定', [...more, ...(all.length ? all.map(([id, name, about]) => box(id, name, about)) : [h('p', { class: 'muted' }, '没有可以选的人：先让客户添加你')])],
    (v, data) => done(data.getAll('who'), v));
}
