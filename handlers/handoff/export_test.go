package handoff_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/export"
	"guanjia/handlers/handoff"
)

func csv(t *testing.T, table export.Table) []string {
	t.Helper()
	var b bytes.Buffer
	if err := table.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(b.String()), "\r\n")[1:]
}

// TestConversationsAreExported, each with its first response, and each day that had one in numbers.
func TestConversationsAreExported(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang, li := customer(k, "wang"), follower(k, "li")
	wang.says("人工") // 10:00:01
	k.Later(98 * time.Second)
	wang.staff(bot.KindStaffSaid, "zhang")
	wang.staff(bot.KindStaffEnded, "zhang")
	k.Later(24 * time.Hour)
	li.says("人工")
	k.Later(time.Minute)
	follower(k, "zhao").staff(bot.KindStaffTook, "kf2001@guanjia")
	li.says("结束人工")
	all := csv(t, handoff.Conversations(t.Context(), k.Store, bottest.Account, bottest.Zone))
	want := []string{
		"1,brand,o-wang,微信客服,wk-shop,用户要求,2026-03-10 10:00:01,2026-03-10 10:01:40,zhang,2026-03-10 10:01:40,99,2026-03-10 10:01:41,客服结束,",
		"2,brand,o-li,公众号,,用户要求,2026-03-11 10:01:42,,,,,2026-03-11 10:02:44,用户结束,",
		"3,brand,o-zhao,公众号,,客服发起,2026-03-11 10:02:43,2026-03-11 10:02:43,kf2001@guanjia,2026-03-11 10:02:43,0,,进行中,",
	}
	if got := strings.Join(all, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("exported\n%s", got)
	}
	days := csv(t, handoff.Days(t.Context(), k.Store, bottest.Account, bottest.Zone))
	if got := strings.Join(days, "\n"); got != "2026-03-10,1,1,0,99,99\n2026-03-11,1,0,0,," {
		t.Errorf("exported\n%s", got)
	}
	if other := csv(t, handoff.Days(t.Context(), k.Store, "other", bottest.Zone)); len(other) != 0 {
		t.Errorf("exported %q", other)
	}
}
