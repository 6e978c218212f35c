package content

import (
	"fmt"
	"slices"
	"strings"

	"guanjia/bot"
)

// formRule is what a file must be to be uploaded in a form.
type formRule struct {
	max    int64
	types  []Type // nil: any
	remedy string // for another type
}

// ruleOf is the rule of a form.
func ruleOf(f Form) formRule {
	switch f {
	case FormImage:
		return formRule{MaxImageBytes, []Type{TypeJPEG, TypePNG, TypeGIF}, "save it as JPEG or PNG (official accounts take GIF as well)"}
	case FormVoice:
		return formRule{MaxVoiceBytes, []Type{TypeAMR}, "convert it to AMR: ffmpeg -i in.mp3 -ar 8000 -ac 1 out.amr"}
	case FormVideo:
		return formRule{MaxVideoBytes, []Type{TypeMP4}, "convert it to MP4"}
	case FormThumb:
		return formRule{MaxThumbBytes, []Type{TypeJPEG}, "save it as JPEG"}
	case FormPicture:
		return formRule{MaxPictureBytes, []Type{TypeJPEG, TypePNG}, "save it as JPEG or PNG"}
	case FormMoment:
		return formRule{MaxImageBytes, []Type{TypeJPEG, TypePNG}, "save it as JPEG or PNG"}
	}
	return formRule{max: MaxFileBytes}
}

// CheckFile looks a file of the content folder over that is uploaded in a form; at is where its name stands.
func CheckFile(d Doc, ps *Problems, name string, as Form, at ...any) {
	messageCheck{d: d, ps: ps, at: at}.file(name, as)
}

// file looks a file over that a message carries in a form.
func (c messageCheck) file(name string, as Form, step ...any) {
	l := c.d.folder.look(name)
	if l.what != "" {
		c.problem(l.remedy, l.what, step...)
		return
	}
	rule := ruleOf(as)
	switch {
	case rule.types != nil && !slices.Contains(rule.types, l.typ):
		c.problem(rule.remedy, fmt.Sprintf("file %q is not %s, whatever its name says", name, anyOf(rule.types)), step...)
	case l.size < MinFileBytes:
		c.problem("put something into it", fmt.Sprintf("file %q is empty, or nearly so", name), step...)
	case l.size > rule.max:
		c.problem("make it smaller", fmt.Sprintf("file %q has %d bytes, and as %s the platform takes %d", name, l.size, string(as), rule.max), step...)
	case as == FormVoice && l.seconds > MaxVoiceSeconds:
		c.problem("shorten it", fmt.Sprintf("file %q lasts longer than the platform's %d seconds", name, MaxVoiceSeconds), step...)
	default:
		c.d.folder.use(name, as, l)
	}
}

func anyOf(types []Type) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = string(t)
	}
	return strings.Join(words, " or ")
}

// media looks a message over that is nothing but a file.
func (c messageCheck) media(m *bot.Message) {
	switch {
	case m.File != "" && m.MediaID != "":
		c.problem("keep one of file: and media_id:", "a message of kind "+string(m.Kind)+" has a file and a media id")
	case m.File != "":
		c.file(m.File, Form(m.Kind), "file")
		if m.Kind == bot.MessageFile && m.Title == "" {
			m.Title = Named(m.File)
		}
	case m.MediaID == "":
		c.problem("write file: with a file of the content folder, or media_id: with the id of an uploaded one", "a message of kind "+string(m.Kind)+" has no file and no media id")
	}
}

// music looks a piece of music over.
func (c messageCheck) music(m *bot.Message) {
	switch {
	case m.ThumbFile != "" && m.ThumbID != "":
		c.problem("keep one of thumb_file: and thumb_id:", "music has two covers")
	case m.ThumbFile != "":
		c.file(m.ThumbFile, FormThumb, "thumb_file")
	case m.ThumbID == "":
		c.problem("write thumb_file: with a picture of the content folder, or thumb_id: with the media id of one", "music has no cover")
	}
	c.url(m.MusicURL, "music_url")
}

// picture looks the picture of a link card over. Some channels want its address, others its id.
func (c messageCheck) picture(card bot.Card, i int) {
	if card.PictureFile == "" {
		if card.PictureURL != "" {
			c.url(card.PictureURL, "cards", i, "picture_url")
		}
		return
	}
	if card.PictureURL != "" || card.PictureID != "" {
		c.problem("keep picture_file:, or remove it", "a card has two pictures", "cards", i)
		return
	}
	before := len(*c.ps)
	c.file(card.PictureFile, FormPicture, "cards", i, "picture_file")
	if len(*c.ps) == before {
		c.file(card.PictureFile, FormImage, "cards", i, "picture_file")
	}
}

// cover looks the cover of a mini-program card over.
func (c messageCheck) cover(m *bot.MiniProgramCard) {
	switch {
	case m.ThumbFile != "" && m.ThumbID != "":
		c.problem("keep one of thumb_file: and thumb_id:", "a mini-program card has two covers", "mini_program")
	case m.ThumbFile != "":
		c.file(m.ThumbFile, FormImage, "mini_program", "thumb_file")
	}
}

// kindOfFile tells what a file is that stands without a kind.
func (d Doc) kindOfFile(name string) bot.MessageKind {
	switch d.folder.look(name).typ {
	case TypeJPEG, TypePNG, TypeGIF:
		return bot.MessageImage
	case TypeAMR:
		return bot.MessageVoice
	case TypeMP4:
		return bot.MessageVideo
	}
	return bot.MessageFile
}
