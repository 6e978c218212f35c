package reception

import (
	"context"
	"strings"
	"time"

	"go.uber.org/zap"

	"guanjia/channel/wxxml"
	"guanjia/store"
)

const (
	// quotes is how many of a person's last texts are quoted.
	quotes = 3
	// quoteWithin is how old they may be when the conversation opened.
	quoteWithin = 10 * time.Minute
	// quoteMax bounds one of them, in bytes.
	quoteMax = 300
)

// tell tells staff of a conversation, if that is due and nobody else does.
func (r *Reception) tell(ctx context.Context, c store.StaffConversation, now time.Time) {
	if !c.NotifiedAt.IsZero() {
		return
	}
	n, due := r.cfg.Notice(c, now)
	if !due {
		return
	}
	mine, err := r.cfg.Records.ClaimStaffNotice(ctx, c.Number, now, now.Add(tellAgain))
	if r.failed(ctx, "claim the notice to staff", err) || !mine {
		return
	}
	if n.Quote {
		// What is said from then on would make a repetition another text.
		said, err := r.cfg.Records.LastSaid(ctx, c.Person, c.OpenedAt.Add(-quoteWithin), n.Due, quotes)
		if r.failed(ctx, "read what the person said", err) {
			return
		}
		n.Text += quoted(said)
	}
	err = r.cfg.Messenger.Tell(ctx, n.From, n.Members, n.Text)
	if err != nil && ctx.Err() != nil {
		return // stopping: whoever starts next tells them
	}
	r.cfg.Observer.StaffTold(c.Person.Account, err)
	if err != nil {
		r.cfg.Log.Error("staff could not be told that somebody waits, and will be", zap.Int64("number", c.Number), zap.String("account", string(c.Person.Account)), zap.Error(err))
		return
	}
	r.failed(ctx, "record the notice to staff", r.cfg.Records.StaffNoticeGiven(ctx, c.Number, now))
}

// quoted is what a person said as lines below a notice.
func quoted(said []string) string {
	var b strings.Builder
	for _, text := range said {
		text = strings.Join(strings.Fields(text), " ")
		if short := wxxml.Shorten(text, quoteMax); short != text {
			text = short + "……"
		}
		b.WriteString("\n> " + text)
	}
	return b.String()
}
