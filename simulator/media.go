package simulator

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the platform names pictures by their MD5; nothing is protected by it
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif"  // for DecodeConfig: what people may send
	_ "image/jpeg" // the same
	_ "image/png"  // the same
	"mime"
	"net/http"
	"slices"
	"time"
)

// MediaKind is the kind of some material.
type MediaKind string

// The kinds of material.
const (
	MediaImage MediaKind = "image"
	MediaVoice MediaKind = "voice"
	MediaVideo MediaKind = "video"
	MediaThumb MediaKind = "thumb"
	MediaFiles MediaKind = "file" // WeCom
)

// Limits of material; official account docs, "temporary material". The total is ours: the oldest goes first.
const (
	MaxPicture    = 10 << 20           // bytes
	mediaLife     = 3 * 24 * time.Hour // from the upload
	maxMediaTotal = 128 << 20          // bytes
)

// MediaFile is material of an account's own, known under its id from the start.
type MediaFile struct {
	ID          string
	Kind        MediaKind
	ContentType string
	Data        []byte
}

// Media is one piece of material.
type Media struct {
	ID          string    `json:"id"`
	Account     string    `json:"account"` // name of the official account, or corp id
	Kind        MediaKind `json:"kind"`
	ContentType string    `json:"content_type"`
	MD5         string    `json:"md5"`
	Size        int       `json:"size"`
	At          time.Time `json:"at"`
	Permanent   bool      `json:"permanent,omitempty"`
	Scene       string    `json:"scene,omitempty"` // what it was uploaded for, when its kind does not say it
	Name        string    `json:"name,omitempty"`  // of the file

	data []byte
}

// expired tells whether a bot can no longer use it.
func (m *Media) expired(now time.Time) bool { return !m.Permanent && now.Sub(m.At) >= mediaLife }

// addMedia keeps an upload; s.mu is held.
func (s *Simulator) addMedia(account string, kind MediaKind, contentType string, data []byte) *Media {
	sum := md5.Sum(data)
	m := &Media{
		ID: newMediaID(), Account: account, Kind: kind, ContentType: contentType,
		MD5: hex.EncodeToString(sum[:]), Size: len(data), At: s.clock.Now(), data: data,
	}
	s.state.Media = append(s.state.Media, m)
	total := 0
	for _, m := range s.state.Media {
		total += m.Size
	}
	for total > maxMediaTotal && len(s.state.Media) > 1 {
		total -= s.state.Media[0].Size
		s.state.Media = s.state.Media[1:]
	}
	return m
}

// findMedia looks material up; s.mu is held.
func (s *Simulator) findMedia(id string) *Media {
	for _, m := range s.state.Media {
		if m.ID == id {
			return m
		}
	}
	for _, a := range s.accounts {
		if m, ok := a.material[id]; ok {
			return m
		}
	}
	return nil
}

// mediaOf answers for the material of one account.
func (s *Simulator) mediaOf(account string) func(id string) (MediaKind, bool, bool) {
	return func(id string) (MediaKind, bool, bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		m := s.findMedia(id)
		if m == nil || m.Account != account {
			return "", false, false
		}
		return m.Kind, m.expired(s.clock.Now()), true
	}
}

// newMediaID is 64 characters long, as the platform's are.
func newMediaID() string {
	var b [48]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// pictureType tells the content type of a picture by looking into it; only what phones send is taken.
func pictureType(data []byte) (string, error) {
	if len(data) > MaxPicture {
		return "", refuse(codeTooLarge, "图片超过 %d MB", MaxPicture>>20)
	}
	_, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return "", refuse(codeUnsupported, "不是能识别的图片，请用 PNG、JPEG 或 GIF")
	}
	return "image/" + format, nil
}

// silence is a second of nothing in AMR, the format phones record in: a header, and 50 frames without data.
func silence() []byte {
	return append([]byte("#!AMR\n"), bytes.Repeat([]byte{0x7C}, 50)...)
}

func (s *Simulator) pictureURL(id string) string {
	if s.cfg.BaseURL == "" {
		return "http://simulator.invalid/media/" + id
	}
	return fmt.Sprintf("%s/media/%s", s.cfg.BaseURL, id)
}

// shownInPlace are the types that the page shows. Everything else is a bot's file: it must not become a page of this address.
var shownInPlace = []string{"image/png", "image/jpeg", "image/gif", "audio/amr", "video/mp4"} //nolint:gochecknoglobals // a constant

// serveMedia serves a picture, or a file to be saved.
func (s *Simulator) serveMedia(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	m := s.findMedia(r.PathValue("id"))
	s.mu.Unlock()
	if m == nil {
		http.NotFound(w, r)
		return
	}
	kind := m.ContentType
	if !slices.Contains(shownInPlace, kind) {
		kind = "application/octet-stream"
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": m.Name}))
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=86400, immutable")
	http.ServeContent(w, r, "", m.At, bytes.NewReader(m.data))
}
