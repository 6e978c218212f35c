package app

import (
	"errors"
	"slices"
	"strings"

	"go.uber.org/zap"
)

// Reload takes up the settings and the content as they are now. What can't be used leaves the old in place; the error says
// why, and so does the log.
func (a *App) Reload() error { return errors.Join(a.reloadSettings(), a.reloadContent()) }

// reloadSettings takes up the toggles and the log level. The other settings wait for a restart.
func (a *App) reloadSettings() error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	next := a.opts.Source.Read()
	if err := next.Problems.Err(); err != nil {
		a.metrics.reloads.WithLabelValues("settings", "error").Inc()
		a.log.Error("changed settings can't be used, the old ones stay", zap.String("problems", oneLine(err)))
		return err
	}
	keys := next.changed(a.reading)
	if len(keys) == 0 {
		return nil
	}
	for _, c := range a.toggles.Set(next.Settings) {
		a.log.Info("toggle changed", zap.String("setting", c.Key), zap.Stringer("old", c.Old), zap.Stringer("new", c.New))
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == c.Key })
	}
	a.metrics.showToggles(a.settings, a.toggles)
	if old, level := a.reading.Settings.Log.LogLevel, next.Settings.Log.LogLevel; old != level {
		a.opts.Level.SetLevel(levelOf(next.Settings.Log))
		a.log.Info("log level changed", zap.String("old", old), zap.String("new", level))
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == varPrefix+"_LOG_LEVEL" })
	}
	if len(keys) > 0 {
		a.log.Warn("changed settings count after a restart", zap.Strings("settings", keys))
	}
	for _, p := range next.Unknown {
		a.log.Warn("setting is not known", zap.String("problem", p.String()))
	}
	a.reading = next
	a.metrics.reloads.WithLabelValues("settings", "ok").Inc()
	return nil
}

// reloadContent reads and checks the whole folder and builds all of it before the running content is touched.
func (a *App) reloadContent() error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	c, problems := ReadContent(a.settings)
	err := problems.Err()
	if err == nil {
		err = a.use(c)
	}
	if err != nil {
		a.metrics.reloads.WithLabelValues("content", "error").Inc()
		a.log.Error("changed content can't be used, the old stays", zap.String("problems", oneLine(err)))
		return err
	}
	a.metrics.reloads.WithLabelValues("content", "ok").Inc()
	a.log.Info("content reloaded", zap.Int("files", c.Files))
	return nil
}

// use swaps the content.
func (a *App) use(c *Content) error {
	router, err := c.router(a.store)
	if err != nil {
		return err
	}
	a.content.Store(c)
	a.media.Use(c.attached)
	a.engine.Use(router, c.texts)
	a.usePlans(c)
	return nil
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", " | ") }
