// The way to the bot, and to its clock. All addresses are relative to the page.

/** Refused is an answer that is no success: a stable word, and what else the bot says. */
export class Refused extends Error {
  constructor(message, error) {
    super(message);
    Object.assign(this, { code: error?.code || '', number: error?.number || 0 });
  }
}

const said = {
  unknown: '没有这条群发了，刷新页面再看', wrong_state: '现在的状态下不能这样做，看一下它到哪一步了', empty: '人群里现在一个人也没有：先在手机上关注、领一张券',
  unknown_account: '群发写的账号不在 BOT_ACCOUNTS 里', no_way: '这个账号没有办法发这种群发：检查它的认证和接口权限', not_writable: '现在不能写给这个账号的人',
  unauthorized: 'API 的 key 不对：BOT_API_KEYS 改过之后要重新启动', api_off: 'API 没有打开：设置 BOT_API_KEYS', unavailable: '数据库暂时没有应答，稍后再试',
};

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, { method, ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }) });
  } catch {
    throw new Refused('连不上，请确认程序还在运行');
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(said[answer.error?.code] || answer.error?.message || `HTTP ${response.status}`, answer.error);
  return answer;
}

const broadcast = (id) => `api/v1/broadcasts/${encodeURIComponent(id)}`;

export const api = {
  setup: () => call('GET', 'setup'),
  clock: () => call('GET', 'clock'),
  moveTo: (to) => call('POST', 'clock', { to }),
  schedules: async () => (await call('GET', 'api/v1/schedules')).schedules,
  moments: () => call('GET', 'api/v1/moments'),
  push: () => call('GET', 'api/v1/push'),
  broadcasts: async () => (await call('GET', 'api/v1/broadcasts')).broadcasts,
  broadcast: (id) => call('GET', broadcast(id)),
  act: (id, act, body = {}) => call('POST', `${broadcast(id)}/${act}`, body),
};
