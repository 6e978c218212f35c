package kf

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

// The states of a conversation (WeCom docs, 分配客服会话: service_state).
const (
	stateNew    = 0 // nobody has answered yet
	stateBot    = 1
	statePool   = 2 // it waits for somebody of the staff
	stateStaff  = 3
	stateClosed = 4
)

// nobody is what a customer is told whom nobody of the staff can take over.
const nobody = "抱歉，现在没有人工客服能接待您，请稍后再试。您也可以把问题直接发给我。"

// TransferRefused is the name of the event, a KindStaffEnded, by which a conversation comes back that nobody could take over.
const TransferRefused = "transfer_refused"

type transferRequest struct {
	Desk     string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	State    int    `json:"service_state"`
	Servicer string `json:"servicer_userid,omitempty"`
}

// transfer hands the conversation to the staff: to the servicer whom m names, or whoever comes first. ok is
// false when ctx ended before it was decided.
func (l *letter) transfer(ctx context.Context, m bot.Message, t try) (v verdict, ok bool) {
	want := transferRequest{Desk: l.ev.Desk, Customer: string(l.ev.User), State: statePool}
	if m.Servicer != "" {
		want.State, want.Servicer = stateStaff, m.Servicer
	}
	for failures := 1; ; failures++ {
		if !l.pace.wait(ctx, l.slots) {
			return verdict{}, false
		}
		done, err := l.handedOver(ctx, t)
		if !done && err == nil {
			err = l.api.Post(context.WithoutCancel(ctx), l.tokens, pathTransfer, want, nil)
		}
		var refused *wxapi.Error
		switch {
		case err == nil:
			return l.transferred(ctx)
		case errors.As(err, &refused) && !judge(err, false, false).decided():
		case errors.As(err, &refused) && want.Servicer != "":
			l.log.Info("a member of the staff can't take a conversation, anybody may", zap.Int("errcode", refused.Code))
			want.State, want.Servicer = statePool, ""
			continue
		case errors.As(err, &refused):
			state, unknown := l.state(ctx)
			if unknown == nil || judge(unknown, false, false).decided() {
				return l.untransferred(ctx, refused, state, t.before)
			}
			err = unknown // whether it is a refusal is decided when the platform tells
		}
		t.before = t.before || mayHaveArrived(err)
		l.log.Warn("a conversation could not be handed over yet", zap.Int("failures", failures), zap.Error(err))
		if !l.pauseFor(ctx, failures, err) {
			return verdict{}, false
		}
	}
}

// handedOver asks whether an earlier try, of which nobody heard, went through. A conversation in which the bot has spoken is its own
// until somebody ends it: one that nobody has answered is the customer's next, after they were served.
func (l *letter) handedOver(ctx context.Context, t try) (bool, error) {
	if !t.before {
		return false, nil
	}
	state, err := l.state(context.WithoutCancel(ctx))
	switch {
	case err == nil:
		return state >= statePool || state == stateNew && t.spoke, nil
	case judge(err, false, false).decided():
		return false, nil // it can't be asked for; the hand-over itself will tell
	}
	return false, err
}

// decided tells whether a try has come to something.
func (v verdict) decided() bool { return v.state != "" }

// transferred notes that the staff has the conversation.
func (l *letter) transferred(ctx context.Context) (verdict, bool) {
	ok := l.insist(ctx, func(ctx context.Context) error { return l.records.SetKfStaff(ctx, l.talk, true, l.now()) })
	return verdict{state: store.KfSent}, ok
}

// untransferred tells whether a refusal means that the staff has the conversation already, or had it: by an earlier try of which
// nobody heard, after which they may have ended it.
func (l *letter) untransferred(ctx context.Context, refused *wxapi.Error, state int, before bool) (verdict, bool) {
	if state == statePool || state == stateStaff || state == stateClosed && before {
		return l.transferred(ctx)
	}
	l.log.Warn("nobody of the staff can take a conversation", zap.Error(refused))
	return verdict{state: store.KfFailed, reason: reasonServicer, ends: true}, true
}

// tellNobody tells the customer that nobody can take over, and the engine that the conversation is the bot's again. number is
// the first that no message of the answer has.
func (s *Service) tellNobody(ctx context.Context, l *letter, number int) bool {
	back := &bot.Event{
		Account: l.ev.Account, User: l.ev.User, Desk: l.ev.Desk, OriginalID: l.ev.OriginalID, Kind: bot.KindStaffEnded, Name: TransferRefused,
		Key: bot.EventKey("t:" + messageID(l.ev, number)), At: s.now().UTC().Truncate(time.Second), Staff: &bot.StaffAct{},
	}
	if _, ok := s.ask(ctx, back, toMessage); !ok {
		return false
	}
	return s.deliver(ctx, job{ev: back, budget: l.budget}, []bot.Message{bot.Text(nobody)})
}

// isChange tells whether a message changes who has the conversation, and is none that the customer sees.
func isChange(k bot.MessageKind) bool { return k == bot.MessageTransfer || k == bot.MessageReturn }

// takeBack ends the staff's conversation, if they have it, which gives a code for one message: the bot can say no more before the
// customer writes again. ok is false when ctx ended before it was decided.
func (l *letter) takeBack(ctx context.Context) (v verdict, ok bool) {
	for failures := 1; ; failures++ {
		if !l.pace.wait(ctx, l.slots) {
			return verdict{}, false
		}
		var answer struct {
			Code wxapi.String `json:"msg_code"`
		}
		state, err := l.state(context.WithoutCancel(ctx))
		if err == nil && (state == statePool || state == stateStaff) {
			end := transferRequest{Desk: l.ev.Desk, Customer: string(l.ev.User), State: stateClosed}
			err = l.api.Post(context.WithoutCancel(ctx), l.tokens, pathTransfer, end, &answer)
		}
		switch v = judge(err, false, false); {
		case err == nil:
			l.code, l.since = string(answer.Code), l.now()
			return l.tookBack(ctx, state <= stateBot || l.code != "")
		case v.decided():
			l.logRefusal(err)
			return verdict{state: store.KfFailed, reason: reasonStaff, ends: true}, true
		}
		l.log.Warn("a conversation could not be taken back yet", zap.Int("failures", failures), zap.Error(err))
		if !l.pauseFor(ctx, failures, err) {
			return verdict{}, false
		}
	}
}

// tookBack notes that the conversation is the bot's.
func (l *letter) tookBack(ctx context.Context, speaks bool) (verdict, bool) {
	l.leave.Staff = false
	ok := l.insist(ctx, func(ctx context.Context) error { return l.records.SetKfStaff(ctx, l.talk, false, l.now()) })
	if !speaks { // it had ended: an earlier try did that, and its code is lost
		return verdict{state: store.KfSent, reason: reasonEnded, ends: true}, ok
	}
	return verdict{state: store.KfSent}, ok
}

// state asks the platform who has the conversation.
func (l *letter) state(ctx context.Context) (int, error) {
	var answer struct {
		State wxapi.Int `json:"service_state"`
	}
	about := struct {
		Desk     string `json:"open_kfid"`
		Customer string `json:"external_userid"`
	}{l.ev.Desk, string(l.ev.User)}
	err := l.api.Post(ctx, l.tokens, pathState, about, &answer)
	return int(answer.State), err
}

// staffHas asks who has a conversation that the staff had when it was last heard of, and is the reason why nothing may be said.
func (l *letter) staffHas(ctx context.Context) string {
	state, err := l.state(ctx)
	switch {
	case err != nil:
		return "" // sending will tell
	case state == statePool || state == stateStaff:
		return reasonStaff
	case state == stateClosed:
		return reasonEnded
	}
	l.leave.Staff = false
	if err := l.records.SetKfStaff(ctx, l.talk, false, l.now()); err != nil {
		l.log.Warn("it could not be noted that a conversation is the bot's again", zap.Error(err))
	}
	return forbids(l.leave, l.counted, l.now())
}
