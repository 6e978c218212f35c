package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"guanjia/app"
	"guanjia/broadcast"
	"guanjia/operator"
	"guanjia/simulator"
)

// drafts are the broadcasts that the demo has ready, each in a file called as its id.
//
//go:embed drafts/*.yaml
var drafts embed.FS

const (
	operatorPath = "/operator/"
	// draftsWait bounds each call that hands a draft over.
	draftsWait = time.Minute
)

// demoOperator is the page of whoever runs the demo's bot. It has the bot's API by a key, and the clock of the world.
func demoOperator(s app.Settings, base string, clock *simulator.Simulator) (http.Handler, error) {
	key, err := demoAPIKey(s)
	if err != nil {
		return nil, err
	}
	return operator.New(operator.Config{
		API: base, Key: key, Phone: "../simulator/", Zone: s.Content.Timezone.Location.String(), Now: clock.Clock().Now,
		Advance: func(d time.Duration) error { return advance(clock, d) },
	})
}

// advance moves the clock, in steps as large as it takes.
func advance(sim *simulator.Simulator, d time.Duration) error {
	for d > 0 {
		step := min(d, simulator.MaxAdvance)
		if _, err := sim.Advance(step); err != nil {
			return err
		}
		d -= step
	}
	return nil
}

// demoAPIKey is the first key of the bot's API; empty: it is closed.
func demoAPIKey(s app.Settings) (string, error) {
	keys, err := s.API.Keys()
	if err != nil || len(keys) == 0 {
		return "", err
	}
	return keys[0].Key.Reveal(), nil
}

// giveDrafts hands the drafts to the bot by its API, as anybody would. One that it has is left as it is: it may have been sent.
func giveDrafts(ctx context.Context, s app.Settings, base string) error {
	key, err := demoAPIKey(s)
	if err != nil || key == "" {
		return err
	}
	files, err := fs.Glob(drafts, "drafts/*.yaml")
	if err != nil {
		return err
	}
	for _, file := range slices.Backward(files) { // the list shows the newest first
		text, err := drafts.ReadFile(file)
		if err != nil {
			return err
		}
		id := strings.TrimSuffix(path.Base(file), path.Ext(file))
		status, err := callAPI(ctx, http.MethodGet, base+broadcast.APIPattern+"/"+id, key, nil)
		if err == nil && status == http.StatusNotFound {
			status, err = callAPI(ctx, http.MethodPost, base+broadcast.APIPattern, key, text)
		}
		if err != nil || status != http.StatusOK {
			return fmt.Errorf("the draft %s was not taken: HTTP %d, %w", id, status, err)
		}
	}
	return nil
}

func callAPI(ctx context.Context, method, url, key string, body []byte) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := (&http.Client{Timeout: draftsWait}).Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}
