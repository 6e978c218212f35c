package kf

import (
	"context"
	"encoding/json"
	"errors"

	"guanjia/channel/wxapi"
)

const (
	// pullLimit is how many items one pull asks for (WeCom docs, 读取消息: 1000 at most).
	pullLimit = 1000
	// maxCursor bounds a cursor, in bytes; the docs say 64.
	maxCursor = 512
)

// pulled is one page of items.
type pulled struct {
	items []json.RawMessage
	next  string // the cursor behind them; where the page began when the platform gave none
	more  bool
	half  bool // the platform gave no cursor: there may be more than it says
}

// sync asks for the page at cursor. An expired token is dropped, and the page asked for without.
func (d *desk) sync(ctx context.Context, cursor string) (pulled, error) {
	token := d.pullToken()
	p, err := d.syncWith(ctx, cursor, token)
	var refused *wxapi.Error
	if errors.As(err, &refused) && refused.Code == codePullToken && token != "" {
		d.dropToken(token)
		return d.syncWith(ctx, cursor, "")
	}
	return p, err
}

func (d *desk) syncWith(ctx context.Context, cursor, token string) (pulled, error) {
	ask := struct {
		Cursor string `json:"cursor,omitempty"`
		Token  string `json:"token,omitempty"`
		Desk   string `json:"open_kfid"`
		Limit  int    `json:"limit"`
	}{cursor, token, d.id, pullLimit}
	var answer struct {
		Next  wxapi.String      `json:"next_cursor"`
		More  wxapi.Int         `json:"has_more"`
		Items []json.RawMessage `json:"msg_list"`
	}
	if err := d.api.Post(ctx, d.tokens, pathSync, ask, &answer); err != nil {
		return pulled{}, err
	}
	p := pulled{items: answer.Items, next: string(answer.Next), more: answer.More == 1}
	if p.next == "" || len(p.next) > maxCursor {
		p.next, p.half = cursor, true // the same again next time, and the journal knows what was in it
	}
	return p, nil
}

// cursorUnknown tells whether the platform refuses the cursor: there is nothing else in the request that could be wrong.
func cursorUnknown(err error, cursor string) bool {
	var refused *wxapi.Error
	if cursor == "" || !errors.As(err, &refused) {
		return false
	}
	switch refused.Code {
	case codeParameter, codeRequest, codeMissing:
		return true
	}
	return false
}
