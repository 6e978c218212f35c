package wxmedia

import (
	"slices"

	"guanjia/bot"
	"guanjia/content"
)

// fitter fills ids in before another fits.
type fitter struct {
	find func(path string, form content.Form) string
	bot.Fitter
}

// Fit fits messages with the ids that live now. What is kept for later gets them again then.
func (f fitter) Fit(messages []bot.Message) bot.Fitted { return f.Fitter.Fit(fill(messages, f.find)) }

// fill gives messages the ids of the files that they name; those without one get none. The messages given are not touched: they
// are the content's.
func fill(messages []bot.Message, find func(path string, form content.Form) string) []bot.Message {
	if !slices.ContainsFunc(messages, carries) {
		return messages // as nearly always
	}
	filled := slices.Clone(messages)
	for i := range filled {
		m := &filled[i]
		if m.File != "" {
			m.MediaID = find(m.File, content.Form(m.Kind))
		}
		if m.ThumbFile != "" {
			m.ThumbID = find(m.ThumbFile, content.FormThumb)
		}
		if p := m.MiniProgram; p != nil && p.ThumbFile != "" {
			covered := *p
			covered.ThumbID = find(p.ThumbFile, content.FormImage)
			m.MiniProgram = &covered
		}
		m.Cards = fillCards(m.Cards, find)
	}
	return filled
}

// carries tells whether m names a file.
func carries(m bot.Message) bool {
	return m.File != "" || m.ThumbFile != "" || m.MiniProgram != nil && m.MiniProgram.ThumbFile != "" ||
		slices.ContainsFunc(m.Cards, func(c bot.Card) bool { return c.PictureFile != "" })
}

func fillCards(cards []bot.Card, find func(path string, form content.Form) string) []bot.Card {
	if !slices.ContainsFunc(cards, func(c bot.Card) bool { return c.PictureFile != "" }) {
		return cards
	}
	filled := slices.Clone(cards)
	for i := range filled {
		if c := &filled[i]; c.PictureFile != "" {
			c.PictureURL, c.PictureID = find(c.PictureFile, content.FormPicture), find(c.PictureFile, content.FormImage)
		}
	}
	return filled
}

// named lists the files whose ids messages carry.
func named(messages []bot.Message) map[spot]string {
	ids := map[spot]string{}
	for _, m := range messages {
		note(ids, m.File, content.Form(m.Kind), m.MediaID)
		note(ids, m.ThumbFile, content.FormThumb, m.ThumbID)
		if m.MiniProgram != nil {
			note(ids, m.MiniProgram.ThumbFile, content.FormImage, m.MiniProgram.ThumbID)
		}
		for _, c := range m.Cards {
			note(ids, c.PictureFile, content.FormImage, c.PictureID)
		}
	}
	return ids
}

// spot is a file in the content, in one form.
type spot struct {
	path string
	form content.Form
}

func note(ids map[spot]string, path string, form content.Form, id string) {
	if path != "" && id != "" {
		ids[spot{path, form}] = id
	}
}
