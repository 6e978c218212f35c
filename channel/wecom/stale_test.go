package wecom

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

// TestAMediaIDThatThePlatformDoesNotKnowIsReplaced: the customer gets the picture all the same, and where there is none to be had,
// the rest.
func TestAMediaIDThatThePlatformDoesNotKnowIsReplaced(t *testing.T) {
	t.Parallel()
	pic := bot.Message{Kind: bot.MessageImage, File: "hello.png", MediaID: "old-1"}
	leaflet := bot.Message{Kind: bot.MessageFile, File: "leaflet.pdf", Title: "说明书.pdf", MediaID: "old-2"}
	const (
		asked   = `{"welcome_code":"C1","text":{"content":"您好"}`
		withPic = `"attachments":[{"msgtype":"image","image":{"media_id":"new"}}]}`
	)
	for _, tc := range []struct {
		name    string
		said    []bot.Message
		ids     renewing
		next    []answering
		want    []string
		outcome Outcome
	}{
		{"there is another", []bot.Message{bot.Text("您好"), pic}, renewing{"hello.png": "new"}, nil, []string{asked + "," + withPic}, Sent},
		{"there is none, with a text", []bot.Message{bot.Text("您好"), pic}, nil, nil, []string{asked + "}"}, SentText},
		{"there is one for one of two", []bot.Message{bot.Text("您好"), pic, leaflet}, renewing{"hello.png": "new"}, nil, []string{`{"welcome_code":"C1","text":{"content":"您好\n\n［文件］说明书.pdf"},` + withPic}, Sent},
		{"there is none, without a text", []bot.Message{pic}, nil, nil, nil, Refused},
		{"the other is not known either", []bot.Message{bot.Text("您好"), pic}, renewing{"hello.png": "new"}, []answering{{code: codeMedia}}, []string{asked + "}"}, SentText},
		{"the id is not of the content", []bot.Message{bot.Text("您好"), picture}, renewing{"hello.png": "new"}, nil, []string{asked + "}"}, SentText},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, says(tc.said...), func(_ *Config, d *Deps) { d.Media = tc.ids })
			a.api.give("C1", testNow)
			a.api.expect(answering{code: codeMedia})
			a.api.expect(tc.next...)
			a.post(t, added("C1"))
			if diff := cmp.Diff(tc.want, a.api.welcomed()); diff != "" {
				t.Errorf("welcome (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]Outcome{tc.outcome}, a.counted.outcomes()); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
		})
	}
}
