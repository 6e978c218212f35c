package material

import (
	"slices"
	"strconv"
	"time"

	"guanjia/simulator/platform"
)

// The refusals; global return codes of both platforms.
const (
	codeKind     = 40004
	codeFormat   = 40005
	codeSize     = 40006
	codePicture  = 40009
	codeNoID     = 41006
	codeEmpty    = 44001
	codeTooLarge = 45001
	codeTooLong  = 45007
)

// minSize is what a file must be larger than; WeCom docs, 上传临时素材.
const minSize = 5 // bytes

// maxVoice is how long a recording may be, on both platforms.
const maxVoice = 60 * time.Second

// How often files may be moved; official account docs, 接口调用频次限制; WeCom docs, 上传图片.
var (
	limitUpload   = platform.Limit{PerMinute: 10_000, PerDay: 5000}
	limitDownload = platform.Limit{PerMinute: 10_000, PerDay: 10_000}
	limitPictures = platform.Limit{PerMinute: 10_000, PerDay: 1000}
)

// rule is what a file of one kind must be.
type rule struct {
	formats []string // empty: any
	max     int      // bytes
}

// officialRules are those of an official account; official account docs, 新增临时素材.
func officialRules() map[string]rule {
	return map[string]rule{
		"image": {[]string{"png", "jpeg", "gif"}, 10 << 20},
		"voice": {[]string{"amr", "mp3"}, 2 << 20},
		"video": {[]string{"mp4"}, 10 << 20},
		"thumb": {[]string{"jpeg"}, 64 << 10},
	}
}

// corpRules are those of WeCom; WeCom docs, 上传临时素材.
func corpRules() map[string]rule {
	return map[string]rule{
		"image": {[]string{"png", "jpeg"}, 10 << 20},
		"voice": {[]string{"amr"}, 2 << 20},
		"video": {[]string{"mp4"}, 10 << 20},
		"file":  {nil, 20 << 20},
	}
}

// attachmentRules are those of the attachments of WeCom; WeCom docs, 上传附件资源.
func attachmentRules() map[string]rule {
	return map[string]rule{
		"image": {[]string{"png", "jpeg"}, 10 << 20},
		"video": {[]string{"mp4"}, 10 << 20},
		"file":  {nil, 10 << 20},
	}
}

// service is the part of the platform that keeps files.
type service struct{ world platform.World }

// Register adds the calls to the API.
func Register(api *platform.API, world platform.World) {
	s := &service{world}
	api.Handle("POST /cgi-bin/media/upload", platform.ByAccount().At(limitUpload), s.uploadOfficial)
	api.Handle("GET /cgi-bin/media/get", platform.ByAccount().At(limitDownload), s.get)
	api.Handle("GET /cgi-bin/media/get/jssdk", platform.ByAccount().At(limitDownload), s.get)
	api.Handle("POST /cgi-bin/media/uploadimg", platform.ByAccount().At(limitPictures), s.pictureOfficial)

	api.Handle("POST /cgi-bin/media/upload", platform.ByApp(), s.uploadCorp)
	api.Handle("GET /cgi-bin/media/get", platform.ByApp(), s.get)
	api.Handle("GET /cgi-bin/media/get/jssdk", platform.ByApp(), s.get)
	api.Handle("POST /cgi-bin/media/uploadimg", platform.ByApp().At(limitPictures), s.pictureCorp)
	api.Handle("POST /cgi-bin/media/upload_attachment", platform.ByApp(), s.attachment)
}

// take checks an upload and keeps it.
func (s *service) take(c *platform.Call, kind, scene string, rules map[string]rule, permanent bool) (platform.Media, error) {
	r, known := rules[kind]
	f := c.File
	switch {
	case !known:
		return platform.Media{}, platform.Refuse(codeKind, "invalid media type")
	case f == nil:
		return platform.Media{}, platform.Refuse(platform.CodeNoFile, "media data missing")
	case len(f.Data) == 0:
		return platform.Media{}, platform.Refuse(codeEmpty, "empty media data")
	case len(f.Data) <= minSize:
		return platform.Media{}, platform.Refuse(codeSize, "invalid media size, must be over %d bytes", minSize)
	case len(f.Data) > r.max && kind == "image":
		return platform.Media{}, platform.Refuse(codePicture, "invalid image size, at most %d bytes", r.max)
	case len(f.Data) > r.max && kind == "file":
		return platform.Media{}, platform.Refuse(codeTooLarge, "media size out of limit, at most %d bytes", r.max)
	case len(f.Data) > r.max:
		return platform.Media{}, platform.Refuse(codeSize, "invalid media size, at most %d bytes", r.max)
	}
	found := format(f.Data)
	switch {
	case len(r.formats) > 0 && !slices.Contains(r.formats, found):
		return platform.Media{}, platform.Refuse(codeFormat, "invalid file type, %s must be one of %v", kind, r.formats)
	case found == "amr" && kind == "voice" && amrLength(f.Data) > maxVoice:
		return platform.Media{}, platform.Refuse(codeTooLong, "playtime out of limit, at most %s", maxVoice)
	}
	return s.world.AddMedia(c.Owner(), platform.NewMedia{
		Kind: kind, Scene: scene, Name: f.Name, ContentType: contentType(found), Data: f.Data, Permanent: permanent,
	}), nil
}

func (s *service) uploadOfficial(c *platform.Call) (any, error) {
	kind := c.Query.Get("type")
	m, err := s.take(c, kind, "", officialRules(), false)
	if err != nil {
		return nil, err
	}
	name := "media_id"
	if kind == "thumb" {
		name = "thumb_media_id"
	}
	return map[string]any{"type": kind, name: m.ID, "created_at": m.At.Unix()}, nil
}

// uploaded is the answer of WeCom: the same names, and created_at once a string and once a number.
type uploaded struct {
	Type      string `json:"type"`
	MediaID   string `json:"media_id"`
	CreatedAt any    `json:"created_at"`
}

func (s *service) uploadCorp(c *platform.Call) (any, error) {
	kind := c.Query.Get("type")
	m, err := s.take(c, kind, "", corpRules(), false)
	if err != nil {
		return nil, err
	}
	return uploaded{kind, m.ID, strconv.FormatInt(m.At.Unix(), 10)}, nil
}

// attachment keeps a file for one purpose only: 1 for moments, 2 for the product album.
func (s *service) attachment(c *platform.Call) (any, error) {
	kind, purpose := c.Query.Get("media_type"), c.Query.Get("attachment_type")
	if purpose != "1" && purpose != "2" {
		return nil, platform.Refuse(platform.CodeBadParameters, "invalid Request Parameter: attachment_type")
	}
	m, err := s.take(c, kind, "attachment_"+purpose, attachmentRules(), false)
	if err != nil {
		return nil, err
	}
	return uploaded{kind, m.ID, m.At.Unix()}, nil
}

func (s *service) pictureOfficial(c *platform.Call) (any, error) {
	return s.picture(c, rule{[]string{"png", "jpeg"}, 1 << 20})
}

func (s *service) pictureCorp(c *platform.Call) (any, error) {
	return s.picture(c, rule{[]string{"png", "jpeg"}, 2 << 20})
}

// picture keeps a picture for good and tells its address.
func (s *service) picture(c *platform.Call, r rule) (any, error) {
	m, err := s.take(c, "image", "picture", map[string]rule{"image": r}, true)
	if err != nil {
		return nil, err
	}
	return map[string]string{"url": m.URL}, nil
}

// get sends a file back. An official account is given the address of a video instead.
func (s *service) get(c *platform.Call) (any, error) {
	id := c.Query.Get("media_id")
	if id == "" {
		return nil, platform.Refuse(codeNoID, "media_id missing")
	}
	m, ok := s.world.Media(c.Owner(), id)
	if !ok || m.Expired {
		return nil, platform.Refuse(platform.CodeBadMedia, "invalid media_id")
	}
	if c.Official != nil && m.Kind == "video" {
		return map[string]string{"video_url": m.URL}, nil
	}
	name := m.Name
	if name == "" {
		name = m.ID
	}
	return &platform.File{Name: name, ContentType: m.ContentType, Data: m.Data}, nil
}
