package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// server is one port.
type server struct {
	name     string
	listener net.Listener
	http     *http.Server
}

// open opens the ports; nothing is served yet.
func (a *App) open(ctx context.Context, s ListenSettings) (err error) {
	public := a.opts.Listener
	if public == nil {
		if public, err = listen(ctx, "BOT_ADDR", s.Addr); err != nil {
			return err
		}
	}
	a.servers = append(a.servers, &server{"public port", public, a.newServer(a.public(a.opts.Mounts), writeTimeout)})
	if s.InternalAddr == off {
		return nil
	}
	internal, err := listen(ctx, "BOT_INTERNAL_ADDR", s.InternalAddr)
	if err != nil {
		_ = public.Close()
		return err
	}
	a.servers = append(a.servers, &server{"internal port", internal, a.newServer(a.internal(), pprofTimeout)})
	return nil
}

// serve answers on a port until Stop, which lets the requests in flight end.
func (a *App) serve(srv *server) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := srv.http.Serve(srv.listener); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("%s: %w", srv.name, err)
		}
	}()
	a.teardown.add(srv.name, func(ctx context.Context) error {
		err := srv.http.Shutdown(ctx)
		if err != nil {
			err = errors.Join(fmt.Errorf("requests still in flight: %w", err), srv.http.Close())
		}
		<-done
		return err
	})
}

// startLoops begins what goes on beside the callbacks: watching the files and deleting what has expired.
func (a *App) startLoops() {
	ctx, cancel := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	loops.Go(func() { sweep(ctx, a.hot, a.store, a.opts.Now, a.log) })
	a.platform.keep(ctx, &loops)
	watch := func(path string, reload func() error) {
		if path == "" {
			return
		}
		w := &watcher{path: path, log: a.log, changed: func() { _ = reload() }} // the error is in the log
		loops.Go(func() { w.run(ctx, a.seen[path]) })
	}
	watch(a.settings.Content.EnvFile, a.reloadSettings)
	watch(a.settings.Content.ContentDir, a.reloadContent)
	a.teardown.add("loops", func(context.Context) error { cancel(); loops.Wait(); return nil })
}
