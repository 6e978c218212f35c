// The page of the simulator: a phone, the people who use it, and what goes over the wire.

import { account, follower, on, start } from './store.js';
import { act, startPhone } from './phone.js';
import { confirmScan } from './sheets.js';
import { startPanel } from './panel.js';
import { startPeople } from './people.js';

startPeople();
startPhone();
startPanel();

// The codes hold this page's address with a scene: a real phone that scans one lands here.
let asked = new URLSearchParams(location.search).get('scan');
on('online', (online) => {
  const scene = online && asked && account()?.scenes.find((s) => s.key === asked);
  asked = null;
  if (scene && !follower()?.following) confirmScan(scene, act);
});

start();
