package wxmedia

import (
	"errors"
	"slices"
	"time"

	"guanjia/channel/wxapi"
	"guanjia/content"
	"guanjia/store"
)

const (
	// mediaLife is how long the platforms keep a file (official account docs, 新增临时素材; WeCom docs, 上传临时素材: three days).
	mediaLife = 3 * 24 * time.Hour
	// renewAfter leaves a day for a platform that can't be reached.
	renewAfter = 2 * 24 * time.Hour
	// endMargin is how long before its end an id is not given any more: what is said may take a while to be read.
	endMargin = 10 * time.Minute
)

// The paths for uploads.
const (
	pathMedia   = "/cgi-bin/media/upload"
	pathPicture = "/cgi-bin/media/uploadimg"
	// pathMoment keeps pictures for moments (WeCom docs, 上传附件资源: attachment_type 1).
	pathMoment = "/cgi-bin/media/upload_attachment?media_type=image&attachment_type=1"
)

// place is where a file goes.
type place struct {
	path      string
	permanent bool // the platform gives an address that stays
}

// placeOf tells where an account of a kind takes a file. Without a place, unfit says what is wrong with the file; it is empty where
// the account has no use for such files at all.
func placeOf(kind wxapi.Kind, f content.File) (p place, ok bool, unfit string) {
	switch {
	case f.Form == content.FormPicture:
		return place{path: pathPicture, permanent: true}, true, ""
	case f.Form == content.FormMoment:
		return place{path: pathMoment}, kind == wxapi.WeCom, ""
	case f.Form == content.FormImage && f.Type == content.TypeGIF && kind == wxapi.WeCom:
		return place{}, false, "WeCom takes no GIF: save it as JPEG or PNG"
	case f.Form == content.FormThumb && kind == wxapi.WeCom, f.Form == content.FormFile && kind == wxapi.Official:
		return place{}, false, ""
	}
	return place{path: pathMedia + "?type=" + string(f.Form)}, true, ""
}

// item is one file in one form: what is uploaded once for an owner.
type item struct {
	form content.Form
	sum  string
}

func itemOf(f content.File) item { return item{f.Form, f.Sum} }

// live tells whether an upload can be used.
func live(u store.Upload, now time.Time) bool {
	return u.MediaID != "" && (u.ExpiresAt.IsZero() || now.Before(u.ExpiresAt.Add(-endMargin)))
}

// aging tells whether an upload must be made again.
func aging(u store.Upload, now time.Time) bool {
	return !live(u, now) || !u.ExpiresAt.IsZero() && !now.Before(u.Uploaded.Add(renewAfter))
}

// failure is what became of the last tries.
type failure struct {
	times int       // in a row
	until time.Time // not again before
	all   bool      // nor any other file
}

// resting tells whether nothing at all should be uploaded now: the platform, not a file, was the reason of a failure.
func resting(failed map[item]failure, now time.Time) bool {
	for _, f := range failed {
		if f.all && now.Before(f.until) {
			return true
		}
	}
	return false
}

// due lists what must be uploaded now: what is missing first, each item once.
func due(files []content.File, have map[item]store.Upload, failed map[item]failure, now time.Time) []content.File {
	if resting(failed, now) {
		return nil
	}
	var missing, old []content.File
	seen := map[item]bool{}
	for _, f := range files {
		i := itemOf(f)
		if seen[i] || now.Before(failed[i].until) {
			continue
		}
		seen[i] = true
		switch u := have[i]; {
		case !live(u, now):
			missing = append(missing, f)
		case aging(u, now):
			old = append(old, f)
		}
	}
	return slices.Concat(missing, old)
}

// Outcome is how an upload ended, in one word for logs and metrics. There are no others than these.
type Outcome string

// The outcomes.
const (
	Uploaded    Outcome = "uploaded"
	Refused     Outcome = "refused"     // the platform does not want the file
	Denied      Outcome = "denied"      // the platform does not let the account upload
	Limited     Outcome = "limited"     // too many uploads
	Unreachable Outcome = "unreachable" // no answer, or none that can be read
	Unreadable  Outcome = "unreadable"  // the file can't be read any more
)

// Codes by which the platforms refuse a file (official account and WeCom docs, 全局错误码): its type, kind, size, picture size,
// emptiness, data, length and duration.
var fileCodes = []int{40004, 40005, 40006, 40009, 41005, 44001, 45001, 45007, 301058}

var errNoID = errors.New("the platform says that all is well and gives no id")

// judge tells what an error of an upload means.
func judge(err error) Outcome {
	var refused *wxapi.Error
	switch {
	case err == nil:
		return Uploaded
	case !errors.As(err, &refused):
		return Unreachable
	case slices.Contains(fileCodes, refused.Code):
		return Refused
	case refused.RateLimited():
		return Limited
	case refused.Retryable():
		return Unreachable
	}
	return Denied
}

// stops tells whether the files after it would fare alike.
func (o Outcome) stops() bool { return o == Denied || o == Limited || o == Unreachable }

// The pauses before an upload is tried again.
const (
	pauseFirst = 5 * time.Second  // doubles
	pauseMax   = 5 * time.Minute  // for what may pass by itself
	pauseLong  = 10 * time.Minute // for quotas, and for what a person must mend
	pauseFile  = 6 * time.Hour    // for a file that will not be different
)

// after is the failure that follows f.
func (f failure) after(o Outcome, now time.Time) failure {
	pause := min(pauseMax, pauseFirst<<min(f.times, 10))
	switch o {
	case Refused:
		pause = pauseFile
	case Denied, Limited:
		pause = pauseLong
	}
	return failure{times: f.times + 1, until: now.Add(pause), all: o.stops()}
}
