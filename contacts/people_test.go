package contacts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/contacts"
	"guanjia/simulator"
	"guanjia/simulator/platform"
	"guanjia/store"
)

// followersWork starts the worker of the official account.
func (o *office) followersWork() {
	o.t.Helper()
	caller := wxapi.NewCaller(wxapi.Config{BaseURL: o.url})
	tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: wxapi.Official, ID: brandID, Secret: brandSecret, Caller: caller, Shared: o.hot})
	o.t.Cleanup(tokens.Close)
	w := contacts.NewWorker(contacts.Config{
		Account: contacts.Account{Name: brand, Followers: tokens}, Records: o.store, API: caller, Lease: o.hot, Owner: "followers",
		Log: o.log, Now: o.now, Idle: 5 * time.Millisecond,
	})
	w.Start()
	o.t.Cleanup(w.Stop)
}

// spoke writes into the journal that somebody said something.
func (o *office) spoke(p bot.Person) {
	o.t.Helper()
	_, _, err := o.store.Journal().Commit(o.t.Context(), bot.Entry{Person: p, Key: bot.EventKey(fmt.Sprint(p, o.now())), Received: o.now(), Reply: []byte("r")})
	if err != nil {
		o.t.Fatal(err)
	}
}

// identity waits until somebody has been looked up.
func (o *office) identity(p bot.Person) store.Identity {
	o.t.Helper()
	var i store.Identity
	o.eventually("looked up", func() error {
		found, ok, err := o.store.Identity(o.t.Context(), p)
		if err == nil && !ok {
			err = errors.New("not yet")
		}
		i = found
		return err
	})
	return i
}

// TestFollowersAreLookedUpWhenTheySpeak, through faults; who does not exist is known to be nobody, and is asked about again after a day.
func TestFollowersAreLookedUpWhenTheySpeak(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		const info = "/cgi-bin/user/info"
		phone := simulator.NewPhone(t, o.sim.Client(), string(brand), "小王")
		phone.Follow()
		wang := bot.Person{Account: brand, User: bot.UserID(phone.OpenID())}
		o.faults(platform.Fault{Kind: platform.FaultBare, Path: info, Times: 1}, platform.Fault{Kind: platform.FaultReset, Path: info, Times: 1},
			platform.Fault{Kind: platform.FaultExpired, Path: info, Times: 1})
		o.followersWork()
		o.spoke(wang)
		i := o.identity(wang)
		if i.UnionID != phone.User.UnionID || i.UnionID == "" {
			t.Errorf("%+v, want %s", i, phone.User.UnionID)
		}
		nobody := bot.Person{Account: brand, User: bot.UserID("o" + strings.Repeat("x", 27))}
		o.spoke(nobody)
		first := o.identity(nobody)
		equal(t, first.UnionID, "")
		o.wait(25 * time.Hour)
		o.spoke(nobody)
		o.eventually("asked again", func() error {
			if again := o.identity(nobody); !again.LookedUpAt.After(first.LookedUpAt) {
				return errors.New("not yet")
			}
			return nil
		})
	})
}
