// The page of the simulator: the devices of people and staff, and what goes over the wire.

import { account, on, start, store, user } from './store.js';
import { arrive } from './place.js';
import { api } from './api.js';
import { run } from './chat/view.js';
import { confirmScan } from './chat/sheets.js';
import { startDevice } from './device/device.js';
import { startGuide } from './device/guide.js';
import { startPanel } from './panel/panel.js';

startGuide();
startDevice();
startPanel();

// The codes hold this page's address with a scene: a real phone that scans one lands here.
let asked = new URLSearchParams(location.search).get('scan');
on('online', (online) => {
  const [kind, name] = store.place?.talk || [];
  const a = online && asked && kind === 'official' && account(name);
  const scene = a && a.scenes.find((s) => s.key === asked);
  asked = null;
  if (scene && !user().accounts[name]?.following) confirmScan(scene, () => run(() => api.act(name, store.user, { kind: 'scan', scene: scene.key })));
});

start(arrive);
