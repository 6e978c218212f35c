package storetest

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

func response(k bot.EventKey, anonymous bool) store.SurveyResponse {
	return store.SurveyResponse{
		Campaign: "survey", Key: k, Anonymous: anonymous, Complete: true,
		StartedAt: precise, FinishedAt: precise.Add(3 * time.Minute),
		Answers: []store.SurveyAnswer{
			{Question: "day", Choices: []string{"周六", "周日"}},
			{Question: "doctor", Rating: 5},
			{Question: "wish", Text: "多讲\x00糖尿病\xff"},
			{Question: "picture", MediaID: "media-1"},
			{Question: "more", Skipped: true},
		},
	}
}

func surveyFirst(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	_, done, err := s.SurveyDone(t.Context(), "survey", someone(1))
	ok(t, err)
	equal(t, done, false)

	for range 2 { // the second is the same event again
		first, err := s.SubmitSurvey(t.Context(), response("k", false), someone(1))
		ok(t, err)
		equal(t, first, true)
	}
	for range 2 {
		first, err := s.SubmitSurvey(t.Context(), response("another event", false), someone(1))
		ok(t, err)
		equal(t, first, false)
	}
	at, done, err := s.SurveyDone(t.Context(), "survey", someone(1))
	ok(t, err)
	equal(t, done, true)
	equal(t, at, precise.Add(3*time.Minute))

	all := collect(t, s.SurveyResponses(t.Context(), "survey"))
	want := response("k", false)
	want.Person, want.Answers[2].Text = someone(1), "多讲糖尿病\uFFFD"
	want.ID = all[0].ID
	equal(t, all, []store.SurveyResponse{want})

	var firsts atomic.Int32
	together(30, func(i int) {
		first, err := s.SubmitSurvey(t.Context(), response(key("rush-%d", i), i%2 == 0), someone(2))
		if err != nil {
			t.Error(err)
		}
		if first {
			firsts.Add(1)
		}
	})
	equal(t, firsts.Load(), int32(1))
	equal(t, len(collect(t, s.SurveyResponses(t.Context(), "survey"))), 2)
}

func surveyAgain(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	for i, k := range []bot.EventKey{"first", "first", "second", "second", "first"} { // each event more than once
		r := response(k, i == 2 || i == 3)
		r.Again = true
		counts, err := s.SubmitSurvey(t.Context(), r, someone(1))
		ok(t, err)
		equal(t, counts, true)
	}
	equal(t, len(collect(t, s.SurveyResponses(t.Context(), "survey"))), 2)
	counts, err := s.SubmitSurvey(t.Context(), response("third", false), someone(1))
	ok(t, err)
	equal(t, counts, false)
}

func surveyAnonymous(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	p := someone(1)
	public, private, other := entry(1, "public"), entry(1, "private"), entry(2, "other")
	private.Private, private.Text = true, ""
	other.Private, other.Text = true, ""
	for _, e := range []bot.Entry{public, private, other} {
		_, _, err := s.Journal().Commit(t.Context(), e)
		ok(t, err)
	}
	shanghai := time.FixedZone("CST", 8*3600)
	r := response("k", true)
	r.Person = p // even when the caller is careless
	r.StartedAt = time.Date(2026, 1, 31, 23, 59, 0, 0, shanghai)
	r.FinishedAt = time.Date(2026, 2, 1, 0, 3, 0, 0, shanghai)
	for range 2 {
		first, err := s.SubmitSurvey(t.Context(), r, p)
		ok(t, err)
		equal(t, first, true)
	}
	all := collect(t, s.SurveyResponses(t.Context(), "survey"))
	equal(t, len(all), 1)
	got := all[0]
	equal(t, got.Person, bot.Person{})
	equal(t, got.Key, bot.EventKey(""))
	equal(t, got.StartedAt.In(shanghai).Format(time.DateTime), "2026-01-31 00:00:00")
	equal(t, got.FinishedAt.In(shanghai).Format(time.DateTime), "2026-02-01 00:00:00")
	for _, telling := range []string{string(p.User), string(p.Account), "k"} {
		if strings.Contains(got.ID, telling) {
			t.Errorf("the id %q tells %q", got.ID, telling)
		}
	}

	private.Reply, private.Session = nil, nil
	for _, want := range []bot.Entry{public, private, other} {
		e, _, err := s.Journal().Find(t.Context(), "brand", want.Key)
		ok(t, err)
		equal(t, e, want)
	}
}
