package contact

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// Limits of a moment (WeCom docs, 创建发表任务).
const (
	maxMomentText     = 2000 // characters
	maxMomentPictures = 9
	maxMomentTitle    = 64      // characters of a link's title
	maxMomentSenders  = 100_000 // members of one call
	maxMomentPage     = 1000
	momentPageDefault = 500
)

// The refusals of moments (WeCom docs, 全局错误码; from memory).
const (
	CodeNoMomentID = 41059
	CodeMomentID   = 41060
)

// momentOrder is the body of add_moment_task.
type momentOrder struct {
	Text        *welcomeText       `json:"text"`
	Attachments []momentAttachment `json:"attachments"`
	Range       struct {
		Senders struct {
			Users       []string `json:"user_list"`
			Departments []int64  `json:"department_list"`
		} `json:"sender_list"`
		Contacts struct {
			Tags []string `json:"tag_list"`
		} `json:"external_contact_list"`
	} `json:"visible_range"`
}

type momentAttachment struct {
	Type  string     `json:"msgtype"`
	Image *mediaFile `json:"image"`
	Video *mediaFile `json:"video"`
	Link  *struct {
		Title   string `json:"title"`
		URL     string `json:"url"`
		MediaID string `json:"media_id"`
	} `json:"link"`
}

// addMoment obeys add_moment_task. Whom it names and does not know is told by the job.
func (b *Book) addMoment(q *Request, in momentOrder) (any, error) {
	text := ""
	if in.Text != nil {
		text = in.Text.Content
	}
	switch {
	case text == "" && len(in.Attachments) == 0:
		return nil, fail(CodeEmptyText, "text and attachments are both empty")
	case utf8.RuneCountInString(text) > maxMomentText:
		return nil, fail(CodeTextSize, "content size out of limit")
	case len(in.Range.Senders.Users) > maxMomentSenders:
		return nil, fail(CodeTooMany, "user_list has more than %d members", maxMomentSenders)
	}
	m := &Moment{App: q.App, At: q.Now, Text: text, Unknown: map[string][]string{}}
	var err error
	if m.Bubbles, err = b.momentBubbles(q, in.Attachments); err != nil {
		return nil, err
	}
	b.addressMoment(q, m, in)
	b.Last++
	m.Seq, m.JobID, m.MomentID = b.Last, b.name("job", q.Now), b.name("mom", q.Now)
	b.Moments = append(b.Moments, m)
	return map[string]string{"jobid": m.JobID}, nil
}

// momentBubbles are up to nine pictures, or one video, or one link.
func (b *Book) momentBubbles(q *Request, list []momentAttachment) ([]Line, error) {
	if len(list) > maxMomentPictures {
		return nil, fail(CodeAttachmentCount, "attachments exceed %d", maxMomentPictures)
	}
	var bubbles []Line
	for _, a := range list {
		if a.Type != list[0].Type || len(list) > 1 && a.Type != "image" {
			return nil, fail(CodeAttachmentType, "invalid attachments msgtype")
		}
		line, err := b.momentBubble(q, a)
		if err != nil {
			return nil, err
		}
		bubbles = append(bubbles, line)
	}
	return bubbles, nil
}

func (b *Book) momentBubble(q *Request, a momentAttachment) (Line, error) {
	switch {
	case a.Type == "image" && a.Image != nil:
		return b.momentFile(q, KindImage, a.Image.MediaID)
	case a.Type == "video" && a.Video != nil:
		return b.momentFile(q, KindVideo, a.Video.MediaID)
	case a.Type == "link" && a.Link != nil:
		if utf8.RuneCountInString(a.Link.Title) > maxMomentTitle || !isWebURL(a.Link.URL) {
			return Line{}, fail(CodeParameter, "invalid link: title up to %d characters, url is required", maxMomentTitle)
		}
		line, err := b.momentFile(q, KindImage, a.Link.MediaID)
		line.Kind, line.Title, line.URL = KindLink, a.Link.Title, a.Link.URL
		return line, err
	}
	return Line{}, fail(CodeAttachmentType, "invalid attachments msgtype")
}

// momentFile is what was uploaded for moments: media/upload_attachment with attachment_type 1.
func (b *Book) momentFile(q *Request, kind Kind, mediaID string) (Line, error) {
	m, ok := b.world.Media(mediaID, q.Now)
	if !ok || m.Kind != string(kind) || !m.Attachment {
		return Line{}, fail(CodeMediaID, "invalid media_id")
	}
	return Line{Kind: kind, MediaID: mediaID, FileName: m.Name}, nil
}

// addressMoment finds who publishes it and who may see it.
func (b *Book) addressMoment(q *Request, m *Moment, in momentOrder) {
	named := in.Range.Senders.Users
	if len(named) == 0 && len(in.Range.Senders.Departments) == 0 {
		for _, s := range b.world.Members() {
			named = append(named, s.UserID)
		}
	}
	for _, id := range named {
		s, err := b.member(q, id)
		switch {
		case err == nil && s.Active && !slices.ContainsFunc(m.Senders, func(o MomentSender) bool { return o.UserID == s.UserID }):
			m.Senders = append(m.Senders, MomentSender{UserID: s.UserID})
		case err != nil && len(in.Range.Senders.Users) > 0:
			m.Unknown["user_list"] = append(m.Unknown["user_list"], id)
		}
	}
	for _, id := range in.Range.Senders.Departments { // the corps that are played have none
		m.Unknown["department_list"] = append(m.Unknown["department_list"], strconv.FormatInt(id, 10))
	}
	for _, id := range in.Range.Contacts.Tags {
		if _, t := b.tag(id); t == nil {
			m.Unknown["tag_list"] = append(m.Unknown["tag_list"], id)
			continue
		}
		m.Tags = append(m.Tags, id)
	}
	if len(m.Senders) == 0 || len(in.Range.Contacts.Tags) > 0 && len(m.Tags) == 0 {
		m.Code = CodeParameter
	}
}

// momentResult obeys get_moment_task_result.
func (b *Book) momentResult(q *Request) (any, error) {
	id := q.Query("jobid")
	i := slices.IndexFunc(b.Moments, func(m *Moment) bool { return m.JobID == id && q.Now.Sub(m.At) < jobLife })
	if i < 0 {
		return nil, fail(CodeParameter, "invalid jobid")
	}
	m := b.Moments[i]
	answer := map[string]any{"status": m.status(q.Now), "type": "add_moment_task"}
	if m.status(q.Now) == momentDone {
		result := map[string]any{"errcode": m.Code, "errmsg": "ok", "moment_id": m.MomentID}
		if m.Code != 0 {
			result["errmsg"] = "no member can publish it, or no customer can see it"
			delete(result, "moment_id")
		}
		departments := []int64{}
		for _, d := range m.Unknown["department_list"] {
			n, _ := strconv.ParseInt(d, 10, 64) // written by addressMoment
			departments = append(departments, n)
		}
		result["invalid_sender_list"] = map[string]any{"user_list": some(m.Unknown["user_list"]), "department_list": departments}
		result["invalid_external_contact_list"] = map[string]any{"tag_list": some(m.Unknown["tag_list"])}
		answer["result"] = result
	}
	return answer, nil
}

type momentQuery struct {
	MomentID string `json:"moment_id"`
	Cursor   string `json:"cursor"`
	Limit    int    `json:"limit"`
}

// momentTask obeys get_moment_task: who has published.
func (b *Book) momentTask(q *Request, in momentQuery) (any, error) {
	m := b.moment(in.MomentID, q.Now)
	switch {
	case in.MomentID == "":
		return nil, fail(CodeNoMomentID, "missing moment_id")
	case m == nil:
		return nil, fail(CodeMomentID, "invalid moment_id")
	case in.Limit < 0 || in.Limit > maxMomentPage:
		return nil, fail(CodeParameter, "limit is up to %d", maxMomentPage)
	case in.Limit == 0:
		in.Limit = momentPageDefault
	}
	at := make(map[string]int64, len(m.Senders))
	for i, s := range m.Senders {
		at[s.UserID] = int64(i) + 1
	}
	part, next, err := page(m.Senders, func(s MomentSender) int64 { return at[s.UserID] }, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	type task struct {
		UserID    string `json:"userid"`
		Published int    `json:"publish_status"`
	}
	tasks := []task{}
	for _, s := range part {
		t := task{UserID: s.UserID}
		if !s.PublishedAt.IsZero() {
			t.Published = 1
		}
		tasks = append(tasks, t)
	}
	return struct {
		Tasks []task `json:"task_list"`
		Next  string `json:"next_cursor,omitempty"`
	}{tasks, next}, nil
}
