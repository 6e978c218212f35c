package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/skip2/go-qrcode"

	"guanjia/simulator/contact"
)

// ContactAct is an act of customer contact. User, when given, is the person whom ExternalUserID names otherwise.
type ContactAct struct {
	contact.Act
	User string `json:"user,omitempty"`
}

// ActContact does something in customer contact: as a customer, as a member, or in the console. It returns when the apps have
// heard of it.
func (s *Simulator) ActContact(ctx context.Context, corpID string, a ContactAct) (Contacted, error) {
	if a.User != "" {
		if _, ok := s.contacts.world.Person(a.User); !ok {
			return Contacted{}, refuse(codeNotFound, "没有用户 %q", a.User)
		}
		a.ExternalUserID = s.contacts.world.ExternalUserID(corpID, a.User)
	}
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return Contacted{}, ErrClosed
	}
	a.clean()
	return s.contacts.act(ctx, corpID, a.Act)
}

// clean drops the characters that no phone can send and XML can't carry.
func (a *ContactAct) clean() {
	for _, s := range []*string{&a.UserID, &a.ExternalUserID, &a.ConfigID, &a.State, &a.Text, &a.ChatID, &a.ID, &a.Name} {
		*s = xmlText(*s)
	}
	for _, list := range [][]string{a.AddTags, a.RemoveTags, a.Personal, a.Names} {
		for i := range list {
			list[i] = xmlText(list[i])
		}
	}
	for _, s := range []*string{a.Remark, a.Description, a.Company} {
		if s != nil {
			*s = xmlText(*s)
		}
	}
}

// ContactChat lists what a member and a person have in their chat, oldest first.
func (s *Simulator) ContactChat(corpID, memberID, userID string) ([]contact.Line, error) {
	cc, err := s.contacts.corp(corpID)
	if err != nil {
		return nil, err
	}
	external := s.contacts.world.ExternalUserID(corpID, userID)
	s.contacts.settle()
	s.contacts.mu.Lock()
	defer s.contacts.mu.Unlock()
	return cc.book.Chat(memberID, external), nil
}

// contactView is customer contact of a corp, written out.
func (s *Simulator) contactView(corpID string) (json.RawMessage, error) {
	cc, err := s.contacts.corp(corpID)
	if err != nil {
		return nil, err
	}
	s.contacts.settle()
	s.contacts.mu.Lock()
	defer s.contacts.mu.Unlock()
	return json.Marshal(cc.book.View())
}

// contactRoutes adds customer contact to the API of the pages.
func (s *Simulator) contactRoutes(mux *http.ServeMux) {
	mux.Handle("GET /api/corps/{corp}/contact", answering(func(r *http.Request) (any, error) {
		return s.contactView(r.PathValue("corp"))
	}))
	mux.Handle("POST /api/corps/{corp}/contact/acts", answering(func(r *http.Request) (any, error) {
		a, err := decode[ContactAct](r)
		if err != nil {
			return nil, err
		}
		return s.ActContact(r.Context(), r.PathValue("corp"), a)
	}))
	mux.Handle("GET /api/corps/{corp}/contact/chats/{member}/{user}", answering(func(r *http.Request) (any, error) {
		return s.ContactChat(r.PathValue("corp"), r.PathValue("member"), r.PathValue("user"))
	}))
	mux.Handle("GET /api/corps/{corp}/robots", answering(func(r *http.Request) (any, error) {
		return s.RobotsSaid(r.PathValue("corp")), nil
	}))
	mux.HandleFunc("GET /api/corps/{corp}/ways/{config}/qr.png", s.serveWayCode)
}

// serveWayCode draws the code of a contact way, which leads to the page with the way.
func (s *Simulator) serveWayCode(w http.ResponseWriter, r *http.Request) {
	cc, err := s.contacts.corp(r.PathValue("corp"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	s.contacts.mu.Lock()
	way := cc.book.Way(r.PathValue("config"))
	s.contacts.mu.Unlock()
	if way == nil {
		http.NotFound(w, r)
		return
	}
	drawCode(w, r, pageURL(r)+"?"+url.Values{"corp": {cc.ID}, "way": {r.PathValue("config")}}.Encode())
}

// drawCode answers with the picture of a QR code.
func drawCode(w http.ResponseWriter, r *http.Request, content string) {
	code, err := qrcode.New(content, qrcode.Medium)
	if err != nil {
		http.Error(w, "code not drawn", http.StatusInternalServerError)
		return
	}
	code.DisableBorder = true // the page leaves room around it
	png, err := code.PNG(qrModule)
	if err != nil {
		http.Error(w, "code not drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "private, max-age=300")
	http.ServeContent(w, r, "qr.png", time.Time{}, bytes.NewReader(png))
}
