package kf

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"guanjia/channel/wxapi"
	"guanjia/channel/wxxml"
)

// maxText is how much is kept of a text of an item, in bytes: several times what a customer can write.
const maxText = 16 << 10

// fields are the members of a JSON object, each read when it is asked for: one that is not what it should be leaves the others
// as they are.
type fields map[string]json.RawMessage

// readFields reads an object; nil when it is something else.
func readFields(raw json.RawMessage) fields {
	var f fields
	if json.Unmarshal(raw, &f) != nil {
		return nil
	}
	return f
}

// in is the object under name; nil when there is none.
func (f fields) in(name string) fields { return readFields(f[name]) }

// text is the text under name, as people wrote it.
func (f fields) text(name string) string {
	var s wxapi.String
	if json.Unmarshal(f[name], &s) != nil {
		return ""
	}
	clean := strings.ReplaceAll(strings.ToValidUTF8(string(s), "\uFFFD"), "\x00", "")
	return wxxml.Shorten(clean, maxText)
}

// word is the text under name without the white space around it: an id, a name, a link.
func (f fields) word(name string) string { return strings.TrimSpace(f.text(name)) }

// number is the whole number under name; 0 when there is none.
func (f fields) number(name string) int64 {
	var n wxapi.Int
	if json.Unmarshal(f[name], &n) != nil {
		return 0
	}
	return int64(n)
}

// degrees is the coordinate under name; 0 when it is none of at most limit in size.
func (f fields) degrees(name string, limit float64) float64 {
	d, err := strconv.ParseFloat(f.word(name), 64)
	if err != nil || math.IsNaN(d) || math.Abs(d) > limit {
		return 0
	}
	return d
}
