package contacts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"guanjia/channel/wxapi"
	"guanjia/contacts"
	"guanjia/store"
)

// bookkeeper passes calls on and sees which pages are asked for; refuse may answer itself.
type bookkeeper struct {
	contacts.API
	refuse func(cursor string, nth int) error

	mu    sync.Mutex
	pages []string // "2 members, first" or "2 members, on"
}

func (b *bookkeeper) Post(ctx context.Context, tokens *wxapi.Source, path string, in, out any) error {
	var asked struct {
		Members []string `json:"userid_list"`
		Cursor  string   `json:"cursor"`
	}
	if text, err := json.Marshal(in); err == nil && json.Unmarshal(text, &asked) == nil && asked.Members != nil {
		which := "first"
		if asked.Cursor != "" {
			which = "on"
		}
		b.mu.Lock()
		b.pages = append(b.pages, fmt.Sprintf("%d members, %s", len(asked.Members), which))
		nth := len(b.pages)
		b.mu.Unlock()
		if err := b.refuse(asked.Cursor, nth); err != nil {
			return err
		}
	}
	return b.API.Post(ctx, tokens, path, in, out)
}

// TestPagesGoOnByCursor: what was read is kept when the process ends in the middle, and asked for again only when the platform has
// forgotten the cursor.
func TestPagesGoOnByCursor(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		for n := range 230 {
			o.customer(fmt.Sprint("客户", n), []string{"shop", "night", "fair"}[n%3])
		}
		stopped := fmt.Errorf("the process ends here")
		first := &bookkeeper{refuse: func(_ string, nth int) error {
			if nth == 2 {
				return stopped
			}
			return nil
		}}
		ctx, end := context.WithCancel(t.Context())
		_, err := o.workerWith("one", first).Sync(ctx, func(p store.SyncProgress) {
			if p.Problem != "" {
				end()
			}
		})
		if err == nil {
			t.Fatal("the first run came to its end")
		}
		p, err := o.store.ContactSync(t.Context(), account)
		equal(t, err, nil)
		equal(t, []any{p.Contacts, p.Cursor != ""}, []any{100, true})

		second := &bookkeeper{refuse: func(cursor string, nth int) error {
			if nth == 2 {
				return &wxapi.Error{API: "/cgi-bin/externalcontact/batch/get_by_user", Code: 41022, Msg: "invalid cursor"}
			}
			return nil
		}}
		p, err = o.workerWith("two", second).Sync(t.Context(), func(store.SyncProgress) {})
		equal(t, err, nil)
		equal(t, second.pages, []string{"3 members, on", "3 members, on", "3 members, first", "3 members, on", "3 members, on"})
		equal(t, []any{p.Run, p.MembersDone}, []any{int64(1), 3})
		n, err := o.store.ContactCount(t.Context(), account)
		equal(t, []any{n, err}, []any{230, nil})
	})
}
