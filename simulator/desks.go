package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/simulator/kf"
	"guanjia/simulator/platform"
)

// bellJoin is how long a doorbell waits for more: what comes meanwhile rings with it. Not documented; one callback may stand for
// many messages, kf docs, 接收消息和事件.
const bellJoin = 20 * time.Millisecond

// desks is WeChat customer service (微信客服) of all corps: the lock around what package kf plays, its calls and its doorbells. It
// is a platform.Part.
type desks struct {
	sim   *Simulator
	world platform.World

	mu       sync.Mutex // guards what follows; the simulator's own lock may be taken inside
	services []*service
	ringing  map[string]bool // desks whose bell is about to ring
	news     chan struct{}   // closed and renewed with every change: what readers of chats wait for
}

// service is the customer service of one corp.
type service struct {
	*kf.Service
	corp  *platform.Corp
	shown map[kf.ChatKey]int64 // the version of each chat that the pages were told
}

// newDesks opens the desks of all corps and registers their calls.
func newDesks(s *Simulator, api *platform.API) *desks {
	d := &desks{sim: s, world: world{s}, ringing: map[string]bool{}, news: make(chan struct{})}
	for i := range s.corps {
		d.services = append(d.services, d.open(&s.corps[i], nil))
	}
	for _, path := range kf.Paths() {
		if path == "kf/servicer/list" {
			api.Handle("GET /cgi-bin/"+path, platform.ByAppWith(platform.RightService), d.call(path))
			continue
		}
		api.Handle("POST /cgi-bin/"+path, platform.ByAppWith(platform.RightService), d.call(path))
	}
	return d
}

func (d *desks) open(c *platform.Corp, remembered *kf.State) *service {
	const parts = 1 << 30
	return &service{corp: c, shown: map[kf.ChatKey]int64{}, Service: kf.New(kf.Options{
		Corp:   *c,
		Secret: drawnID(d.sim.state.Seed, "kf", c.ID),
		Lot:    func() float64 { return float64(d.world.Lot(parts)) / parts },
		Media: func(id string) kf.Media {
			m, ok := d.world.Media(c.ID, id)
			if !ok || m.Expired || m.Scene != "" {
				return kf.Media{}
			}
			return kf.Media{Kind: m.Kind, Size: m.Size}
		},
	}, remembered)}
}

// Remember implements platform.Part.
func (d *desks) Remember() (json.RawMessage, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	states := map[string]*kf.State{}
	for _, s := range d.services {
		states[s.corp.ID] = s.State()
	}
	return json.Marshal(states) //nolint:gosec // the state of what is played holds the secrets of what is played
}

// Recall implements platform.Part.
func (d *desks) Recall(data json.RawMessage) error {
	states := map[string]*kf.State{}
	if err := json.Unmarshal(data, &states); err != nil {
		return fmt.Errorf("customer service: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, s := range d.services {
		if state := states[s.corp.ID]; state != nil {
			d.services[i] = d.open(s.corp, state)
		}
	}
	return nil
}

// resume rings for what had not been rung for when the simulator stopped.
func (d *desks) resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.services {
		for _, openKfID := range s.Unrung() {
			d.ring(s, openKfID)
		}
	}
}

// call answers one call of the platform's API.
func (d *desks) call(path string) platform.Func {
	return func(c *platform.Call) (any, error) {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, s := range d.services {
			if s.corp.ID == c.Corp.ID {
				defer d.tell(s)
				var body kf.Body = c
				if c.Body == nil {
					body = query(c.Query)
				}
				return s.Call(d.world.Now(), path, body)
			}
		}
		return nil, fmt.Errorf("corp %s has no customer service", c.Corp.ID)
	}
}

// query is the body of a call that takes its parameters in the address.
type query url.Values

// Decode implements kf.Body.
func (q query) Decode(v any) error {
	fields := map[string]string{}
	for name := range q {
		fields[name] = url.Values(q).Get(name)
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// tell shows what has changed, wakes who waits for it, and rings; d.mu is held.
func (d *desks) tell(s *service) {
	changes := s.Drain()
	if len(changes.Bells)+len(changes.Chats)+len(changes.Desks) == 0 {
		return
	}
	for _, key := range changes.Chats {
		chat := s.Chat(d.world.Now(), key.OpenKfID, key.ExternalUserID, s.shown[key])
		s.shown[key] = chat.Version
		d.world.Show("desk_chat", d.view(s, chat))
	}
	for _, v := range s.Desks(d.world.Now()) {
		for _, openKfID := range changes.Desks {
			if v.OpenKfID == openKfID {
				d.world.Show("desk", DeskState{Corp: s.corp.ID, DeskView: v})
			}
		}
	}
	close(d.news)
	d.news = make(chan struct{})
	d.world.Changed()
	for _, openKfID := range changes.Bells {
		d.ring(s, openKfID)
	}
	if len(changes.Given)+len(changes.Taken) > 0 {
		d.push(s, platform.Push{FromUser: "sys", Brief: "kf_account_auth_change", Fields: rights(changes)})
	}
}

// rights is the event that tells which desks an app may operate from now on, and which no longer.
func rights(c kf.Changes) []platform.Field {
	fields := []platform.Field{{Name: "MsgType", Value: "event"}, {Name: "Event", Value: "kf_account_auth_change"}}
	for _, openKfID := range c.Given {
		fields = append(fields, platform.Field{Name: "AuthAddOpenKfId", Value: openKfID})
	}
	for _, openKfID := range c.Taken {
		fields = append(fields, platform.Field{Name: "AuthDelOpenKfId", Value: openKfID})
	}
	return fields
}

// push sends a callback to the apps with the right to the service.
func (d *desks) push(s *service, p platform.Push) {
	p.CorpID, p.Right = s.corp.ID, platform.RightService
	if err := d.world.Push(p); err != nil && !errors.Is(err, ErrClosed) && !errors.Is(err, errNoApp) {
		d.sim.log.Error("callback not sent", zap.String("what", p.Brief), zap.Error(err))
	}
}

// ring sends the doorbell of a desk in a moment, once for all that comes until then; d.mu is held.
func (d *desks) ring(s *service, openKfID string) {
	if d.ringing[openKfID] {
		return
	}
	d.sim.mu.Lock()
	defer d.sim.mu.Unlock()
	if d.sim.closed {
		return
	}
	d.ringing[openKfID] = true
	d.sim.work.Go(func() {
		sleep(d.sim.ctx, bellJoin)
		d.mu.Lock()
		delete(d.ringing, openKfID)
		token := s.Ring(d.world.Now(), openKfID)
		d.mu.Unlock()
		d.world.Changed()
		d.push(s, platform.Push{Brief: openKfID, Fields: []platform.Field{
			{Name: "MsgType", Value: "event"}, {Name: "Event", Value: "kf_msg_or_event"},
			{Name: "Token", Value: token}, {Name: "OpenKfId", Value: openKfID},
		}})
	})
}

// at finds the service of a desk; d.mu is held.
func (d *desks) at(openKfID string) (*service, error) {
	for _, s := range d.services {
		if s.Has(openKfID) {
			return s, nil
		}
	}
	return nil, refuse(codeNotFound, "没有客服账号 %q", openKfID)
}

// allowed turns what somebody may not do into a refusal of the HTTP API.
func allowed(err error) error {
	refusal, ok := errors.AsType[*kf.NotAllowed](err)
	switch {
	case !ok:
		return err
	case refusal.Missing:
		return refuse(codeNotFound, "%s", refusal.Msg)
	}
	return refuse(codeConflict, "%s", refusal.Msg)
}
