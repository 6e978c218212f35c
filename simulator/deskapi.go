package simulator

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"guanjia/simulator/kf"
	"guanjia/simulator/platform"
)

// Limits of the API of desks; ours.
const (
	maxDeskFile = 32 << 20         // bytes
	maxChatWait = 30 * time.Second // of a reader of a chat
)

// DeskState is a desk as it is now.
type DeskState struct {
	Corp string `json:"corp"`
	kf.DeskView
}

// DeskChat is a customer's chat with a desk.
type DeskChat struct {
	Corp string `json:"corp"`
	User string `json:"user"` // the person who plays the customer
	kf.Chat
}

// DeskAct is what a customer or a servicer does. A servicer names the customer by User.
type DeskAct struct {
	kf.Act
	User string `json:"user,omitempty"`
}

// DeskFile is a file that was uploaded to be sent at a desk: give its id as media_id.
type DeskFile struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
	Size int    `json:"size"`
}

// view says who plays the customer of a chat; d.mu is held.
func (d *desks) view(s *service, c kf.Chat) DeskChat {
	return DeskChat{Corp: s.corp.ID, User: s.Person(c.ExternalUserID), Chat: c}
}

// list is every desk of every corp.
func (d *desks) list() []DeskState {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := []DeskState{}
	for _, s := range d.services {
		for _, v := range s.Desks(d.world.Now()) {
			list = append(list, DeskState{Corp: s.corp.ID, DeskView: v})
		}
	}
	return list
}

// with does something at a desk and tells what came of it.
func (d *desks) with(openKfID string, do func(s *service) (any, error)) (any, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.at(openKfID)
	if err != nil {
		return nil, err
	}
	v, err := do(s)
	d.tell(s)
	if err != nil {
		return nil, allowed(err)
	}
	return v, nil
}

// meet makes a person known to a service and returns how the corp knows them; d.mu is held.
func (d *desks) meet(s *service, user string) (string, error) {
	p, ok := d.world.Person(user)
	if !ok {
		return "", refuse(codeNotFound, "没有用户 %q", user)
	}
	id := d.world.ExternalUserID(s.corp.ID, p.ID)
	s.Meet(kf.Customer{
		ExternalUserID: id, Person: p.ID, Nickname: p.Nickname, UnionID: p.UnionID, Avatar: "https://simulator.invalid/avatar/" + p.ID,
	})
	return id, nil
}

// chat reads what was said since a version of a chat, and waits for news when there is none.
func (d *desks) chat(ctx context.Context, openKfID, user string, since int64, wait time.Duration) (DeskChat, error) {
	limit := time.NewTimer(wait)
	defer limit.Stop()
	for {
		var news chan struct{}
		v, err := d.with(openKfID, func(s *service) (any, error) {
			id, err := d.meet(s, user)
			news = d.news
			return DeskChat{Corp: s.corp.ID, User: user, Chat: s.Chat(d.world.Now(), openKfID, id, since)}, err
		})
		if err != nil {
			return DeskChat{}, err
		}
		if chat, _ := v.(DeskChat); chat.Version > since || wait <= 0 {
			return chat, nil
		}
		select {
		case <-news:
		case <-limit.C:
			wait = 0
		case <-d.sim.ctx.Done():
			wait = 0
		case <-ctx.Done():
			return DeskChat{}, ctx.Err()
		}
	}
}

// routes is the HTTP API of the desks.
func (d *desks) routes(mux *http.ServeMux) {
	handle := func(pattern string, f func(r *http.Request, openKfID string) (any, error)) {
		mux.Handle(pattern, answering(func(r *http.Request) (any, error) { return f(r, r.PathValue("desk")) }))
	}
	mux.Handle("GET /api/desks", answering(func(*http.Request) (any, error) { return d.list(), nil }))
	handle("GET /api/desks/{desk}/chats", func(_ *http.Request, openKfID string) (any, error) {
		return d.with(openKfID, func(s *service) (any, error) {
			chats := []DeskChat{}
			for _, c := range s.Chats(d.world.Now(), openKfID) {
				chats = append(chats, d.view(s, c))
			}
			return chats, nil
		})
	})
	handle("GET /api/desks/{desk}/users/{user}/chat", d.getChat)
	handle("POST /api/desks/{desk}/users/{user}/acts", d.postCustomerAct)
	handle("POST /api/desks/{desk}/servicers/{servicer}/acts", d.postStaffAct)
	handle("POST /api/desks/{desk}/files", d.postFile)
	handle("POST /api/desks/{desk}/links", d.postLink)
	handle("GET /api/desks/{desk}/ledger", d.getLedger)
	handle("PUT /api/desks/{desk}/faults", d.putFaults)
	handle("POST /api/desks/{desk}/faults/next", d.postFailNext)
	handle("PUT /api/desks/{desk}/managed", d.putManaged)
	handle("DELETE /api/desks/{desk}/cursors", func(_ *http.Request, openKfID string) (any, error) {
		return d.with(openKfID, func(s *service) (any, error) { return struct{}{}, s.ForgetCursors(openKfID) })
	})
}

func (d *desks) getChat(r *http.Request, openKfID string) (any, error) {
	q := r.URL.Query()
	since, wait := int64(0), time.Duration(0)
	var err error
	if v := q.Get("since"); v != "" {
		if since, err = strconv.ParseInt(v, 10, 64); err != nil {
			return nil, refuse(codeBadRequest, "since 应是会话的 version")
		}
	}
	if v := q.Get("wait"); v != "" {
		if wait, err = time.ParseDuration(v); err != nil || wait < 0 || wait > maxChatWait {
			return nil, refuse(codeBadRequest, `wait 应是 Go 的时长写法，如 "10s"，最长 %s`, maxChatWait)
		}
	}
	return d.chat(r.Context(), openKfID, r.PathValue("user"), since, wait)
}

func (d *desks) postCustomerAct(r *http.Request, openKfID string) (any, error) {
	act, err := decode[DeskAct](r)
	if err != nil {
		return nil, err
	}
	return d.with(openKfID, func(s *service) (any, error) {
		customer, err := d.meet(s, r.PathValue("user"))
		if err != nil {
			return nil, err
		}
		return s.CustomerDoes(d.world.Now(), openKfID, customer, act.Act)
	})
}

func (d *desks) postStaffAct(r *http.Request, openKfID string) (any, error) {
	act, err := decode[DeskAct](r)
	if err != nil {
		return nil, err
	}
	return d.with(openKfID, func(s *service) (any, error) {
		if act.User != "" {
			if act.Customer, err = d.meet(s, act.User); err != nil {
				return nil, err
			}
		}
		return s.StaffDoes(d.world.Now(), openKfID, r.PathValue("servicer"), act.Act)
	})
}

// postFile keeps a file that somebody is about to send.
func (d *desks) postFile(r *http.Request, openKfID string) (any, error) {
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxDeskFile))
	if err != nil {
		return nil, bodyError(err)
	}
	kind, contentType := r.URL.Query().Get("kind"), http.DetectContentType(data)
	switch kind {
	case "image":
		if contentType, err = pictureType(data); err != nil {
			return nil, err
		}
	case "voice":
		contentType = "audio/amr"
		if len(data) == 0 {
			data = silence()
		}
	case "video", "file":
	default:
		return nil, refuse(codeBadRequest, "kind 应是 image、voice、video 或 file")
	}
	if len(data) == 0 {
		return nil, refuse(codeBadRequest, "文件是空的")
	}
	d.mu.Lock()
	s, err := d.at(openKfID)
	d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	m := d.world.AddMedia(s.corp.ID, platform.NewMedia{Kind: kind, Name: r.URL.Query().Get("name"), ContentType: contentType, Data: data})
	return DeskFile{ID: m.ID, Kind: m.Kind, Name: m.Name, Size: m.Size}, nil
}

// postLink makes the link to a desk with a scene, as its owner does in the admin console.
func (d *desks) postLink(r *http.Request, openKfID string) (any, error) {
	in, err := decode[struct {
		Scene string `json:"scene"`
	}](r)
	if err != nil {
		return nil, err
	}
	return d.with(openKfID, func(s *service) (any, error) {
		return map[string]string{"url": s.Way(openKfID, in.Scene)}, nil
	})
}

func (d *desks) getLedger(r *http.Request, openKfID string) (any, error) {
	return d.with(openKfID, func(s *service) (any, error) {
		customer := ""
		if user := r.URL.Query().Get("user"); user != "" {
			id, err := d.meet(s, user)
			if err != nil {
				return nil, err
			}
			customer = id
		}
		return s.Ledger(openKfID, customer), nil
	})
}

func (d *desks) putManaged(r *http.Request, openKfID string) (any, error) {
	managed, err := decode[bool](r)
	if err != nil {
		return nil, err
	}
	return d.with(openKfID, func(s *service) (any, error) { return managed, s.Manage(openKfID, managed) })
}

func (d *desks) putFaults(r *http.Request, openKfID string) (any, error) {
	faults, err := decode[kf.Faults](r)
	if err != nil {
		return nil, err
	}
	return d.with(openKfID, func(s *service) (any, error) { return faults, s.SetFaults(openKfID, faults) })
}

func (d *desks) postFailNext(r *http.Request, openKfID string) (any, error) {
	failTypes, err := decode[[]int](r)
	if err != nil {
		return nil, err
	}
	return d.with(openKfID, func(s *service) (any, error) { return failTypes, s.FailNext(openKfID, failTypes) })
}
