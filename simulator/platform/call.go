package platform

import (
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Limits on requests; ours: a body of 64 KB of JSON is more than any call documents, a file of 20 MB the largest (WeCom docs,
// 上传临时素材).
const (
	maxJSON = 1 << 20  // bytes
	maxFile = 21 << 20 // bytes, with what surrounds it
)

// Call is one request after its token was accepted.
type Call struct {
	Now   time.Time
	IP    string // of the caller
	Query url.Values
	Body  []byte // of a POST that is not a form
	File  *File  // of a POST that is a form; its field is media
	// Corp and App are who calls WeCom; Official is who calls the official accounts' API. The others are nil.
	Corp     *Corp
	App      *App
	Official *Official

	api   *API
	route *route
	kind  Kind
}

// File is what was uploaded, or is downloaded when a call answers with it.
type File struct {
	Name        string
	ContentType string
	Data        []byte
	Form        url.Values // the other fields of the form
	Status      int        // of a download; 0: 200
}

// Owner names who calls: the corp id, or the app id of an official account.
func (c *Call) Owner() string {
	switch {
	case c.Corp != nil:
		return c.Corp.ID
	case c.Official != nil:
		return c.Official.AppID
	}
	return ""
}

// OwnAgent refuses to act for another app of the corp than the token's.
func (c *Call) OwnAgent(agentID int64) error {
	if c.App.AgentID != agentID {
		return Refuse(CodeOtherApp, "not allow operate another agent with this accesstoken")
	}
	return nil
}

// read takes the request's body in.
func (c *Call) read(r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		r.Body = http.MaxBytesReader(nil, r.Body, maxFile)
		if params["boundary"] == "" {
			return Refuse(CodeNoFile, "media data missing")
		}
		return c.readForm(r)
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxJSON))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return Refuse(CodeNotJSON, "post data over %d bytes", tooLarge.Limit)
	}
	if err != nil {
		return c.malformed()
	}
	c.Body = body
	return nil
}

// readForm finds the field media; a field without a file name is no file.
func (c *Call) readForm(r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return Refuse(CodeNoFile, "media data missing")
	}
	form := url.Values{}
	var file *File
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Refuse(CodeNoFile, "media data missing")
		}
		data, err := io.ReadAll(part)
		if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return Refuse(45001, "media size out of limit, over %d bytes", tooLarge.Limit)
		}
		if err != nil {
			return Refuse(CodeNoFile, "media data missing")
		}
		if part.FormName() == "media" && part.FileName() != "" && file == nil {
			file = &File{Name: filepath.Base(part.FileName()), ContentType: part.Header.Get("Content-Type"), Data: data}
		} else {
			form.Add(part.FormName(), string(data))
		}
	}
	if file == nil {
		return Refuse(CodeNoFile, "media data missing")
	}
	file.Form = form
	c.File = file
	return nil
}

// trusted tells whether an address is in an allow-list of addresses and networks; an empty list lets everybody in.
func trusted(list []string, ip string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(entry string) bool {
		if _, network, err := net.ParseCIDR(entry); err == nil {
			return network.Contains(net.ParseIP(ip))
		}
		return entry == ip
	})
}

// caller is the address of a request; a call within the process comes from this machine.
func caller(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return "127.0.0.1"
	}
	return strings.TrimPrefix(host, "::ffff:")
}
