package outbound

import (
	"context"
	"time"

	"guanjia/outbound/policy"
	"guanjia/store"
)

// Waiting is how many messages of a campaign wait or are kept for visits, for a reason.
type Waiting struct {
	Campaign      string          `json:"campaign"`
	State         store.SendState `json:"state"`
	Reason        policy.Reason   `json:"reason,omitempty"`
	Explanation   string          `json:"explanation,omitempty"`
	ExplanationZh string          `json:"explanation_zh,omitempty"`
	Count         int             `json:"count"`
	Next          time.Time       `json:"next,omitzero"` // when the first of them is looked at again
}

// Open tells what something is still to become of, by campaign, state and reason.
func Open(ctx context.Context, r interface {
	SendsOpen(ctx context.Context) ([]store.OpenSends, error)
}) ([]Waiting, error) {
	rows, err := r.SendsOpen(ctx)
	all := make([]Waiting, len(rows))
	for i, o := range rows {
		all[i] = Waiting{Campaign: o.Campaign, State: o.State, Reason: policy.Reason(o.Reason), Count: o.Count, Next: o.Next}
		if o.Reason != "" {
			all[i].Explanation, all[i].ExplanationZh = all[i].Reason.English(), all[i].Reason.Chinese()
		}
	}
	return all, err
}
