package contact

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"testing"
	"time"
)

// FuzzCalls gives every call any body: it is answered or refused, and the state can be kept.
func FuzzCalls(f *testing.F) {
	for _, body := range []string{
		`{}`, `null`, `[]`, `{"welcome_code":"CALLBACK","text":{"content":"a"},"attachments":[null,{"msgtype":"link"}]}`,
		`{"userid":"zhangsan","external_userid":"wmWang","remark_mobiles":[""],"add_tag":[""]}`,
		`{"userid_list":["zhangsan"],"cursor":"zzzzzzzzzzzzz","limit":-1}`, `{"group_name":"a","order":-1,"tag":[{"name":"b"}]}`,
		`{"type":1,"scene":2,"user":["zhangsan"],"conclusions":{"a":[1]}}`, `{"chat_id":"wr","limit":1,"owner_filter":null}`,
		`{"handover_userid":"zhangsan","takeover_userid":"lisi","external_userid":["wmWang",""]}`, `userid=zhangsan&cursor=0&external_userid=wmWang`,
	} {
		for i := range Calls() {
			f.Add(uint8(i), body)
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, body string) {
		c := open(t)
		c.add("shop")
		calls := Calls()
		values, _ := url.ParseQuery(body)
		q := &Request{App: "assistant", Now: c.now, Query: values.Get, Decode: func(v any) error {
			if err := json.NewDecoder(bytes.NewReader([]byte(body))).Decode(v); err != nil {
				return fail(CodeParameter, "%v", err)
			}
			return nil
		}}
		for range 2 {
			answer, err := calls[int(n)%len(calls)].Do(c.book, q)
			if refused, ok := errors.AsType[*Error](err); err != nil && (!ok || refused.Code == 0) {
				t.Fatalf("%v", err)
			}
			if _, err := json.Marshal(answer); err != nil {
				t.Fatal(err)
			}
		}
		reopened(t, c)
	})
}

// FuzzActs lets anybody try anything.
func FuzzActs(f *testing.F) {
	for _, body := range []string{
		`{"kind":"add","external_user_id":"wmWang","state":"shop"}`, `{"kind":"edit","user_id":"zhangsan","external_user_id":"wmWang","mobiles":[""]}`,
		`{"kind":"create_group","user_id":"zhangsan","names":["wmWang","wmWang"]}`, `{"kind":"set_rival","rival":{"takes_ms":-1}}`,
		`{"kind":"order_tags","names":["",""]}`, `{"kind":"add","external_user_id":"wmLi"}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var a Act
		if json.Unmarshal([]byte(body), &a) != nil {
			return
		}
		c := open(t)
		c.add("shop")
		c.do(Act{Kind: ActCreateGroup, UserID: zhang, Name: "群"})
		if events, err := c.book.Do(a, c.now); err != nil && len(events) > 0 {
			t.Fatalf("refused (%v), and yet %v", err, events)
		}
		reopened(t, c)
	})
}

// reopened keeps the state and takes it up again: the same must come out.
func reopened(t *testing.T, c *corp) {
	t.Helper()
	kept, err := json.Marshal(c.book.State)
	if err != nil {
		t.Fatal(err)
	}
	var state State
	if err := json.Unmarshal(kept, &state); err != nil {
		t.Fatal(err)
	}
	again := Open(&state, c.town)
	again.Settle(c.now.Add(time.Second))
	if len(again.Relations) != len(c.book.Relations) || again.relation(zhang, wang) == nil {
		t.Fatal("somebody is lost")
	}
}

func TestTheStateIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	c := open(t)
	code := c.add("shop").WelcomeCode
	kept, err := json.Marshal(c.book.State)
	if err != nil {
		t.Fatal(err)
	}
	var state State
	if err := json.Unmarshal(kept, &state); err != nil {
		t.Fatal(err)
	}
	c.book = Open(&state, c.town)
	c.book.OwnWay("way-shop", "shop", "门店", []string{zhang}, true, c.now)
	c.obeyed("send_welcome_msg", hello(code), nil)
	if n := len(c.book.Ways); n != 2 {
		t.Errorf("%d ways", n)
	}
}
