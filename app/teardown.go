package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// teardown are the steps that end what was begun, taken last first.
type teardown struct{ steps []step }

type step struct {
	name string
	stop func(context.Context) error
}

// add puts a step before those added earlier.
func (t *teardown) add(name string, stop func(context.Context) error) {
	t.steps = append(t.steps, step{name, stop})
}

// run takes every step, also when one fails, and only once. ctx is the budget of all together.
func (t *teardown) run(ctx context.Context, log *zap.Logger) error {
	var errs []error
	for len(t.steps) > 0 {
		last := len(t.steps) - 1
		s := t.steps[last]
		t.steps = t.steps[:last]
		began := time.Now()
		if err := s.stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.name, err))
			log.Error("stop step failed", zap.String("step", s.name), zap.Duration("took", time.Since(began)), zap.Error(err))
			continue
		}
		log.Debug("stop step done", zap.String("step", s.name), zap.Duration("took", time.Since(began)))
	}
	return errors.Join(errs...)
}
