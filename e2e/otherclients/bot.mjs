// A small bot on other people's packages: an official account by co-wechat and co-wechat-api, and an app of WeCom by
// wechat-enterprise-api and @wecom/crypto. It prints its port and serves until its standard input ends.
import http from 'node:http';
import {createRequire} from 'node:module';
import {decrypt, encrypt, getSignature} from '@wecom/crypto';

const require = createRequire(import.meta.url);
const wechat = require('co-wechat');
const OfficialAPI = require('co-wechat-api');
const CorpAPI = require('wechat-enterprise-api');
const {parseString} = require('xml2js');
const {API, OFFICIAL_ID, OFFICIAL_SECRET, CORP_ID, CORP_SECRET, AGENT_ID, TOKEN, AES_KEY} = process.env;

// The official account.

const official = new OfficialAPI(OFFICIAL_ID, OFFICIAL_SECRET);
official.prefix = API + '/cgi-bin/';

const answerFollower = wechat({token: TOKEN, appid: OFFICIAL_ID, encodingAESKey: AES_KEY}).middleware(async (m) => {
  if (m.Event === 'subscribe') return '欢迎 ' + (await official.getUser(m.FromUserName)).unionid;
  if (m.Content === '二维码') return '券 ' + (await official.createTmpQRCode('another-bot', 600)).ticket.length;
  if (m.Content === '人工') return {type: 'customerService'};
  if (m.Content === '图文') return [{title: '夏季养生', description: '多走两千步', picurl: 'https://example.com/a.png', url: 'https://example.com/a?b=1&c=2'}];
  if (m.Content === '稍后') {
    await official.sendText(m.FromUserName, '这就来 <a href="https://example.com/?a=1&b=2">看</a>');
    return '';
  }
  return '收到：' + m.Content;
});

// The app of WeCom.

CorpAPI.mixin({
  call(path, body, callback) { this.preRequest(this._call, arguments); },
  _call(path, body, callback) {
    const headers = {'Content-Type': 'application/json'};
    this.request(`${this.prefix}${path}?access_token=${this.token.accessToken}`, {dataType: 'json', type: 'POST', data: body, headers},
      (err, data) => callback(err || (data.errcode ? new Error(`${path}: ${data.errcode} ${data.errmsg}`) : null), data));
  },
});
const corp = new CorpAPI(CORP_ID, CORP_SECRET, Number(AGENT_ID));
corp.prefix = API + '/cgi-bin/';
const ask = (method, ...args) => new Promise((resolve, reject) => corp[method](...args, (err, data) => err ? reject(err) : resolve(data)));

async function answerCorp(m) {
  if (m.MsgType === 'text') {
    await ask('send', {touser: m.FromUserName}, {msgtype: 'text', text: {content: '另外：' + m.Content}});
    return '收到：' + m.Content;
  }
  if (m.WelcomeCode) await ask('call', 'externalcontact/send_welcome_msg', {welcome_code: m.WelcomeCode, text: {content: '欢迎，我是' + m.UserID}});
  if (m.Event === 'kf_msg_or_event') queue = queue.then(() => pull(m.Token, m.OpenKfId));
  return '';
}

let cursor = '', queue = Promise.resolve();

// pull reads what is new at a desk and answers it.
async function pull(token, open_kfid) {
  for (let more = 1; more;) {
    const page = await ask('call', 'kf/sync_msg', {cursor, token, open_kfid});
    for (const m of page.msg_list) {
      if (m.event?.welcome_code) await ask('call', 'kf/send_msg_on_event', {code: m.event.welcome_code, msgtype: 'text', text: {content: '您好，这里是客服'}});
      if (m.origin !== 3) continue;
      const touser = m.external_userid;
      if (m.text?.content === '人工') {
        await ask('call', 'kf/service_state/trans', {open_kfid, external_userid: touser, service_state: 2});
      } else if (m.msgtype === 'text') {
        const menu = {head_content: '收到：' + m.text.content, list: [{type: 'click', click: {id: '1', content: '人工'}}]};
        await ask('call', 'kf/send_msg', {touser, open_kfid, msgtype: 'msgmenu', msgmenu: menu});
      }
    }
    [cursor, more] = [page.next_cursor, page.has_more];
  }
}

const elements = (xml) => new Promise((resolve, reject) => parseString(xml, {explicitArray: false}, (err, doc) => err ? reject(err) : resolve(doc.xml)));

async function corpCallback(query, body) {
  const sealed = body ? (await elements(body)).Encrypt : query.echostr;
  if (getSignature(TOKEN, query.timestamp, query.nonce, sealed) !== query.msg_signature) throw new Error('signature');
  const {message, id} = decrypt(AES_KEY, sealed);
  if (id !== CORP_ID) throw new Error('receive id');
  if (!body) return message;
  const m = await elements(message);
  const answer = await answerCorp(m);
  if (!answer) return '';
  const now = Math.floor(Date.now() / 1000), nonce = String(Math.random()).slice(2);
  const reply = encrypt(AES_KEY, `<xml><ToUserName><![CDATA[${m.FromUserName}]]></ToUserName><FromUserName><![CDATA[${m.ToUserName}]]></FromUserName>` +
    `<CreateTime>${now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${answer}]]></Content></xml>`, CORP_ID);
  return `<xml><Encrypt><![CDATA[${reply}]]></Encrypt><MsgSignature><![CDATA[${getSignature(TOKEN, now, nonce, reply)}]]></MsgSignature>` +
    `<TimeStamp>${now}</TimeStamp><Nonce><![CDATA[${nonce}]]></Nonce></xml>`;
}

// Both, behind one port.

const server = http.createServer(async (req, res) => {
  const url = new URL(req.url, 'http://bot'), query = Object.fromEntries(url.searchParams);
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  try {
    if (url.pathname === '/official') {
      const ctx = {method: req.method, query, request: {body}, status: 200, body: ''};
      await answerFollower(ctx);
      res.writeHead(ctx.status).end(ctx.body);
    } else {
      res.end(await corpCallback(query, body));
    }
  } catch (err) {
    console.error(err);
    res.writeHead(500).end();
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit());
