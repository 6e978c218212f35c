package wxapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"go.uber.org/zap"
)

const (
	// fetchTimeout bounds the platform's answer to a request for a token, repetitions included.
	fetchTimeout = 5 * time.Second
	// lockFor outlasts a fetch with the shared state slow before and after it. A process that dies in between keeps the others
	// waiting for that long.
	lockFor = fetchTimeout + 2*sharedTimeout + time.Second
	// flightTimeout is enough to wait for somebody else's lock to run out and then fetch.
	flightTimeout = 2*lockFor + 5*time.Second
	// pollFirst and pollMax are the pauses between looks at what another process fetches.
	pollFirst = 20 * time.Millisecond
	pollMax   = 500 * time.Millisecond
)

// flight is one search for a fresh token, which all who miss one share.
type flight struct {
	done  chan struct{} // closed when the rest is set
	token string
	err   error
}

// depart gives the known token, if any, and the flight to wait for without one. It starts a flight unless one is under way or
// it is too early: then it gives the last failure, if there was one.
func (s *Source) depart(now time.Time) (*held, *flight, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.token.Load()
	switch {
	case s.flight != nil:
		return h, s.flight, nil
	case h.fresh(now): // one has just landed
		return h, nil, nil
	case s.closed:
		return h, nil, errClosed
	case now.Before(s.notBefore) && (s.failed != nil || h.usable(now)):
		return h, nil, s.failed
	}
	s.flight = &flight{done: make(chan struct{})}
	f := s.flight
	s.flights.Go(func() { s.fly(f) })
	return h, f, nil
}

// fly brings the token of a flight.
func (s *Source) fly(f *flight) {
	ctx, cancel := context.WithTimeout(s.life, flightTimeout)
	defer cancel()
	for {
		h, err := s.renew(ctx)
		if err != nil {
			s.crash(f, err)
			return
		}
		if s.land(f, h) {
			return
		}
	}
}

// land settles a flight that found a token, unless the platform took that one back meanwhile.
func (s *Source) land(f *flight, h *held) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.value == s.bad {
		return false
	}
	s.flight, s.failed, s.failures = nil, nil, 0
	s.notBefore = s.c.Now().Add(pauseSettled)
	f.token = h.value
	close(f.done)
	return true
}

// crash settles a flight that found none.
func (s *Source) crash(f *flight, err error) {
	now := s.c.Now()
	if s.life.Err() != nil {
		err = errClosed
	} else {
		s.log.Warn("no new access token", zap.Error(err), zap.Bool("old_one_serves", s.token.Load().usable(now)))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures++
	s.flight, s.failed = nil, fmt.Errorf("get an access token: %w", err)
	s.notBefore = now.Add(backOff(err, s.failures))
	f.err = s.failed
	close(f.done)
}

// renew finds a fresh token: one that another process has fetched, or a new one.
func (s *Source) renew(ctx context.Context) (*held, error) {
	if s.c.Shared == nil {
		return s.fetch(ctx)
	}
	owner := rand.Text()
	for pause := pollFirst; ; pause = min(2*pause, pollMax) {
		h, err := s.look(ctx)
		if err == nil && h.fresh(s.c.Now()) {
			return h, nil
		}
		locked := false
		if err == nil {
			locked, err = s.lock(ctx, owner)
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			s.log.Warn("shared tokens are out of reach, this process fetches its own", zap.Error(err))
			return s.fetch(ctx)
		case locked:
			return s.fetchForAll(ctx, owner)
		case h.usable(s.c.Now()):
			return h, nil // somebody else is fetching the next
		case !wait(ctx, pause):
			return nil, fmt.Errorf("wait for another process that fetches it: %w", context.DeadlineExceeded)
		}
	}
}

// fetchForAll fetches a token under the lock and shares it.
func (s *Source) fetchForAll(ctx context.Context, owner string) (*held, error) {
	defer s.unlock(ctx, owner)
	// It may have been brought between the look and the lock.
	if h, err := s.look(ctx); err == nil && h.fresh(s.c.Now()) {
		return h, nil
	}
	h, err := s.fetch(ctx)
	if err == nil {
		s.share(ctx, h)
	}
	return h, err
}

// fetch asks the platform for a token and keeps it.
func (s *Source) fetch(ctx context.Context) (*held, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	h, err := s.ask(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.value == s.bad {
		s.bad = "" // the platform insists that it holds
	}
	s.token.Store(h)
	return h, nil
}

// look reads the shared token and keeps it if it lives longer than the known one. It gives the better of both; a token that
// the platform took back is none.
func (s *Source) look(ctx context.Context) (*held, error) {
	ctx, cancel := context.WithTimeout(ctx, sharedTimeout)
	defer cancel()
	value, ok, err := s.c.Shared.Get(ctx, s.key)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.token.Load()
	if !ok {
		return h, nil
	}
	found := decodeHeld(value)
	if found != nil && found.value != s.bad && (h == nil || found.expires.After(h.expires)) {
		s.token.Store(found)
		return found, nil
	}
	return h, nil
}

func (s *Source) lock(ctx context.Context, owner string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, sharedTimeout)
	defer cancel()
	return s.c.Shared.TryLock(ctx, s.key, owner, lockFor)
}

// unlock works after the end of ctx as well, so that the others need not wait for the lock to run out.
func (s *Source) unlock(ctx context.Context, owner string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedTimeout)
	defer cancel()
	if err := s.c.Shared.Unlock(ctx, s.key, owner); err != nil {
		s.log.Warn("the lock on shared tokens stays until its time is over", zap.Error(err))
	}
}

// share gives a new token to the other processes.
func (s *Source) share(ctx context.Context, h *held) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedTimeout)
	defer cancel()
	value, err := h.encode()
	if err == nil {
		err = s.c.Shared.Put(ctx, s.key, value, h.expires.Sub(s.c.Now()))
	}
	if err != nil {
		s.log.Warn("a new access token is not shared, other processes fetch their own", zap.Error(err))
	}
}

// dropShared deletes the shared token if it is the one given.
func (s *Source) dropShared(ctx context.Context, token string) {
	if s.c.Shared == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sharedTimeout)
	defer cancel()
	value, ok, err := s.c.Shared.Get(ctx, s.key)
	if err == nil && ok {
		if h := decodeHeld(value); h == nil || h.value != token {
			return
		}
		err = s.c.Shared.DeleteIf(ctx, s.key, value)
	}
	if err != nil {
		s.log.Warn("a token that was taken back stays shared until there is another", zap.Error(err))
	}
}
