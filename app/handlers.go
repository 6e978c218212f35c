package app

import (
	"guanjia/bot"
	"guanjia/contacts"
	"guanjia/handlers/consent"
	"guanjia/handlers/coupon"
	"guanjia/handlers/fallback"
	"guanjia/handlers/handoff"
	"guanjia/handlers/quiz"
	"guanjia/handlers/survey"
	"guanjia/handlers/welcome"
	"guanjia/moments"
	"guanjia/schedule"
	"guanjia/store"
)

// handlers lists who answers: for each the kind of its content files (which is its name), how they are read, and how it is
// built. A handler with a toggle has a field of its name in Toggles.
func handlers() []handler {
	return []handler{
		of(welcome.Name, welcome.Load, func(b *welcome.Book, s *store.Store) bot.Handler { return welcome.New(b, s) }),
		of(coupon.Name, coupon.Load, func(b *coupon.Book, s *store.Store) bot.Handler { return coupon.New(b, s) }),
		of(quiz.Name, quiz.Load, func(b *quiz.Book, s *store.Store) bot.Handler { return quiz.New(b, s) }),
		of(survey.Name, survey.Load, func(b *survey.Book, s *store.Store) bot.Handler { return survey.New(b, s) }),
		of(consent.Name, consent.Load, func(b *consent.Book, s *store.Store) bot.Handler { return consent.New(b, s) }),
		of(handoff.Name, handoff.Load, func(b *handoff.Book, s *store.Store) bot.Handler { return handoff.New(b, s) }),
		of(fallback.Name, fallback.Load, func(b *fallback.Book, _ *store.Store) bot.Handler { return fallback.New(b) }),
		onlyContent(schedule.Kind, schedule.Load),
		onlyContent(moments.Kind, moments.Load),
		withoutContent(func(s *store.Store) bot.Handler { return welcome.NewRecorder(s) }),
		withoutContent(func(s *store.Store) bot.Handler { return contacts.NewRecorder(s) }),
	}
}
