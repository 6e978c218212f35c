package wxmedia

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/content"
	"guanjia/store"
)

// idMax bounds an id or address, in bytes: the platforms' ids have some sixty, and what is much longer is none.
const idMax = 2048

// uploaded is the answer to an upload; which field is filled depends on the form.
type uploaded struct {
	MediaID wxapi.String `json:"media_id"`
	ThumbID wxapi.String `json:"thumb_media_id"`
	URL     wxapi.String `json:"url"`
}

// upload uploads a file, keeps its id and tells how it went.
func (k *Keeper) upload(ctx context.Context, h *home, f content.File) Outcome {
	began, now := time.Now(), k.now()
	id, how, err := k.send(ctx, h, f)
	if ctx.Err() != nil && how != Uploaded {
		return how // given up by us: it says nothing about the file
	}
	u := store.Upload{Owner: h.owner(), Form: string(f.Form), Sum: f.Sum, MediaID: id, Uploaded: now}
	if place, _, _ := placeOf(h.Kind, f); !place.permanent {
		u.ExpiresAt = now.Add(mediaLife)
	}
	h.landed(f, u, how, k.now())
	k.observer.Uploaded(h.account(), how)
	fields := []zap.Field{
		zap.String("account", string(h.account())), zap.String("file", f.Path), zap.String("as", string(f.Form)), zap.Int64("bytes", f.Size), zap.Duration("took", time.Since(began)),
	}
	if how != Uploaded {
		k.log.Warn("a file is not uploaded", append(fields, zap.String("outcome", string(how)), zap.Error(err))...)
		return how
	}
	k.log.Info("file uploaded", fields...)
	k.save(ctx, h, u)
	return how
}

// send gives a file to the platform.
func (k *Keeper) send(ctx context.Context, h *home, f content.File) (id string, how Outcome, err error) {
	b, err := f.Read()
	if err != nil {
		return "", Unreadable, err
	}
	to, _, _ := placeOf(h.Kind, f)
	ctx, cancel := context.WithTimeout(ctx, uploadWithin)
	defer cancel()
	var answer uploaded
	if err := h.API.Upload(ctx, h.Tokens, to.path, "media", content.Named(f.Path), bytes.NewReader(b), &answer); err != nil {
		return "", judge(err), err
	}
	if id = cmp.Or(string(answer.MediaID), string(answer.ThumbID)); to.permanent {
		id = string(answer.URL)
	}
	if id == "" || len(id) > idMax {
		return "", Unreachable, errNoID
	}
	return id, Uploaded, nil
}

// save writes an upload down, also when nobody waits any more. What is not written down is uploaded again after a restart, or by
// another process.
func (k *Keeper) save(ctx context.Context, h *home, u store.Upload) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stateWithin)
	defer cancel()
	if err := k.records.SaveUpload(ctx, u); err != nil {
		k.log.Warn("an uploaded file is not written down", zap.String("account", string(h.account())), zap.Error(err))
	}
}

// Again is for messages of which the platform does not know a media id: it does not say which. All of the content's files in them
// are uploaded again, unless somebody has done so meanwhile. It gives the messages with the new ids, and without those that could
// not be had before ctx ends; changed is false when none of their ids is of the content.
func (k *Keeper) Again(ctx context.Context, account bot.AccountName, messages []bot.Message) (_ []bot.Message, changed bool) {
	h, ids := k.of[account], named(messages)
	if h == nil || len(ids) == 0 {
		return messages, false
	}
	var all sync.WaitGroup
	for at, id := range ids {
		all.Go(func() { k.replace(ctx, h, at, id) })
	}
	all.Wait()
	h.hurry()
	return fill(messages, func(path string, form content.Form) string { return k.find(account, path, form) }), true
}

// replace gets another id for a file than one that the platform does not know. Many who ask at once cause one upload.
func (k *Keeper) replace(ctx context.Context, h *home, at spot, dead string) {
	f, ok := h.file(at)
	if !ok {
		return
	}
	h.forget(itemOf(f), dead)
	_, _, _ = h.flights.Do(fmt.Sprint(itemOf(f)), func() (any, error) {
		// The records may have brought the dead one back meanwhile.
		if id := h.find(at.path, at.form, k.now()); id == "" || id == dead {
			k.drop(ctx, h, dead)
			if !h.resting(k.now()) {
				k.upload(ctx, h, f)
			}
		}
		return nil, nil
	})
}

// drop forgets an id for all processes.
func (k *Keeper) drop(ctx context.Context, h *home, id string) {
	known, err := k.records.DropUpload(ctx, h.owner(), id)
	switch {
	case err != nil:
		k.log.Warn("a media id that the platform does not know stays written down", zap.String("account", string(h.account())), zap.Error(err))
	case known:
		k.log.Warn("the platform does not know a media id any more, the file is uploaded again", zap.String("account", string(h.account())))
	}
}
