package contact

import (
	"net/url"
	"time"
)

// Limits of a welcome message (WeCom docs, 发送新客户欢迎语).
const (
	maxWelcomeText     = 4000 // bytes
	maxAttachments     = 9
	maxLinkTitle       = 128  // bytes
	maxLinkDescription = 512  // bytes
	maxLinkURL         = 2048 // bytes
	maxMiniProgTitle   = 64   // bytes
)

// welcome is the body of send_welcome_msg.
type welcome struct {
	Code        string       `json:"welcome_code"`
	Text        *welcomeText `json:"text"`
	Attachments []attachment `json:"attachments"`
}

type welcomeText struct {
	Content string `json:"content"`
}

type attachment struct {
	Type        string       `json:"msgtype"`
	Image       *imageFile   `json:"image"`
	Link        *linkCard    `json:"link"`
	MiniProgram *miniProgram `json:"miniprogram"`
	Video       *mediaFile   `json:"video"`
	File        *mediaFile   `json:"file"`
}

type imageFile struct {
	MediaID string `json:"media_id"`
	PicURL  string `json:"pic_url"`
}

type mediaFile struct {
	MediaID string `json:"media_id"`
}

type linkCard struct {
	Title   string `json:"title"`
	PicURL  string `json:"picurl"`
	Summary string `json:"desc"`
	URL     string `json:"url"`
}

type miniProgram struct {
	Title string `json:"title"`
	Cover string `json:"pic_media_id"`
	AppID string `json:"appid"`
	Page  string `json:"page"`
}

// sendWelcome obeys send_welcome_msg: the form first, then the code, then what it names. A message that is refused leaves the
// code as it was.
func (b *Book) sendWelcome(q *Request, in welcome) (any, error) {
	if err := in.checkForm(); err != nil {
		return nil, err
	}
	code, r, err := b.code(in.Code, q.App, q.Now)
	if err != nil {
		return nil, err
	}
	if err := b.reachable(q, r.UserID); err != nil {
		return nil, err
	}
	person, _ := b.world.Person(r.ExternalUserID)
	var lines []Line
	if in.Text != nil && in.Text.Content != "" {
		lines = append(lines, Line{Kind: KindText, Text: named(in.Text.Content, person.Name)})
	}
	for i := range in.Attachments {
		line, err := b.attach(&in.Attachments[i], q.Now)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	code.By, code.UsedAt, r.Welcomed = q.App, q.Now, true
	for _, l := range lines {
		l.From, l.App, l.AfterMS = FromApp, q.App, q.Now.Sub(code.At).Milliseconds()
		b.say(r, l, q.Now)
	}
	return nil, nil
}

// checkForm looks at what needs no knowledge of the corp.
func (w *welcome) checkForm() error {
	switch {
	case w.Text == nil && len(w.Attachments) == 0:
		return fail(CodeParameter, "text and attachments are both missing")
	case w.Text != nil && w.Text.Content == "" && len(w.Attachments) == 0:
		return fail(CodeEmptyText, "text content is empty")
	case w.Text != nil && len(w.Text.Content) > maxWelcomeText:
		return fail(CodeTextSize, "content size out of limit")
	case len(w.Attachments) > maxAttachments:
		return fail(CodeAttachmentCount, "attachments exceed %d", maxAttachments)
	}
	for i := range w.Attachments {
		if err := w.Attachments[i].checkForm(); err != nil {
			return err
		}
	}
	return nil
}

func (a *attachment) checkForm() error {
	there := map[string]bool{
		"image": a.Image != nil, "link": a.Link != nil, "miniprogram": a.MiniProgram != nil, "video": a.Video != nil, "file": a.File != nil,
	}
	if !there[a.Type] {
		return fail(CodeAttachmentType, "invalid attachments msgtype")
	}
	switch a.Type {
	case "link":
		l := a.Link
		if l.Title == "" || len(l.Title) > maxLinkTitle || len(l.Summary) > maxLinkDescription || len(l.URL) > maxLinkURL || !isWebURL(l.URL) {
			return fail(CodeParameter, "invalid link: title 1 to %d bytes, desc up to %d bytes, url up to %d bytes", maxLinkTitle, maxLinkDescription, maxLinkURL)
		}
	case "miniprogram":
		m := a.MiniProgram
		if m.Title == "" || len(m.Title) > maxMiniProgTitle || m.AppID == "" || m.Page == "" {
			return fail(CodeParameter, "invalid miniprogram: title 1 to %d bytes, appid and page are required", maxMiniProgTitle)
		}
	}
	return nil
}

// attach makes a bubble of an attachment whose form is right.
func (b *Book) attach(a *attachment, now time.Time) (Line, error) {
	switch a.Type {
	case "image":
		if a.Image.MediaID == "" && a.Image.PicURL != "" { // the id wins over the address
			if !b.world.Uploaded(a.Image.PicURL) {
				return Line{}, fail(CodeParameter, "pic_url is not from media/uploadimg")
			}
			return Line{Kind: KindImage, PictureURL: a.Image.PicURL}, nil
		}
		return b.file(KindImage, a.Image.MediaID, now)
	case "link":
		l := a.Link
		return Line{Kind: KindLink, Title: l.Title, Description: l.Summary, URL: l.URL, PictureURL: l.PicURL}, nil
	case "miniprogram":
		m := a.MiniProgram
		line, err := b.file(KindImage, m.Cover, now)
		if err != nil {
			return Line{}, err
		}
		if !b.world.Linked(m.AppID) {
			return Line{}, fail(CodeParameter, "appid is not linked to the corp")
		}
		line.Kind, line.Title, line.AppID, line.Page = KindMiniProgram, m.Title, m.AppID, m.Page
		return line, nil
	case "video":
		return b.file(KindVideo, a.Video.MediaID, now)
	default:
		return b.file(KindFile, a.File.MediaID, now)
	}
}

// file is a bubble of what was uploaded, which must be of the bubble's kind and meant for messages.
func (b *Book) file(kind Kind, mediaID string, now time.Time) (Line, error) {
	m, ok := b.world.Media(mediaID, now)
	if !ok || m.Kind != string(kind) || m.Attachment {
		return Line{}, fail(CodeMediaID, "invalid media_id")
	}
	return Line{Kind: kind, MediaID: mediaID, FileName: m.Name}, nil
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
