package doctor

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// Running is what the bot has counted since its start.
type Running struct {
	series map[string]float64 // by name and labels, as they are written
}

// metricsMost bounds what is read of a bot's metrics, in bytes.
const metricsMost = 8 << 20

// AskRunning reads the metrics of the bot that runs at an internal address (host:port); known is false when none answers there.
func AskRunning(ctx context.Context, address string) (r Running, known bool) {
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", http.NoBody)
	if err != nil {
		return r, false
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return r, false
	}
	defer func() { _ = resp.Body.Close() }() // it has been read
	if resp.StatusCode != http.StatusOK {
		return r, false
	}
	return readMetrics(io.LimitReader(resp.Body, metricsMost)), true
}

// readMetrics reads Prometheus' text format, as far as it is the bot's.
func readMetrics(from io.Reader) Running {
	r := Running{series: map[string]float64{}}
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		name, value, found := strings.Cut(lines.Text(), "} ")
		if !found || !strings.HasPrefix(name, "guanjia_") {
			continue
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			r.series[name+"}"] = v
		}
	}
	return r
}

var label = regexp.MustCompile(`([a-z_]+)="([^"]*)"`)

// of gives the values of a metric for an account, by another label.
func (r Running) of(metric, account, by string) map[string]float64 {
	values := map[string]float64{}
	for series, v := range r.series {
		name, labels, _ := strings.Cut(series, "{")
		if name != metric {
			continue
		}
		set := map[string]string{}
		for _, m := range label.FindAllStringSubmatch(labels, -1) {
			set[m[1]] = m[2]
		}
		if set["account"] == account {
			values[set[by]] += v
		}
	}
	return values
}
