package platform

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Number is an integer of a request that the platform also takes as a string: agent ids and switches.
type Number int64

// UnmarshalJSON reads 1 and "1".
func (n *Number) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) != nil {
		s = string(data)
	}
	if s == "" || s == "null" {
		return nil
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return fmt.Errorf("%q is no integer", s)
	}
	*n = Number(v)
	return nil
}

// Material finds temporary or permanent material of the caller's that may stand in a message: one of the kinds, not expired,
// and uploaded for no other purpose.
func (c *Call) Material(id string, kinds ...string) (Media, error) {
	if id == "" {
		return Media{}, Refuse(41006, "media_id missing")
	}
	m, ok := c.api.world.Media(c.Owner(), id)
	if !ok || m.Expired || m.Scene != "" {
		return Media{}, Refuse(CodeBadMedia, "invalid media_id")
	}
	for _, k := range kinds {
		if m.Kind == k {
			return m, nil
		}
	}
	return Media{}, Refuse(CodeBadMedia, "invalid media_id: it is of type %s", m.Kind)
}
