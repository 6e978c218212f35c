package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/broadcast"
	"guanjia/channel/callback"
	"guanjia/channel/kf"
	"guanjia/channel/official"
	"guanjia/outbound"
	"guanjia/store"
)

// feedback is an engine that lets pushes know what the platform reports of them afterwards.
type feedback struct {
	callback.Engine
	pushes *outbound.Service
	many   *broadcast.Service
	store  *store.Store
	log    *zap.Logger
}

// Handle answers one delivery.
func (f feedback) Handle(ctx context.Context, ev *bot.Event, fit bot.Fitter, respondBy time.Time) (bot.Answer, error) {
	if id, why := undelivered(ev); id != "" {
		if err := f.pushes.Undelivered(ctx, ev.Account, id, why); err != nil {
			f.log.Warn("it could not be written down that a push did not arrive", zap.String("account", string(ev.Account)), zap.Error(err))
		}
	}
	if chosen := subscribed(ev); len(chosen) > 0 {
		if err := f.store.Subscribe(ctx, ev.Person(), ev.Key, ev.At, chosen...); err != nil {
			f.log.Warn("it could not be written down which notifications somebody wants", zap.String("account", string(ev.Account)), zap.Error(err))
		}
	}
	if id, o := massOutcome(ev); id != "" {
		if _, err := f.many.Finished(ctx, ev.Account, id, o); err != nil {
			f.log.Warn("it could not be written down what became of a mass message", zap.String("account", string(ev.Account)), zap.Error(err))
		}
	}
	return f.Engine.Handle(ctx, ev, fit, respondBy)
}

// undelivered is what the platform calls a message that did not arrive, and its reason; empty: the event does not say so.
func undelivered(ev *bot.Event) (id, why string) {
	switch d := ev.Detail.(type) {
	case official.TemplateSent:
		if strings.HasPrefix(d.Status, "failed") {
			return d.MsgID, d.Status
		}
	case official.SubscribeList:
		for _, n := range d { // one, as the platform sends it
			if ev.Kind == bot.KindSubscribeSent && n.ErrorCode != 0 {
				return n.MsgID, strconv.FormatInt(n.ErrorCode, 10) + " " + n.ErrorText
			}
		}
	case kf.SendFailure:
		return d.MsgID, "fail_type " + strconv.FormatInt(d.Type, 10)
	}
	return "", ""
}

// subscribed is what somebody chose about subscription notifications; nothing when the event does not say so.
func subscribed(ev *bot.Event) (chosen []store.Subscribed) {
	list, ok := ev.Detail.(official.SubscribeList)
	if !ok || ev.Kind != bot.KindSubscribePopup && ev.Kind != bot.KindSubscribeChange {
		return nil
	}
	for _, n := range list {
		chosen = append(chosen, store.Subscribed{
			Template: n.TemplateID, Accepts: n.Status == "accept" && ev.Kind == bot.KindSubscribePopup, Stops: n.Status == "reject" && ev.Kind == bot.KindSubscribeChange,
		})
	}
	return chosen
}
