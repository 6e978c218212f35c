package contact

// View is what a page shows of customer contact. It shares what it points to with the book: whoever keeps it must write it out
// before the lock is given back.
type View struct {
	Relations  []*Relation  `json:"relations"`
	Tags       []*TagGroup  `json:"tags"`
	Ways       []*Way       `json:"ways"`
	Chats      []*Chat      `json:"chats"`
	Transfers  []*Transfer  `json:"transfers"`
	GroupSends []*GroupSend `json:"group_sends"`
	Posts      []GroupPost  `json:"posts"`
	Moments    []*Moment    `json:"moments"`
	Console    Console      `json:"console"`
}

// View is what there is now.
func (b *Book) View() View {
	return View{
		Relations: some(b.Relations), Tags: some(b.Tags), Ways: some(b.Ways), Chats: some(b.Chats), Transfers: some(b.Transfers),
		GroupSends: some(b.GroupSends), Posts: some(b.Posts), Moments: some(b.Moments), Console: b.Console,
	}
}
