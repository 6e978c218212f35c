package kf

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
)

// renewing is a Media that knows other ids for these files, and none for the rest.
type renewing map[string]string

func (r renewing) Again(_ context.Context, _ bot.AccountName, messages []bot.Message) (_ []bot.Message, changed bool) {
	fresh := append([]bot.Message(nil), messages...)
	for i := range fresh {
		if fresh[i].File != "" {
			fresh[i].MediaID, changed = r[fresh[i].File], true
		}
	}
	return fresh, changed
}

// TestAFileThatThePlatformHasForgottenIsSentAllTheSame: with another id, or in words; what is neither is given up.
func TestAFileThatThePlatformHasForgottenIsSentAllTheSame(t *testing.T) {
	t.Parallel()
	pic := bot.Message{Kind: bot.MessageImage, File: "hello.png", MediaID: "old"}
	again := pic
	again.MediaID = "new"
	for _, tc := range []struct {
		name  string
		media Media
		m     bot.Message
		want  bot.Message
		ok    bool
	}{
		{"another id", renewing{"hello.png": "new"}, pic, again, true},
		{"a file is named", renewing{}, bot.Message{Kind: bot.MessageFile, File: "a.pdf", Title: "说明书.pdf", MediaID: "old"}, bot.Text("［文件］说明书.pdf"), true},
		{"a picture can't be said", renewing{}, pic, pic, false},
		{"an id of the operator's own", renewing{"hello.png": "new"}, picture, picture, false},
		{"nobody knows files", nil, pic, pic, false},
	} {
		l := &letter{Service: &Service{account: "assistant", media: tc.media}}
		got, ok := l.renew(t.Context(), tc.m)
		if d := cmp.Diff(tc.want, got); d != "" || ok != tc.ok {
			t.Errorf("%s: ok %v, (-want +got):\n%s", tc.name, ok, d)
		}
	}
}
