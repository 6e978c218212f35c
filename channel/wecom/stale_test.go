package wecom

import (
	"context"
	"maps"
	"testing"
	"time"

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
	const uploaded = "uploaded" // stands for the id that the platform gives
	for _, tc := range []struct {
		name    string
		said    []bot.Message
		ids     renewing
		reads   []string
		outcome Outcome
	}{
		{"there is another", []bot.Message{bot.Text("您好"), pic}, renewing{"hello.png": uploaded}, []string{"您好", "[image] hello.png"}, Sent},
		{"there is none, with a text", []bot.Message{bot.Text("您好"), pic}, nil, []string{"您好"}, SentText},
		{"there is one for one of two", []bot.Message{bot.Text("您好"), pic, leaflet}, renewing{"hello.png": uploaded}, []string{"您好\n\n［文件］说明书.pdf", "[image] hello.png"}, Sent},
		{"there is none, without a text", []bot.Message{pic}, nil, []string{}, Refused},
		{"the other is not known either", []bot.Message{bot.Text("您好"), pic}, renewing{"hello.png": "old-3"}, []string{"您好"}, SentText},
		{"the id is not of the content", []bot.Message{bot.Text("您好"), picture}, renewing{"hello.png": uploaded}, []string{"您好"}, SentText},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ids := maps.Clone(tc.ids)
			c := open(t, says(tc.said...), func(_ *Config, d *Deps) { d.Media = ids })
			if ids["hello.png"] == uploaded {
				ids["hello.png"] = c.upload(t, "hello.png")
			}
			wang := c.customer(t)
			wang.Add(sampleState)
			if diff := cmp.Diff(tc.reads, wang.Read(atWork)); diff != "" {
				t.Errorf("chat (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]Outcome{tc.outcome}, c.counted.outcomes()); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAPictureLivesForThreeDays on the platform; after that the customer gets the text alone.
func TestAPictureLivesForThreeDays(t *testing.T) {
	t.Parallel()
	pic := bot.Message{Kind: bot.MessageImage}
	c := open(t, engineFunc(func(_ context.Context, ev *bot.Event, fit bot.Fitter, _ time.Time) (bot.Answer, error) {
		return bot.Answer{Messages: fit.Fit([]bot.Message{bot.Text("您好"), pic}).Now, At: ev.At}, nil
	}))
	pic.MediaID = c.upload(t, "hello.png")
	first, second := c.customer(t), c.customer(t)
	first.Add(sampleState)
	first.Wait(3 * 24 * time.Hour)
	second.Add(sampleState)
	if diff := cmp.Diff([][]string{{"您好", "[image] hello.png"}, {"您好"}}, [][]string{first.Read(atWork), second.Read(atWork)}); diff != "" {
		t.Errorf("chats (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Outcome{Sent, SentText}, c.counted.outcomes()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if n := c.logs.FilterField(errcode(codeMedia)).Len(); n != 1 {
		t.Error("the log does not say why")
	}
}
