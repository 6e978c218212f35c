// The page of the simulator: the devices of people and staff, and what goes over the wire.

import { account, on, start, store, user } from './store.js';
import { arrive, open } from './place.js';
import { api } from './api.js';
import { run } from './chat/view.js';
import { confirmSheet } from './chat/sheets.js';
import { startDevice } from './device/device.js';
import { startGuide } from './device/guide.js';
import { addBy, wayName } from './device/scan.js';
import { startPanel } from './panel/panel.js';

startGuide();
startDevice();
startPanel();

// The codes hold this page's address with a scene or a contact way: a real phone that scans one lands here.
let asked = new URLSearchParams(location.search);
on('online', (online) => {
  if (!online || !asked) return;
  const scan = asked;
  asked = null;
  askToFollow(scan.get('scan'));
  askToAdd(scan.get('corp'), scan.get('way'));
});

function askToFollow(key) {
  const [kind, name] = store.place?.talk || [];
  const scene = key && kind === 'official' && account(name)?.scenes.find((s) => s.key === key);
  if (!scene || user().accounts[name]?.following) return;
  confirmSheet('扫码关注', `二维码“${scene.title || scene.key}”`, '关注', () => run(() => api.act(name, store.user, { kind: 'scan', scene: scene.key })));
}

function askToAdd(corpID, config) {
  const way = config && store.contacts.get(corpID)?.ways.find((w) => w.config_id === config);
  if (!way || store.place?.side !== 'person') return;
  confirmSheet('扫码添加', `“联系我”二维码“${wayName(way)}”`, '添加', () => addBy(corpID, way, store.user, open, run));
}

start(arrive);
