package contacts

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

func refusal(code int) error { return &wxapi.Error{API: pathMarkTag, Code: code} }

// TestWhatAnAnswerMeans is the table of the platform's codes.
func TestWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		err  error
		want verdict
	}{
		{"all is well", nil, fine},
		{"half an answer", errHalf, later},
		{"no answer", &wxapi.NoAnswerError{Why: wxapi.Timeout}, later},
		{"busy", refusal(-1), later},
		{"too many calls", refusal(45009), blocked},
		{"the token is taken back again", refusal(42001), blocked},
		{"a wrong secret", &wxapi.Error{API: "/cgi-bin/gettoken", Code: 40001}, blocked},
		{"an address that is not allowed", &wxapi.AddressError{Refusal: &wxapi.Error{Code: 60020}}, blocked},
		{"no token", errors.New("the source of tokens is closed"), blocked},
		{"nobody's customer", refusal(84061), gone},
		{"no customer", refusal(40096), gone},
		{"a member who left", refusal(60111), noMember},
		{"a member outside the range", refusal(60011), noRight},
		{"a tag of another app", refusal(81011), noRight},
		{"no right to the API", refusal(48002), noAPI},
		{"an account that is not certified", refusal(48001), noAPI},
		{"a deleted tag", refusal(40068), noTag},
		{"a tag that exists", refusal(40071), tagThere},
		{"anything else", refusal(99999), refused},
	} {
		if got := judge(tc.err); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestASyncIsDue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)
	never := time.Time{}
	for _, tc := range []struct {
		name                      string
		finished, started, wanted time.Time
		every                     time.Duration
		want                      bool
	}{
		{"at the first start", never, never, never, 0, true},
		{"when somebody asks", now, now, now, 0, true},
		{"a day later", now.Add(-24 * time.Hour), now.Add(-25 * time.Hour), never, 24 * time.Hour, true},
		{"not before", now.Add(-23 * time.Hour), now.Add(-25 * time.Hour), never, 24 * time.Hour, false},
		{"never again by itself", now.Add(-99 * time.Hour), now.Add(-99 * time.Hour), never, 0, false},
	} {
		if got := due(tc.finished, tc.started, tc.wanted, now, tc.every); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}

func TestWaitsGrowToAnHourAndNoFurther(t *testing.T) {
	t.Parallel()
	for tries, last := 0, time.Duration(0); tries < 1000; tries++ {
		d := backOff(tries)
		if d < last || d <= 0 || d > time.Hour {
			t.Fatalf("after %d tries: %s", tries, d)
		}
		last = d
	}
	if backOff(100) != time.Hour {
		t.Error(backOff(100))
	}
}

func TestCustomersAreToldFromMembers(t *testing.T) {
	t.Parallel()
	for user, want := range map[bot.UserID]bool{
		"wmAJ2GCAAAXtWyujaWJHDDGi0mACH71w": true, "woAJ2GCAAAXtWyujaWJHDDGi0mACH71w": true, "wmming": false, "zhangsan": false, "sys": false, "": false,
		"wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA01": false,
	} {
		if got := isExternal(user); got != want {
			t.Errorf("%s: %v", user, got)
		}
	}
}

// TestNumbersAndTextsAreReadEitherWay: the platform writes both as both.
func TestNumbersAndTextsAreReadEitherWay(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"userid":"xiaolin","remark":13800000000,"createtime":1403610513,"add_way":1,"state":7,"tags":[{"tag_id":"t1","tag_name":2026,"type":1}]}`,
		`{"userid":"xiaolin","remark":"13800000000","createtime":"1403610513","add_way":"1","state":"7","tags":[{"tag_id":"t1","tag_name":"2026","type":"1"},{}]}`,
	} {
		var w wireRelation
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		want := store.Relation{Member: "xiaolin", Remark: "13800000000", State: "7", AddWay: 1, Since: time.Unix(1403610513, 0).UTC(),
			Tags: []store.ContactTag{{ID: "t1", Name: "2026", Kind: 1}}}
		if diff := cmp.Diff(want, w.relation()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// FuzzAPageIsReadOrRefused: whatever the platform writes, no time is out of range and nothing panics.
func FuzzAPageIsReadOrRefused(f *testing.F) {
	f.Add([]byte(`{"external_contact_list":[{"external_contact":{"external_userid":"wm1","type":"1"},"follow_info":{"userid":"a","createtime":1e3,"tag_id":["t"]}}],"next_cursor":"c"}`))
	f.Add([]byte(`{"external_contact_list":[{"follow_info":{"createtime":-9223372036854775808}},null],"fail_info":{"unlicensed_userid_list":[null,1]}}`))
	f.Add([]byte(`{"external_contact_list":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var p page
		if json.Unmarshal(text, &p) != nil || p.Contacts == nil {
			return
		}
		for _, e := range *p.Contacts {
			if r := e.Relation.relation(); !r.Since.IsZero() && (r.Since.Year() < 1970 || r.Since.Year() > 9999) {
				t.Errorf("since %v", r.Since)
			}
			if c := e.Contact.contact("a", time.Time{}); strings.ContainsRune(string(c.Person.Account), 0) {
				t.Error(c)
			}
		}
	})
}
