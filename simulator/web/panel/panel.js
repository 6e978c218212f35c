// The panel beside the device: clock, faults, and the log of what went over the wire.

import { $, at, span } from '../dom.js';
import { api } from '../api.js';
import { now, on, store } from '../store.js';
import { startConsole } from './console.js';
import { startFaults } from './faults.js';
import { startLog } from './log.js';
import { startPerson } from './person.js';
import { attempt, startSubject } from './subject.js';
import { startCallFaults } from './callfaults.js';

/** openPanel shows the panel; on wide windows it is always there. */
export function openPanel() {
  document.body.classList.add('panel-open');
  $('#shade').hidden = false;
  $('#open-panel').setAttribute('aria-expanded', 'true');
}

function closePanel() {
  document.body.classList.remove('panel-open');
  $('#shade').hidden = true;
  $('#open-panel').setAttribute('aria-expanded', 'false');
}

function renderClock() {
  $('#clock-now').textContent = at.full(now());
  $('#clock-offset').textContent = store.clock.offset_ms ? `比真实时间快 ${span(store.clock.offset_ms) || '不到 1 分钟'}` : '与真实时间一致';
}

/** startPanel draws the panel and keeps it up to date. */
export function startPanel() {
  $('#open-panel').addEventListener('click', openPanel);
  $('#close-panel').addEventListener('click', closePanel);
  $('#shade').addEventListener('click', closePanel);
  document.addEventListener('keydown', (e) => { if (e.key === 'Escape') closePanel(); });
  for (const button of document.querySelectorAll('[data-advance]')) {
    button.addEventListener('click', () => attempt(() => api.advance(button.dataset.advance)));
  }
  startSubject();
  startPerson();
  startFaults();
  startCallFaults();
  startConsole();
  startLog();
  on('clock', renderClock);
  setInterval(renderClock, 1000);
}
