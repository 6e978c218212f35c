// The way to the simulator. All addresses are relative to the page, so that it works under any path.

async function call(method, path, body, type = 'application/json') {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers['Content-Type'] = type;
    options.body = type === 'application/json' ? JSON.stringify(body) : body;
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error('连不上模拟器，请确认程序还在运行');
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message || `模拟器回答 HTTP ${response.status}`);
  return answer;
}

const person = (account, user) => `api/accounts/${encodeURIComponent(account)}/users/${encodeURIComponent(user)}`;

const segment = encodeURIComponent;
const atDesk = (desk) => `api/desks/${segment(desk)}`;

export const api = {
  desks: () => call('GET', 'api/desks'),
  deskChats: (desk) => call('GET', `${atDesk(desk)}/chats`),
  deskChat: (desk, user) => call('GET', `${atDesk(desk)}/users/${segment(user)}/chat`),
  deskAct: (desk, user, act) => call('POST', `${atDesk(desk)}/users/${segment(user)}/acts`, act),
  servicerAct: (desk, servicer, act) => call('POST', `${atDesk(desk)}/servicers/${segment(servicer)}/acts`, act),
  deskFile: (desk, kind, name, blob) => call('POST', `${atDesk(desk)}/files?kind=${kind}&name=${segment(name)}`, blob, 'application/octet-stream'),
  deskFailNext: (desk, types) => call('POST', `${atDesk(desk)}/faults/next`, types),
  deskManaged: (desk, on) => call('PUT', `${atDesk(desk)}/managed`, on),
  deskForget: (desk) => call('DELETE', `${atDesk(desk)}/cursors`),
  contact: (corp) => call('GET', `api/corps/${segment(corp)}/contact`),
  contactAct: (corp, act) => call('POST', `api/corps/${segment(corp)}/contact/acts`, act),
  contactChat: (corp, member, user) => call('GET', `api/corps/${segment(corp)}/contact/chats/${segment(member)}/${segment(user)}`),
  robots: (corp) => call('GET', `api/corps/${segment(corp)}/robots`),
  wayCode: (corp, config) => `api/corps/${segment(corp)}/ways/${segment(config)}/qr.png`,
  state: () => call('GET', 'api/state'),
  newUser: (nickname) => call('POST', 'api/users', { nickname }),
  chat: (account, user) => call('GET', `${person(account, user)}/chat`),
  act: (account, user, act) => call('POST', `${person(account, user)}/acts`, act),
  picture: (account, user, blob) => call('POST', `${person(account, user)}/pictures`, blob, 'application/octet-stream'),
  window: (account, user) => call('GET', `${person(account, user)}/window`),
  serve: (account, user, act) => call('POST', `${person(account, user)}/servicer`, act),
  verify: (account) => call('POST', `api/accounts/${encodeURIComponent(account)}/verify`, {}),
  faults: (account, faults) => call('PUT', `api/accounts/${encodeURIComponent(account)}/faults`, faults),
  nextFaults: (account, faults) => call('POST', `api/accounts/${encodeURIComponent(account)}/faults/next`, faults),
  callFaults: () => call('GET', 'api/calls/faults'),
  setCallFaults: (faults) => call('PUT', 'api/calls/faults', faults),
  takeTokens: (code) => call('POST', 'api/calls/tokens/invalidate', { code }),
  advance: (advance) => call('POST', 'api/clock', { advance }),
  delivery: (id) => call('GET', `api/deliveries/${id}`),
  qr: (account, scene) => `api/accounts/${encodeURIComponent(account)}/scenes/${encodeURIComponent(scene)}/qr.png`,
  media: (id) => `media/${encodeURIComponent(id)}`,
};

/** watch calls listeners by event name; the browser reconnects by itself, and hello comes first each time. */
export function watch(listeners) {
  const source = new EventSource('api/events');
  for (const [name, listener] of Object.entries(listeners)) {
    if (name === 'error') source.addEventListener('error', listener);
    else source.addEventListener(name, (e) => listener(JSON.parse(e.data)));
  }
}
