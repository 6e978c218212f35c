package contact

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// momentJob is the answer of get_moment_task_result.
type momentJob struct {
	Status int    `json:"status"`
	Type   string `json:"type"`
	Result struct {
		Code     int    `json:"errcode"`
		MomentID string `json:"moment_id"`
		Senders  struct {
			Users       []string `json:"user_list"`
			Departments []int64  `json:"department_list"`
		} `json:"invalid_sender_list"`
		Contacts struct {
			Tags []string `json:"tag_list"`
		} `json:"invalid_external_contact_list"`
	} `json:"result"`
}

func (c *corp) moment(body string) (job string) {
	c.t.Helper()
	var made struct {
		JobID string `json:"jobid"`
	}
	c.obeyed("add_moment_task", body, &made)
	return made.JobID
}

func (c *corp) job(id string) (j momentJob) {
	c.t.Helper()
	c.obeyed("get_moment_task_result", "jobid="+id, &j)
	return j
}

func TestAMomentIsSeenWhenItsMembersPublishIt(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	job := c.moment(`{"text":{"content":"多喝水"},"attachments":[{"msgtype":"image","image":{"media_id":"moment"}}],
		"visible_range":{"sender_list":{"user_list":["zhangsan","nobody"],"department_list":[7]},"external_contact_list":{"tag_list":[]}}}`)
	if j := c.job(job); j.Status != 1 || j.Result.MomentID != "" {
		t.Errorf("at once: %+v", j)
	}
	c.wait(2 * time.Second)
	if j := c.job(job); j.Status != 2 {
		t.Errorf("after two seconds: %+v", j)
	}
	c.wait(2 * time.Second)
	j := c.job(job)
	if j.Status != 3 || j.Type != "add_moment_task" || j.Result.Code != 0 || j.Result.MomentID == "" || !cmp.Equal(j.Result.Senders.Users, []string{"nobody"}) || !cmp.Equal(j.Result.Senders.Departments, []int64{7}) {
		t.Fatalf("in the end: %+v", j)
	}
	published := func() string {
		return c.call("get_moment_task", `{"moment_id":"`+j.Result.MomentID+`"}`).body
	}
	if got := published(); !strings.Contains(got, `{"userid":"zhangsan","publish_status":0}`) || strings.Contains(got, "lisi") {
		t.Errorf("before: %s", got)
	}
	c.do(Act{Kind: ActPublish, UserID: zhang, ID: j.Result.MomentID})
	if got := published(); !strings.Contains(got, `{"userid":"zhangsan","publish_status":1}`) {
		t.Errorf("after: %s", got)
	}
	if seen := c.book.Moments[0].Senders[0].Seen; !cmp.Equal(seen, []string{wang}) {
		t.Errorf("seen by %v", seen)
	}
	for name, a := range map[string]Act{
		"twice": {Kind: ActPublish, UserID: zhang, ID: j.Result.MomentID}, "unasked": {Kind: ActPublish, UserID: lisi, ID: j.Result.MomentID},
		"none": {Kind: ActPublish, UserID: zhang, ID: "mom"},
	} {
		if _, err := c.book.Do(a, c.now); err == nil {
			t.Errorf("%s: it can be published", name)
		}
	}
	c.wait(24 * time.Hour)
	c.refused(40058, "get_moment_task_result", "jobid="+job)
}

func TestWhatAMomentMayBe(t *testing.T) {
	t.Parallel()
	picture := `{"msgtype":"image","image":{"media_id":"moment"}}`
	for _, tc := range []struct {
		name, body string
		code       int
	}{
		{"nothing", `{}`, 44004},
		{"a novel", `{"text":{"content":"` + strings.Repeat("长", 2001) + `"}}`, 45002},
		{"ten pictures", `{"attachments":[` + strings.TrimSuffix(strings.Repeat(picture+",", 10), ",") + `]}`, 41064},
		{"a picture and a link", `{"attachments":[` + picture + `,{"msgtype":"link","link":{"url":"https://a.cn","media_id":"moment"}}]}`, 41065},
		{"two links", `{"attachments":[{"msgtype":"link","link":{"url":"https://a.cn","media_id":"moment"}},{"msgtype":"link","link":{"url":"https://a.cn","media_id":"moment"}}]}`, 41065},
		{"a file", `{"attachments":[{"msgtype":"file"}]}`, 41065},
		{"a picture for messages", `{"attachments":[{"msgtype":"image","image":{"media_id":"picture"}}]}`, 40007},
		{"a link to nowhere", `{"attachments":[{"msgtype":"link","link":{"title":"a","url":"a.cn","media_id":"moment"}}]}`, 40058},
		{"a long title", `{"attachments":[{"msgtype":"link","link":{"title":"` + strings.Repeat("长", 65) + `","url":"https://a.cn","media_id":"moment"}}]}`, 40058},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			open(t).refused(tc.code, "add_moment_task", tc.body)
		})
	}
	c := open(t)
	job := c.moment(`{"text":{"content":"a"},"visible_range":{"sender_list":{"user_list":["nobody"]}}}`)
	c.wait(time.Minute)
	if j := c.job(job); j.Result.Code == 0 || j.Result.MomentID != "" {
		t.Errorf("nobody can publish it: %+v", j)
	}
	c.refused(41059, "get_moment_task", `{}`)
	c.refused(41060, "get_moment_task", `{"moment_id":"mom"}`)
	c.refused(40058, "get_moment_task_result", "jobid=x")
}
