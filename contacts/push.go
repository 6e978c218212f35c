package contacts

import (
	"context"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

// Sentences for operators: why a tag is not on the platform.
const (
	noteNoRight = "the app may not set tags for this member: in WeCom's console, list it in 客户联系 → API → 可调用接口的应用 and put the member into its 可见范围, then run 'guanjia contacts sync'"
	noteEnded   = "the member has the customer no longer"
	noteRefused = "the platform refuses the tag: "
)

// refuseAfter is after how many tries a tag is given up that the platform refuses for a reason that is not known here.
const refuseAfter = 5

// pushTags brings the tags of a contact to the platform. Each call is for one tag, so that one that is refused takes no other
// along.
func (w *Worker) pushTags(ctx context.Context, d store.Dirty) error {
	person := bot.Person{Account: w.account.Name, User: bot.UserID(d.Subject)}
	pushes, err := w.records.Pushes(ctx, person)
	if err != nil {
		return err
	}
	for _, p := range pushes {
		err := w.pushTag(ctx, d.Subject, p)
		if isRecords(err) {
			return err
		}
		t, final := concluded(err, d.Tries)
		if !final {
			return w.failed(ctx, d, err, judge(err))
		}
		t.Person, t.Push, t.At = person, p, w.now()
		if err := w.records.RecordPush(ctx, t); err != nil {
			return err
		}
		if t.Outcome == store.PushEnded {
			if err := w.records.EndRelations(ctx, person, p.Member, t.At); err != nil {
				return err
			}
		}
		w.cfg.Observer.TagPushed(w.account.Name, t.Outcome)
		if t.Outcome == store.PushNoRight || t.Outcome == store.PushRefused {
			w.log.Warn("a tag can't be set", zap.String("outcome", string(t.Outcome)), zap.Error(err))
		}
	}
	return w.records.DirtyDone(ctx, d)
}

// concluded tells what became of a tag; final is false when it may be tried again.
func concluded(err error, tries int) (t store.PushedTag, final bool) {
	switch judge(err) {
	case fine:
		return store.PushedTag{Outcome: store.PushDone}, true
	case gone, noMember:
		return store.PushedTag{Outcome: store.PushEnded, Note: noteEnded}, true
	case noRight, noAPI:
		return store.PushedTag{Outcome: store.PushNoRight, Note: noteNoRight}, true
	case noTag, tagThere, refused:
		return store.PushedTag{Outcome: store.PushRefused, Note: noteRefused + err.Error()}, tries+1 >= refuseAfter
	}
	return store.PushedTag{}, false
}

// pushTag gives one member's customer a tag. A tag that was deleted on the platform is made again, once.
func (w *Worker) pushTag(ctx context.Context, customer string, p store.Push) error {
	id, err := w.tagID(ctx, p.Tag)
	if err != nil {
		return err
	}
	err = w.markTag(ctx, customer, p.Member, id)
	if judge(err) != noTag {
		return err
	}
	if err := w.refreshTags(ctx); err != nil {
		return err
	}
	if id, err = w.tagID(ctx, p.Tag); err != nil {
		return err
	}
	return w.markTag(ctx, customer, p.Member, id)
}

func (w *Worker) markTag(ctx context.Context, customer, member, tag string) error {
	in := struct {
		Member   string   `json:"userid"`
		Customer string   `json:"external_userid"`
		Add      []string `json:"add_tag"`
	}{member, customer, []string{tag}}
	return w.post(ctx, w.account.Contacts, pathMarkTag, in, nil)
}

// tagID finds the id of a tag of the corp, and makes the tag where there is none.
func (w *Worker) tagID(ctx context.Context, name string) (string, error) {
	id, ok, err := w.findTag(ctx, name)
	if err != nil || ok {
		return id, err
	}
	// Somebody may have made it since the list was read.
	if err := w.refreshTags(ctx); err != nil {
		return "", err
	}
	if id, ok, err = w.findTag(ctx, name); err != nil || ok {
		return id, err
	}
	if err := w.makeTag(ctx, name); err != nil && judge(err) != tagThere {
		return "", err
	} else if err != nil {
		if err := w.refreshTags(ctx); err != nil {
			return "", err
		}
	}
	if id, ok, err = w.findTag(ctx, name); err == nil && !ok {
		err = errHalf
	}
	return id, err
}

func (w *Worker) findTag(ctx context.Context, name string) (string, bool, error) {
	id, ok, err := w.records.FindCorpTag(ctx, w.account.Name, w.cfg.TagGroup, name)
	if err != nil {
		return "", false, recordsError{err}
	}
	return id, ok, nil
}

// makeTag makes a tag in the group of the bot's, which is made with its first tag.
func (w *Worker) makeTag(ctx context.Context, name string) error {
	type tag struct {
		Name string `json:"name"`
	}
	in := struct {
		Group string `json:"group_name"`
		Tags  []tag  `json:"tag"`
	}{w.cfg.TagGroup, []tag{{name}}}
	var answer struct {
		Group wireGroup `json:"tag_group"`
	}
	if err := w.post(ctx, w.account.Contacts, pathAddTag, in, &answer); err != nil {
		return err
	}
	g := answer.Group.group()
	if g.ID == "" || len(g.Tags) == 0 {
		return w.refreshTags(ctx) // half an answer: the list has it
	}
	if g.Name == "" {
		g.Name = w.cfg.TagGroup
	}
	if err := w.records.AddCorpTags(ctx, w.account.Name, g); err != nil {
		return recordsError{err}
	}
	return nil
}

var _ API = (*wxapi.Caller)(nil)
