package quiz

import (
	"fmt"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// Prize is a pool of money that grows with the number of people who finish and is shared among them. Money is in fen.
type Prize struct {
	Tiers     []Tier    `yaml:"tiers"`
	Remainder Remainder `yaml:"remainder,omitempty"`
	Cap       Whole     `yaml:"cap,omitempty"`       // most that one person gets; 0: no cap
	MinScore  Whole     `yaml:"min_score,omitempty"` // least score that shares
}

// Tier is the pool from a number of finishers on.
type Tier struct {
	People Whole `yaml:"people"`
	Fen    Whole `yaml:"fen"`
}

// Whole is a whole number. The YAML reader would cut 150.5 down to 150; where money and points are concerned that is a
// mistake to name.
type Whole int64

// UnmarshalYAML reads a whole number.
func (w *Whole) UnmarshalYAML(n *yaml.Node) error {
	i, err := strconv.ParseInt(n.Value, 10, 64)
	if n.Kind != yaml.ScalarNode || err != nil {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: cannot unmarshal !!str `%s` into int", n.Line, n.Value)}}
	}
	*w = Whole(i)
	return nil
}

// Remainder says where the fen go that can't be shared evenly.
type Remainder string

// The rules.
const (
	RemainderRank Remainder = "rank" // one fen each to the best ranked
	RemainderKeep Remainder = "keep" // stay with the operator
)

// reached is the tier that so many finishers have reached; the zero Tier before the first.
func (p *Prize) reached(people int) Tier {
	var reached Tier
	for _, t := range p.Tiers {
		if people >= int(t.People) {
			reached = t
		}
	}
	return reached
}

// next is the tier that comes after the one reached; ok is false at the top.
func (p *Prize) next(people int) (Tier, bool) {
	for _, t := range p.Tiers {
		if people < int(t.People) {
			return t, true
		}
	}
	return Tier{}, false
}

// share is what each of the eligible gets at least.
func (p *Prize) share(pool int64, eligible int) int64 {
	if eligible <= 0 {
		return 0
	}
	share := pool / int64(eligible)
	if p.Cap > 0 {
		share = min(share, int64(p.Cap))
	}
	return share
}

// yuan writes fen as people read money: "50", "2.17".
func yuan(fen int64) string {
	if fen%100 == 0 {
		return fmt.Sprint(fen / 100)
	}
	return fmt.Sprintf("%d.%02d", fen/100, fen%100)
}

// lasted writes a duration as people read it: "3 分 12 秒".
func lasted(d time.Duration) string {
	seconds := int(d.Round(time.Second) / time.Second)
	for _, u := range []struct {
		size          int
		alone, before string
		restSize      int
		rest          string
	}{
		{86400, "天", "天", 3600, "小时"},
		{3600, "小时", "小时", 60, "分"},
		{60, "分钟", "分", 1, "秒"},
	} {
		n, rest := seconds/u.size, seconds%u.size/u.restSize
		switch {
		case n > 0 && rest > 0:
			return fmt.Sprintf("%d %s %d %s", n, u.before, rest, u.rest)
		case n > 0:
			return fmt.Sprintf("%d %s", n, u.alone)
		}
	}
	return fmt.Sprintf("%d 秒", seconds)
}
