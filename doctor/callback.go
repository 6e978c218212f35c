package doctor

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guanjia/channel/wxapi"
)

const (
	// answerMost is how much of an answer is read, in bytes.
	answerMost = 64 << 10
	// askWithin bounds one request: longer than the platform waits, so that it can be told how late an answer is.
	askWithin = 10 * time.Second
)

// answer is what came back from the callback address.
type answer struct {
	status   int
	body     string
	location string // of a redirect
	date     string
	took     time.Duration
	until    time.Time // the end of the certificate; zero without TLS
	err      error     // nothing came
}

// callback calls the callback address as the platform would.
func (d Doctor) callback(ctx context.Context, a Account) {
	if a.Callback == "" {
		d.Tell(note("set BOT_PUBLIC_URL to the address under which the platform reaches the bot, such as https://bot.example.com", "the callback address is not examined, since it is not known"))
		return
	}
	target, err := url.Parse(a.Callback)
	if err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https" {
		d.Tell(problem("write it whole, such as https://bot.example.com/callback/"+string(a.Name), "%q is not the address of a callback", a.Callback))
		return
	}
	for _, f := range judgeAddressOf(a, target, lookUp(ctx, target.Hostname())) {
		d.Tell(f)
	}
	p := newProber(a, d.Now())
	if a.Kind == wxapi.WeCom && p.key == nil {
		return // judgeSettings has said so
	}
	query, want := p.echo()
	got := d.ask(ctx, http.MethodGet, target, query, "")
	f := judgeEcho(a, target, want, query.Get("echostr"), got)
	if f.Level == Problem && got.status == http.StatusForbidden {
		f = judgeForbidden(a, got, d.Now(), d.ask(ctx, http.MethodGet, target, p.garbled(), ""))
	}
	d.Tell(f)
	if !got.until.IsZero() {
		d.Tell(judgeCertificate(got.until, d.Now()))
	}
	if f.Level == Problem {
		return
	}
	d.strictness(ctx, a, target, p)
	query, body := p.event()
	d.Tell(judgeEvent(a, d.ask(ctx, http.MethodPost, target, query, body)))
}

// strictness sends what must be refused.
func (d Doctor) strictness(ctx context.Context, a Account, target *url.URL, p prober) {
	forged := d.ask(ctx, http.MethodGet, target, p.forged(), "")
	elsewhere := answer{status: http.StatusForbidden}
	if a.Kind == wxapi.WeCom {
		elsewhere = d.ask(ctx, http.MethodGet, target, p.echoing(digits(), "ww0000000000000000"), "")
	}
	d.Tell(judgeStrictness(forged, elsewhere))
}

// ask makes one request as the platform makes it. It follows no redirect.
func (d Doctor) ask(ctx context.Context, method string, target *url.URL, query url.Values, body string) answer {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	u := *target
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += query.Encode()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), strings.NewReader(body))
	if err != nil {
		return answer{err: withoutURL(err)}
	}
	req.Header.Set("User-Agent", "Mozilla/4.0") // as the platform says of itself
	req.Header.Set("Accept", "*/*")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "text/xml")
	}
	began := time.Now()
	resp, err := d.client().Do(req)
	if err != nil {
		return answer{err: withoutURL(err), took: time.Since(began)}
	}
	defer func() { _ = resp.Body.Close() }() // it has been read
	b, err := io.ReadAll(io.LimitReader(resp.Body, answerMost))
	a := answer{status: resp.StatusCode, body: string(b), location: resp.Header.Get("Location"), date: resp.Header.Get("Date"), took: time.Since(began)}
	if err != nil {
		a.err = withoutURL(err)
	}
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		a.until = resp.TLS.PeerCertificates[0].NotAfter
	}
	return a
}

func (d Doctor) client() *http.Client {
	c := http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	if d.HTTP != nil {
		c = *d.HTTP
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// lookUp gives the addresses of a host; none when they are not known.
func lookUp(ctx context.Context, host string) []net.IP {
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	var all []net.IP
	found, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return nil // asking there will say so
	}
	for _, f := range found {
		all = append(all, f.IP)
	}
	return all
}
