package redis

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"guanjia/bot"
	"guanjia/store/hot"
)

var (
	//go:embed reserve.lua
	reserveLua string
	//go:embed give_back.lua
	giveBackLua string
	//go:embed take.lua
	takeLua string
)

var (
	_ hot.Caps = (*Hot)(nil)
	_ hot.Pace = (*Hot)(nil)
)

// Reserve takes a place under a person's caps.
func (h *Hot) Reserve(ctx context.Context, r hot.CapRequest) (hot.CapResult, error) {
	if err := hot.CheckCap(r.Owner, r.ID); err != nil {
		return hot.CapResult{}, fmt.Errorf("reserve: %w", err)
	}
	if r.Caps.None() {
		return hot.CapResult{}, nil
	}
	args := []any{r.ID, r.Now.UnixMilli(), r.Caps.PerDay, r.Caps.PerWeek, r.Caps.MinGap.Milliseconds(), hot.KeepCaps.Milliseconds(), r.Known != nil}
	for _, p := range r.Known {
		args = append(args, p.ID, p.At.UnixMilli())
	}
	reply, err := h.run(ctx, command{h.reserve, []string{h.capKey(r.Owner)}, args})
	if err != nil {
		return hot.CapResult{}, fmt.Errorf("reserve: %w", err)
	}
	result, err := readReserve(reply)
	if err != nil {
		return hot.CapResult{}, fmt.Errorf("reserve: %w", err)
	}
	return result, nil
}

func readReserve(reply any) (hot.CapResult, error) {
	fields, _ := reply.([]any)
	if len(fields) == 0 {
		return hot.CapResult{}, errUnreadable
	}
	switch fields[0] {
	case int64(1):
		return hot.CapResult{Taken: true}, nil
	case int64(2):
		return hot.CapResult{Lost: true}, nil
	}
	if len(fields) == 2 {
		text, _ := fields[1].(string)
		if free, err := strconv.ParseInt(text, 10, 64); err == nil {
			return hot.CapResult{Free: time.UnixMilli(free).UTC()}, nil
		}
	}
	return hot.CapResult{}, errUnreadable
}

// GiveBack frees a place.
func (h *Hot) GiveBack(ctx context.Context, owner bot.Person, id string) error {
	if _, err := h.run(ctx, command{h.giveBack, []string{h.capKey(owner)}, []any{id}}); err != nil {
		return fmt.Errorf("give back a place: %w", err)
	}
	return nil
}

// Take spreads calls over time.
func (h *Hot) Take(ctx context.Context, name string, perSecond float64, burst int, patience time.Duration) (time.Duration, error) {
	reply, err := h.run(ctx, command{h.take, []string{h.prefix + "pace:" + name}, []any{1000 / perSecond, burst, patience.Milliseconds()}})
	if err != nil {
		return 0, fmt.Errorf("take a turn: %w", err)
	}
	text, _ := reply.(string)
	ms, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("take a turn: %w", errUnreadable)
	}
	return time.Duration(ms * float64(time.Millisecond)), nil
}

func (h *Hot) capKey(p bot.Person) string {
	return h.prefix + "{" + tagEscape.Replace(string(p.Account)+":"+string(p.User)) + "}:caps"
}
