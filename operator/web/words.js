// What states, ways and reasons are called.

const reasons = {
  paused_all: '全部暂停', paused_account: '账号已暂停', paused_campaign: '已暂停', paused_setting: 'BOT_PUSH 已关', expired: '已过有效期', early: '还没到时间',
  opted_out: '已退订', opted_out_topic: '退订了这个主题', gone: '已取关或不是好友', moot: '事情已办完', quiet_hours: '免打扰时段', quiet_too_long: '免打扰结束前过期',
  cap_day: '一天的条数已满', cap_week: '一周的条数已满', cap_gap: '离上一条太近', cap_none: '上限为 0', cap_too_long: '轮到之前过期', yields: '让给更重要的消息',
  yields_too_long: '让位后过期', quota: '账号配额用完', quota_too_long: '配额恢复前过期', window_closed: '48 小时窗口已关', window_used: '窗口条数用完', no_right: '没有接口权限',
  no_content: '没有这种途径的内容', with_staff: '人工接待中', next_visit: '等下次来访', no_way: '没有可用的途径', busy: '平台繁忙，稍后再试', paced: '排队限速',
  unsubscribed: '没有订阅', refused: '平台拒绝', cancelled: '已取消', given_up: '多次没有成功', undelivered: '没有送达',
};
const ways = { custom: '客服消息', kf: '微信客服', template: '模板消息', subscribe: '订阅通知', app: '应用消息', group_send: '客户群发', next_visit: '下次来访', mass: '公众号群发', groups: '客户群群发', robot: '群机器人' };

/** reasonName is why something waits or does not go, in a few words. */
export const reasonName = (reason) => reasons[reason] || reason;
export const wayName = (way) => ways[way] || way;

/** kinds are the ways to many: what each is called, and what is to be known of it. */
export const kinds = {
  people: { name: '逐个推送', note: '' },
  mass: { name: '公众号群发', note: '收件人由平台决定，机器人的频次和免打扰不管它' },
  group_send: { name: '客户群发', note: '员工在自己的企业微信里确认之后才发出' },
  groups: { name: '客户群群发', note: '群主确认之后才发出' },
  robot: { name: '群机器人', note: '发到机器人所在的内部群，每分钟最多 20 条' },
};

/** broadcastStates are what a broadcast's states are called, and how they look. */
export const broadcastStates = {
  draft: ['草稿', ''], scheduled: ['已排期', 'warn'], sending: ['发送中', 'warn'], paused: ['已暂停', 'bad'], sent: ['已发完', 'good'], cancelled: ['已取消', ''],
};

export const causes = { coupon_expiring: '券快到期', quiz_unfinished: '答题没答完', survey_unfinished: '问卷没填完', followed: '关注之后' };

export const slots = { running: '正在进行', done: '已进行', missed: '错过', stopped: '中止' };

export const categories = { 'know-how': '健康知识', news: '资讯', marketing: '活动', life: '生活', other: '其他' };

export const momentStates = { planned: '未到', due: '到点', asking: '创建中', asked: '创建中', made: '等员工发表', held: '超过一天三条，没有发', failed: '失败', unknown: '不确定是否创建' };

/** told lists numbers by name, the largest first: "客服消息 3、微信客服 1". */
export const told = (counts, name) => Object.entries(counts || {}).sort(([, a], [, b]) => b - a).map(([word, n]) => `${name(word)} ${n}`).join('、');
