package simulator_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// upload posts a file as forms do.
func upload(t *testing.T, url, field, name string, data []byte) answered {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = w.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return fetch(t, req)
}

// amr is a recording of so many frames of 20 ms.
func amr(frames int) []byte {
	return append([]byte("#!AMR\n"), bytes.Repeat([]byte{0x7C}, frames)...)
}

var mp4 = append([]byte{0, 0, 0, 24}, "ftypisom0000isom"...)

// A file of WeCom is uploaded, comes back as it was, and is gone after three days.
func TestMaterialOfACorp(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	token := o.token(t, testAppSecret)
	png := picture(t)
	a := upload(t, o.api.URL+"/cgi-bin/media/upload?type=image&access_token="+token, "media", "优惠.png", png)
	if !regexp.MustCompile(`^\{"errcode":0,"errmsg":"ok","type":"image","media_id":"[^"]+","created_at":"\d+"\}$`).MatchString(a.raw) {
		t.Fatalf("upload: %s", a.raw)
	}
	get := "/cgi-bin/media/get?media_id=" + a.text("media_id") + "&access_token="
	back := o.get(t, get+token)
	if back.raw != string(png) || !strings.Contains(back.header.Get("Content-Disposition"), "attachment") || back.header.Get("Content-Type") != "image/png" {
		t.Errorf("it comes back as %v, %d bytes", back.header, len(back.raw))
	}
	if other := o.get(t, get+o.token(t, "poor-"+testAppSecret)); other.raw != string(png) {
		t.Error("another app of the corp does not get it")
	}
	b := upload(t, o.api.URL+"/cgi-bin/media/upload_attachment?media_type=image&attachment_type=1&access_token="+token, "media", "a.png", png)
	if _, isNumber := b.fields["created_at"].(float64); !isNumber || b.code() != 0 {
		t.Errorf("an attachment: %s", b.raw)
	}
	send := `{"touser":"xiaolin","msgtype":"image","agentid":1000002,"image":{"media_id":"` + b.text("media_id") + `"}}`
	if c := o.post(t, "/cgi-bin/message/send?access_token="+token, send); c.code() != 40007 {
		t.Errorf("an attachment in a message: %s", c.raw)
	}
	wait(t, o.sim, 72*time.Hour)
	if gone := o.get(t, get+o.token(t, testAppSecret)); gone.code() != 40007 || gone.status != http.StatusOK {
		t.Errorf("after three days: HTTP %d %s", gone.status, gone.raw)
	}
}

// What a file must be is looked up in the file itself.
func TestMaterialIsRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := newBrandOffice(t)
	corp, brand := o.token(t, testAppSecret), b.token()
	png := picture(t)
	for name, row := range map[string]struct {
		a    answered
		code int
	}{
		"a kind that is not":     {upload(t, o.api.URL+"/cgi-bin/media/upload?type=thumb&access_token="+corp, "media", "a.jpg", png), 40004},
		"a text as a picture":    {upload(t, o.api.URL+"/cgi-bin/media/upload?type=image&access_token="+corp, "media", "a.png", []byte("a text")), 40005},
		"an empty file":          {upload(t, o.api.URL+"/cgi-bin/media/upload?type=file&access_token="+corp, "media", "a.txt", nil), 44001},
		"five bytes":             {upload(t, o.api.URL+"/cgi-bin/media/upload?type=file&access_token="+corp, "media", "a.txt", []byte("12345")), 40006},
		"another field":          {upload(t, o.api.URL+"/cgi-bin/media/upload?type=file&access_token="+corp, "file", "a.txt", []byte("123456")), 41005},
		"no form":                {o.post(t, "/cgi-bin/media/upload?type=file&access_token="+corp, "123456"), 41005},
		"a minute and a bit":     {upload(t, o.api.URL+"/cgi-bin/media/upload?type=voice&access_token="+corp, "media", "a.amr", amr(3001)), 45007},
		"a minute":               {upload(t, o.api.URL+"/cgi-bin/media/upload?type=voice&access_token="+corp, "media", "a.amr", amr(3000)), 0},
		"a video":                {upload(t, o.api.URL+"/cgi-bin/media/upload?type=video&access_token="+corp, "media", "a.mp4", mp4), 0},
		"a file over 20 MB":      {upload(t, o.api.URL+"/cgi-bin/media/upload?type=file&access_token="+corp, "media", "a.bin", make([]byte, 20<<20+1)), 45001},
		"a voice over 2 MB":      {upload(t, o.api.URL+"/cgi-bin/media/upload?type=voice&access_token="+corp, "media", "a.amr", amr(2<<20)), 40006},
		"a purpose that is not":  {upload(t, o.api.URL+"/cgi-bin/media/upload_attachment?media_type=image&attachment_type=3&access_token="+corp, "media", "a.png", png), 40058},
		"a file of an account":   {upload(t, b.api.URL+"/cgi-bin/media/upload?type=file&access_token="+brand, "media", "a.txt", []byte("123456")), 40004},
		"a PNG as a cover":       {upload(t, b.api.URL+"/cgi-bin/media/upload?type=thumb&access_token="+brand, "media", "a.png", png), 40005},
		"a picture of 10 MB + 1": {upload(t, b.api.URL+"/cgi-bin/media/upload?type=image&access_token="+brand, "media", "a.png", make([]byte, 10<<20+1)), 40009},
		"an unknown id":          {b.get("/cgi-bin/media/get", brand, "media_id", "nope"), 40007},
		"no id":                  {b.get("/cgi-bin/media/get", brand), 41006},
	} {
		if row.a.code() != row.code || row.a.status != http.StatusOK {
			t.Errorf("%s: HTTP %d %s, want %d", name, row.a.status, row.a.raw, row.code)
		}
	}
	a := upload(t, b.api.URL+"/cgi-bin/media/upload?type=image&access_token="+brand, "media", "a.png", png)
	if _, isNumber := a.fields["created_at"].(float64); !isNumber || a.text("type") != "image" || a.fields["errcode"] != nil {
		t.Errorf("an official account's upload: %s", a.raw)
	}
	p := follower(t, b.sim)
	if c := b.post("/cgi-bin/message/custom/send", brand, `{"touser":"`+p.OpenID()+`","msgtype":"image","image":{"media_id":"`+a.text("media_id")+`"}}`); c.code() != 0 {
		t.Errorf("it is sent: %s", c.raw)
	}
	v := upload(t, b.api.URL+"/cgi-bin/media/upload?type=video&access_token="+brand, "media", "a.mp4", mp4)
	contains(t, b.get("/cgi-bin/media/get", brand, "media_id", v.text("media_id")).raw, `{"video_url":"http`)
	contains(t, upload(t, b.api.URL+"/cgi-bin/media/uploadimg?access_token="+brand, "media", "a.png", png).raw, `{"url":"http`)
}
