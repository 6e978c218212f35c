package contacts_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/simulator"
	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
	"guanjia/store"
)

// lasting lists the relations of a customer that last, as the records have them.
func (o *office) lasting(s *store.Store, c *simulator.Customer) []string {
	found, err := s.Contact(o.t.Context(), person(c))
	if err != nil && !strings.Contains(err.Error(), store.ErrNotFound.Error()) {
		o.t.Fatal(err)
	}
	var list []string
	for _, r := range found.Relations {
		if !r.Lasts() {
			continue
		}
		var tags []string
		for _, t := range r.Tags {
			tags = append(tags, t.ID)
		}
		slices.Sort(tags)
		list = append(list, fmt.Sprint(r.Member, " ", r.Remark, " ", r.State, " ", tags))
	}
	return list
}

// TestRecordsAreInStepAfterAnyDay: customers come, go and are tagged while calls are lost, refused and cut short; afterwards the
// records say what a program that reads the platform for the first time says.
func TestRecordsAreInStepAfterAnyDay(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, o *office) {
		made := o.admin(contact.Act{Kind: contact.ActCreateTags, Name: "等级", Names: []string{"金", "银"}})
		members := map[string]string{"shop": "xiaolin", "night": "xiaozhou", "fair": "xiaowu"}
		o.works()
		o.settles() // whatever comes from here on comes by marks
		o.faults(platform.Fault{Kind: platform.FaultBare, Chance: .4}, platform.Fault{Kind: platform.FaultReset, Chance: .1}, platform.Fault{Kind: platform.FaultNoAnswer, Delay: 1, Chance: .05},
			platform.Fault{Kind: platform.FaultHalf, Chance: .05}, platform.Fault{Kind: platform.FaultExpired, Chance: .02}, platform.Fault{Kind: platform.FaultBadGateway, Chance: .1})
		var all []*simulator.Customer
		for n := range 8 {
			all = append(all, o.customer(fmt.Sprint("客户", n)))
		}
		lot := rand.New(rand.NewPCG(1, 2))
		has := map[string]bool{}
		for n := range 120 {
			c := all[lot.IntN(len(all))]
			state := []string{"shop", "night", "fair"}[lot.IntN(3)]
			pair := c.User.ID + state
			switch act := lot.IntN(4); {
			case !has[pair]:
				c.Add(state)
				has[pair] = true
			case act == 0:
				c.DeleteMember(members[state])
				has[pair] = false
			case act == 1:
				o.member(members[state]).Remark(c, fmt.Sprint("备注", n))
			case act == 2:
				o.member(members[state]).Tag(c, made.Events[1+lot.IntN(2)].ID)
			default:
				o.member(members[state]).Delete(c)
				has[pair] = false
			}
			o.hears(c)
		}
		o.faults()
		o.eventually("in step", func() error {
			p, err := o.store.ContactSync(t.Context(), account)
			waiting, werr := o.store.DirtyCounts(t.Context(), account)
			if err == nil && werr == nil && (p.Step != store.SyncDone || !p.WantedAt.IsZero() || len(waiting) > 0) {
				o.wait(time.Minute)
				err = fmt.Errorf("%+v, waiting: %+v", p, waiting)
			}
			return err
		})

		clean := &office{t: t, sim: o.sim, url: o.url, log: o.log, logs: o.logs}
		clean.openRecords("sqlite:" + filepath.Join(t.TempDir(), "clean.db"))
		if _, err := clean.worker("clean").Sync(t.Context(), func(store.SyncProgress) {}); err != nil {
			t.Fatal(err)
		}
		lasting := 0
		for _, c := range all {
			want := clean.lasting(clean.store, c)
			lasting += len(want)
			if diff := cmp.Diff(want, o.lasting(o.store, c)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.User.Nickname, diff)
			}
		}
		if lasting < 8 {
			t.Errorf("%d relations last: the day shows nothing", lasting)
		}
	})
}
