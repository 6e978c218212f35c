package moments

import (
	"context"
	"net/url"

	"guanjia/channel/wxapi"
)

// The calls of customer contact (WeCom docs, 客户朋友圈).
const (
	pathAdd    = "/cgi-bin/externalcontact/add_moment_task"
	pathResult = "/cgi-bin/externalcontact/get_moment_task_result"
	pathTask   = "/cgi-bin/externalcontact/get_moment_task"
)

// Office is customer contact of an account.
type Office struct {
	API    *wxapi.Caller
	Tokens *wxapi.Source
}

type order struct {
	Text        *orderText   `json:"text,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
	Visible     *visible     `json:"visible_range,omitempty"`
}

type orderText struct {
	Content string `json:"content"`
}

type attachment struct {
	Type  string     `json:"msgtype"`
	Image *picture   `json:"image,omitempty"`
	Link  *orderLink `json:"link,omitempty"`
}

type picture struct {
	MediaID string `json:"media_id"`
}

type orderLink struct {
	Title   string `json:"title,omitempty"`
	URL     string `json:"url"`
	MediaID string `json:"media_id"`
}

type visible struct {
	Senders  *senders  `json:"sender_list,omitempty"`
	Contacts *contacts `json:"external_contact_list,omitempty"`
}

type senders struct {
	Users []string `json:"user_list"`
}

type contacts struct {
	Tags []string `json:"tag_list"`
}

// add asks the platform to make a post, and gives the job that does.
func (o Office) add(ctx context.Context, in order) (job string, err error) {
	var out struct {
		JobID wxapi.String `json:"jobid"`
	}
	err = o.API.Post(ctx, o.Tokens, pathAdd, in, &out)
	return string(out.JobID), err
}

// made is what a job came to.
type made struct {
	done     bool
	code     int
	momentID string
}

// statusDone is the status of a job that is over (WeCom docs, 获取任务创建结果).
const statusDone = 3

func (o Office) result(ctx context.Context, job string) (made, error) {
	var out struct {
		Status wxapi.Int `json:"status"`
		Result struct {
			Code     wxapi.Int    `json:"errcode"`
			MomentID wxapi.String `json:"moment_id"`
		} `json:"result"`
	}
	err := o.API.Get(ctx, o.Tokens, pathResult, url.Values{"jobid": {job}}, &out)
	return made{out.Status == statusDone, int(out.Result.Code), string(out.Result.MomentID)}, err
}

// tasksPage is how many members one call tells of; pagesMax bounds the calls.
const (
	tasksPage = 1000
	pagesMax  = 100
)

// published counts the members who were asked, and those who published.
func (o Office) published(ctx context.Context, momentID string) (members, published int, err error) {
	cursor := ""
	for range pagesMax {
		var out struct {
			Tasks []struct {
				Status wxapi.Int `json:"publish_status"`
			} `json:"task_list"`
			Next wxapi.String `json:"next_cursor"`
		}
		in := map[string]any{"moment_id": momentID, "cursor": cursor, "limit": tasksPage}
		if err := o.API.Post(ctx, o.Tokens, pathTask, in, &out); err != nil {
			return 0, 0, err
		}
		for _, t := range out.Tasks {
			members++
			if t.Status != 0 {
				published++
			}
		}
		if cursor = string(out.Next); cursor == "" {
			break
		}
	}
	return members, published, nil
}
