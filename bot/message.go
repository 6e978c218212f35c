package bot

// MessageKind says which part of a Message counts.
type MessageKind string

// The kinds of message. A channel that can't show one degrades it readably.
const (
	MessageText        MessageKind = "text"
	MessageImage       MessageKind = "image"
	MessageVoice       MessageKind = "voice"
	MessageVideo       MessageKind = "video"
	MessageFile        MessageKind = "file"
	MessageMusic       MessageKind = "music"
	MessageCards       MessageKind = "cards"        // link cards (图文)
	MessageMiniProgram MessageKind = "mini_program" // mini-program card (小程序卡片)
	MessageMenu        MessageKind = "menu"         // menu of choices
	MessageLocation    MessageKind = "location"     // a place on the map
	MessageAcquisition MessageKind = "acquisition"  // customer-acquisition link (获客链接): opens the adding of a member of the corp
	MessageTransfer    MessageKind = "transfer"     // hand the conversation to a person (transfer_customer_service)
	MessageReturn      MessageKind = "return"       // take the conversation back from staff, where the channel has to be told
)

// MessageKinds are all of them.
func MessageKinds() []MessageKind {
	return []MessageKind{
		MessageText, MessageImage, MessageVoice, MessageVideo, MessageFile, MessageMusic, MessageCards, MessageMiniProgram, MessageMenu,
		MessageLocation, MessageAcquisition, MessageTransfer, MessageReturn,
	}
}

// Message is one thing said to a person: what, not how. Only the fields of its kind are set. A file of the content is named by
// its path in the content folder; the account's id for it is filled in before the message is fitted, and stays empty while the
// file is not uploaded.
type Message struct {
	Kind MessageKind `json:"kind" yaml:"kind"`

	Text        string           `json:"text,omitempty" yaml:"text,omitempty"`                 // text
	File        string           `json:"file,omitempty" yaml:"file,omitempty"`                 // image, voice, video, file: a file of the content, instead of an id
	MediaID     string           `json:"media_id,omitempty" yaml:"media_id,omitempty"`         // image, voice, video, file: the account's id of what is uploaded
	Title       string           `json:"title,omitempty" yaml:"title,omitempty"`               // video, music, file, acquisition
	Description string           `json:"description,omitempty" yaml:"description,omitempty"`   // video, music
	MusicURL    string           `json:"music_url,omitempty" yaml:"music_url,omitempty"`       // music
	HQMusicURL  string           `json:"hq_music_url,omitempty" yaml:"hq_music_url,omitempty"` // music
	ThumbFile   string           `json:"thumb_file,omitempty" yaml:"thumb_file,omitempty"`     // music: the cover as a file of the content
	ThumbID     string           `json:"thumb_id,omitempty" yaml:"thumb_id,omitempty"`         // music: media id of the cover
	Cards       []Card           `json:"cards,omitempty" yaml:"cards,omitempty"`               // cards
	MiniProgram *MiniProgramCard `json:"mini_program,omitempty" yaml:"mini_program,omitempty"` // mini_program
	Menu        *Menu            `json:"menu,omitempty" yaml:"menu,omitempty"`                 // menu
	Location    *Location        `json:"location,omitempty" yaml:"location,omitempty"`         // location
	Acquisition string           `json:"acquisition,omitempty" yaml:"acquisition,omitempty"`   // acquisition: the link
	Servicer    string           `json:"servicer,omitempty" yaml:"servicer,omitempty"`         // transfer: kf_account; empty: anybody
}

// Card is one link card.
type Card struct {
	Title       string `json:"title" yaml:"title"`
	Description string `json:"description,omitempty" yaml:"description,omitempty"`
	PictureFile string `json:"picture_file,omitempty" yaml:"picture_file,omitempty"` // a file of the content, instead of the two below
	PictureURL  string `json:"picture_url,omitempty" yaml:"picture_url,omitempty"`
	PictureID   string `json:"picture_id,omitempty" yaml:"picture_id,omitempty"` // media id, where cards want one: customer service
	URL         string `json:"url" yaml:"url"`
}

// MiniProgramCard opens a page of a mini program linked to the account.
type MiniProgramCard struct {
	Title     string `json:"title" yaml:"title"`
	AppID     string `json:"app_id" yaml:"app_id"`
	Page      string `json:"page" yaml:"page"`
	ThumbFile string `json:"thumb_file,omitempty" yaml:"thumb_file,omitempty"` // the cover as a file of the content
	ThumbID   string `json:"thumb_id,omitempty" yaml:"thumb_id,omitempty"`     // media id of the cover
	URL       string `json:"url,omitempty" yaml:"url,omitempty"`               // where clients that can't open it go
}

// Location is a place on the map to go to.
type Location struct {
	Name      string  `json:"name" yaml:"name"`
	Address   string  `json:"address,omitempty" yaml:"address,omitempty"`
	Latitude  float64 `json:"latitude" yaml:"latitude"`   // -90 to 90, of the map that WeChat uses (GCJ-02)
	Longitude float64 `json:"longitude" yaml:"longitude"` // -180 to 180
}

// Menu asks a person to choose.
type Menu struct {
	Head    string   `json:"head,omitempty" yaml:"head,omitempty"`
	Choices []Choice `json:"choices" yaml:"choices"`
	Tail    string   `json:"tail,omitempty" yaml:"tail,omitempty"`
}

// Choice is one item of a menu. Choosing it means the same as saying Say; an empty Say means the label.
type Choice struct {
	ID    string `json:"id,omitempty" yaml:"id,omitempty"`
	Label string `json:"label" yaml:"label"`
	Say   string `json:"say,omitempty" yaml:"say,omitempty"`
}

// Meaning is the text that choosing c stands for.
func (c Choice) Meaning() string {
	if c.Say != "" {
		return c.Say
	}
	return c.Label
}

// Text makes a text message.
func Text(s string) Message { return Message{Kind: MessageText, Text: s} }

// Reply is everything said in answer to one event, in order. The zero Reply says nothing.
type Reply struct {
	Messages []Message
}

// Say is the reply of one text.
func Say(s string) Reply { return Reply{Messages: []Message{Text(s)}} }

// Add appends messages.
func (r *Reply) Add(m ...Message) { r.Messages = append(r.Messages, m...) }

// Empty tells whether there is nothing to say.
func (r Reply) Empty() bool { return len(r.Messages) == 0 }
