package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/simulator"
)

// upload uploads a picture by one of the media calls and gives what the platform answers.
func (o *office) upload(t *testing.T, call string) answered {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("media", "hello.png")
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(part, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(o.api.URL+"/cgi-bin/media/"+call+"access_token="+o.token(t, testAppSecret), form.FormDataContentType(), &body) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a answered
	if err := json.NewDecoder(resp.Body).Decode(&a.fields); err != nil || a.code() != 0 {
		t.Fatalf("%s: %v, %v", call, a.fields, err)
	}
	return a
}

// TestAWelcomesPicturesAreOfTheRightUpload: media/upload by id and for three days, media/uploadimg by address and for good, and
// nothing else.
func TestAWelcomesPicturesAreOfTheRightUpload(t *testing.T) {
	t.Parallel()
	o := newOffice(t, withWays)
	temporary := o.upload(t, "upload?type=image&").text("media_id")
	address := o.upload(t, "uploadimg?").text("url")
	moment := o.upload(t, "upload_attachment?media_type=image&attachment_type=1&").text("media_id")
	image := func(name, value string) string {
		return fmt.Sprintf(`{"msgtype":"image","image":{%q:%q}}`, name, value)
	}
	mini := func(cover string) string {
		return fmt.Sprintf(`{"msgtype":"miniprogram","miniprogram":{"title":"商城","pic_media_id":%q,"appid":"wxours","page":"p"}}`, cover)
	}
	for _, tc := range []struct {
		name, attachment string
		later            time.Duration
		code             int
	}{
		{"an upload", image("media_id", temporary), 0, 0},
		{"an upload as a cover", mini(temporary), 0, 0},
		{"an upload as a video", fmt.Sprintf(`{"msgtype":"video","video":{"media_id":%q}}`, temporary), 0, 40007},
		{"an address", image("pic_url", address), 0, 0},
		{"another address", image("pic_url", address+"x"), 0, 40058},
		{"the address of an upload", image("pic_url", "http://simulator.invalid/media/"+temporary), 0, 40058},
		{"an upload for moments", image("media_id", moment), 0, 40007},
		{"an upload of three days ago", image("media_id", temporary), 3 * 24 * time.Hour, 40007},
		{"an address of three days ago", image("pic_url", address), 0, 0},
	} {
		wang := simulator.NewCustomer(t, o.sim.Client(), testCorp, "小王")
		if tc.later > 0 {
			wang.Wait(tc.later)
		}
		code := wang.Add("shop").Events[0].WelcomeCode
		a := o.contactCall(t, "send_welcome_msg?", fmt.Sprintf(`{"welcome_code":%q,"attachments":[%s]}`, code, tc.attachment))
		if a.code() != tc.code {
			t.Errorf("%s: %s", tc.name, a.raw)
		}
		want := 0
		if tc.code == 0 {
			want = 1
		}
		if diff := cmp.Diff(want, len(wang.Read("xiaolin"))); diff != "" {
			t.Errorf("%s: bubbles (-want +got):\n%s", tc.name, diff)
		}
	}
}
