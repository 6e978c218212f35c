// What the panel speaks of, and how it tells what was refused.

import { toast } from '../dom.js';
import { store } from '../store.js';

/** subject is the name of the account whose callbacks and faults the panel shows. */
export function subject() {
  const [kind, name] = store.place?.talk || [];
  return kind === 'official' ? name : store.accounts[0]?.name;
}

/** attempt does something and tells what the simulator refuses. */
export async function attempt(work) {
  try {
    await work();
  } catch (error) {
    toast(error.message);
  }
}
