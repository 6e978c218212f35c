package redis

import (
	"errors"

	"guanjia/bot"
	"guanjia/store/hot"
)

var errUnreadable = errors.New("the script's reply can't be read: is another version at work on the same keys?")

// readBegin reads what begin.lua returns.
func readBegin(reply any) (bot.BeginResult, error) {
	fields, ok := reply.([]any)
	if !ok || len(fields) < 2 {
		return bot.BeginResult{}, errUnreadable
	}
	f := reading{fields: fields}
	r := bot.BeginResult{State: bot.BeginState(f.int()), Try: f.int()}
	switch r.State {
	case bot.BeginDone:
		r.Reply = f.bytes()
	case bot.BeginRun:
		r.Session = f.bytes()
		r.Inbound = f.int()
		r.Unfinished = hot.Unfinished(f.string())
		for len(f.fields) > 0 {
			r.Late = append(r.Late, bot.Late{Key: bot.EventKey(f.string()), Reply: f.bytes()})
		}
	case bot.BeginRunning, bot.BeginWait:
	default:
		f.bad = true
	}
	if f.bad {
		return bot.BeginResult{}, errUnreadable
	}
	return r, nil
}

// reading takes fields one by one and remembers whether one was not what it should be.
type reading struct {
	fields []any
	bad    bool
}

func (f *reading) next() any {
	if len(f.fields) == 0 {
		f.bad = true
		return nil
	}
	v := f.fields[0]
	f.fields = f.fields[1:]
	return v
}

func (f *reading) int() int {
	v, ok := f.next().(int64)
	f.bad = f.bad || !ok
	return int(v)
}

func (f *reading) string() string {
	v, ok := f.next().(string)
	f.bad = f.bad || !ok
	return v
}

// bytes is nil for an empty field: nothing was kept.
func (f *reading) bytes() []byte {
	if s := f.string(); s != "" {
		return []byte(s)
	}
	return nil
}
