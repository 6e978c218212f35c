package simulator

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// Limits of passive replies; official account docs, "passive replies to user messages".
const (
	maxReplyText    = 2048 // bytes
	maxArticles     = 8    // in reply to menu and scan events
	maxArticlesChat = 1    // in reply to a person's message, since October 2018
)

// ReplyKind is the MsgType of a passive reply.
type ReplyKind = screen.Kind

// The kinds of reply.
const (
	ReplyText     = screen.Text
	ReplyImage    = screen.Image
	ReplyVoice    = screen.Voice
	ReplyVideo    = screen.Video
	ReplyMusic    = screen.Music
	ReplyNews     = screen.News
	ReplyTransfer = screen.Transfer

	// Of WeCom, when a template card was tapped.
	ReplyUpdateButton = screen.UpdateButton
	ReplyUpdateCard   = screen.UpdateCard
)

// Reply is what an account or app said, as the platform understood it.
type Reply = screen.Message

// Article is one link card.
type Article = screen.Article

// replies lists what may come back: WeCom knows no music and no transfer, and changes cards when one was tapped.
func (e *endpoint) replies(q question) []ReplyKind {
	kinds := []ReplyKind{ReplyText, ReplyImage, ReplyVoice, ReplyVideo, ReplyNews}
	switch {
	case e.kind == platform.OfficialAccount:
		return append(kinds, ReplyMusic, ReplyTransfer)
	case q.card:
		return append(kinds, ReplyUpdateButton, ReplyUpdateCard)
	}
	return kinds
}

// mostArticles is how many link cards may come back: an official account shows one in reply to a message.
func (e *endpoint) mostArticles(q question) int {
	if e.kind == platform.OfficialAccount && q.isMessage {
		return maxArticlesChat
	}
	return maxArticles
}

// readReply reads the decrypted document of a reply.
func (e *endpoint) readReply(q question, root *node) (*Reply, *Problem) {
	if name := root.twice(); name != "" {
		return nil, problem("twice", "元素 %s 出现了两次", name)
	}
	if got := root.value("ToUserName"); got != q.openID {
		return nil, problem("to_user", "ToUserName 应是用户的 openid 或成员的 userid %s，收到 %q", q.openID, got)
	}
	if got := root.value("FromUserName"); got != e.id {
		return nil, problem("from_user", "FromUserName 应是 %s（公众号的原始 id 或企业的 corp id），收到 %q", e.id, got)
	}
	created, err := strconv.ParseInt(root.value("CreateTime"), 10, 64)
	if err != nil || created <= 0 {
		return nil, problem("create_time", "CreateTime 应是正整数，收到 %q", root.value("CreateTime"))
	}
	r := &Reply{Kind: ReplyKind(root.value("MsgType")), CreateTime: created}
	if !slices.Contains(e.replies(q), r.Kind) {
		return nil, problem("msg_type", "不认识的回复类型 %q", string(r.Kind))
	}
	if p := readBody(r, q, root, e.mostArticles(q)); p != nil {
		return nil, p
	}
	return r, nil
}

// readBody reads what follows the head.
func readBody(r *Reply, q question, root *node, most int) *Problem {
	switch r.Kind {
	case ReplyText:
		return readText(r, root)
	case ReplyImage:
		return readMedia(r, q, root.child("Image"), MediaImage)
	case ReplyVoice:
		return readMedia(r, q, root.child("Voice"), MediaVoice)
	case ReplyVideo:
		video := root.child("Video")
		r.Title, r.Description = video.value("Title"), video.value("Description")
		return readMedia(r, q, video, MediaVideo)
	case ReplyMusic:
		return readMusic(r, q, root.child("Music"))
	case ReplyNews:
		return readNews(r, most, root)
	case ReplyTransfer:
		r.Servicer = root.child("TransInfo").value("KfAccount")
		if !q.isMessage {
			return problem("transfer", "事件不能转给客服，只有用户发来的消息可以")
		}
	case ReplyUpdateButton:
		return readButton(r, root)
	case ReplyUpdateCard:
		return readCard(r, root)
	}
	return nil
}

func readText(r *Reply, root *node) *Problem {
	r.Text = root.value("Content")
	switch {
	case r.Text == "":
		return problem("content", "文本回复没有内容")
	case len(r.Text) > maxReplyText:
		return problem("content", "文本回复有 %d 字节，最多 %d 字节", len(r.Text), maxReplyText)
	case !utf8.ValidString(r.Text):
		return problem("content", "文本回复不是合法的 UTF-8")
	}
	return nil
}

func readMedia(r *Reply, q question, n *node, want MediaKind) *Problem {
	if n == nil {
		return problem("missing", "%s 回复缺少同名元素", r.Kind)
	}
	r.MediaID = n.value("MediaId")
	return q.check(r.MediaID, want)
}

// check looks material up: only what was uploaded, of the right kind, and not older than three days can be shown.
func (q *question) check(id string, want MediaKind) *Problem {
	kind, expired, ok := q.media(id)
	switch {
	case !ok:
		return problem("media", "没有素材 %q", id)
	case expired:
		return problem("media", "素材 %q 已过期：临时素材保存 3 天", id)
	case kind != want:
		return problem("media", "素材 %q 是 %s，这里需要 %s", id, kind, want)
	}
	return nil
}

func readMusic(r *Reply, q question, n *node) *Problem {
	if n == nil {
		return problem("missing", "music 回复缺少 Music 元素")
	}
	r.Title, r.Description = n.value("Title"), n.value("Description")
	r.URL, r.HQURL = n.value("MusicUrl"), n.value("HQMusicUrl")
	r.MediaID = n.value("ThumbMediaId")
	return q.check(r.MediaID, MediaThumb)
}

func readNews(r *Reply, most int, root *node) *Problem {
	articles := root.child("Articles")
	if articles == nil || len(articles.children) == 0 {
		return problem("missing", "图文回复没有文章")
	}
	for _, item := range articles.children {
		if item.name != "item" {
			return problem("articles", "Articles 里只能有 item，收到 %s", item.name)
		}
		r.Articles = append(r.Articles, Article{
			Title: item.value("Title"), Description: item.value("Description"),
			PictureURL: item.value("PicUrl"), URL: item.value("Url"),
		})
	}
	if count := root.value("ArticleCount"); count != strconv.Itoa(len(r.Articles)) {
		return problem("articles", "ArticleCount 是 %q，实际有 %d 篇", count, len(r.Articles))
	}
	if len(r.Articles) > most {
		return problem("articles", "这里最多 %d 篇图文，收到 %d 篇", most, len(r.Articles))
	}
	for _, article := range r.Articles {
		if article.Title == "" || article.URL != "" && !isWebURL(article.URL) {
			return problem("articles", "图文需要标题，链接应以 http:// 或 https:// 开头")
		}
	}
	return nil
}

// readButton reads what the buttons of a tapped card are replaced by; WeCom docs, 更新模版卡片消息.
func readButton(r *Reply, root *node) *Problem {
	if r.Text = root.child("Button").value("ReplaceName"); r.Text == "" {
		return problem("button", "update_button 需要 Button 里的 ReplaceName")
	}
	return nil
}

// readCard reads the card that a tapped one is replaced by.
func readCard(r *Reply, root *node) *Problem {
	card := root.child("TemplateCard")
	if card.value("CardType") == "" {
		return problem("card", "update_template_card 需要 TemplateCard 和它的 CardType")
	}
	main := card.child("MainTitle")
	r.Title, r.Description = main.value("Title"), main.value("Desc")
	return nil
}
