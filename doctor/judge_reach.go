package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

func judgeAPILatency(api string, took time.Duration) Finding {
	if took > slowAPI {
		return warning("look at the way there: DNS, a proxy, the distance", "the platform's API at %s takes %s to answer", api, round(took))
	}
	return ok("the platform's API at %s answers in %s", api, round(took))
}

// withoutURL takes the URL out of an error, which may hold what is signed.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// judgeUnreached says why no answer came. outgoing: from the platform's side, else from ours.
func judgeUnreached(what string, err error, outgoing bool) Finding {
	var dns *net.DNSError
	var expired x509.CertificateInvalidError
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return problem(pick(outgoing, "look at this machine's DNS", "look at the domain's DNS record, and at the address in BOT_PUBLIC_URL"), "%s is not reached: the name %s is not known (%s)", what, dns.Name, dns.Err)
	case errors.As(err, &expired) && expired.Reason == x509.Expired:
		return problem(pick(outgoing, "look at this machine's clock and certificates", "renew the certificate"), "%s: the certificate has expired or is not valid yet", what)
	case errors.As(err, &host):
		return problem(pick(outgoing, "look at what stands between this machine and the platform", "install the certificate of this domain"), "%s: the certificate is for another name: %v", what, host)
	case errors.As(err, &authority):
		return problem(pick(outgoing, "look at what stands between this machine and the platform, and at this machine's root certificates", "install the certificate with its whole chain (fullchain), of an authority that everybody knows"),
			"%s: the certificate is by nobody who is known here: it is self-signed, or the intermediate certificate is missing", what)
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return problem("write http:// instead of https://, or let the server speak TLS", "%s: something answers there that speaks no TLS", what)
	case errors.Is(err, syscall.ECONNREFUSED):
		return problem(pick(outgoing, "look at the firewall and the proxy", "start the bot, or look at the firewall and at what is in front of the bot"), "%s is not reached: nobody listens there", what)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return problem(pick(outgoing, "look at the firewall and the proxy", "look at the firewall, and why the bot takes so long: its log, guanjia_callback_seconds"), "%s does not answer in time", what)
	}
	return problem(pick(outgoing, "look at the way there: firewall, proxy", "look at the bot and what is in front of it"), "%s is not reached: %v", what, err)
}

// noticeable is from when a clock is worth a word though no callback is refused for it.
const noticeable = 30 * time.Second

// judgeClock compares this machine's clock with a Date header.
func judgeClock(date string, now time.Time, window time.Duration, whose string) Finding {
	theirs, err := http.ParseTime(date)
	if err != nil {
		return note("", "%s clock is not known: the answer has no date", whose)
	}
	off := now.Sub(theirs)
	const remedy = "set this machine's clock by NTP"
	switch {
	case window > 0 && off.Abs() > window:
		return problem(remedy, "this machine's clock is %s off %s: callbacks are refused beyond BOT_CALLBACK_MAX_SKEW (%s)", off.Abs().Round(time.Second), whose, window)
	case off.Abs() > noticeable:
		return warning(remedy, "this machine's clock is %s off %s", off.Abs().Round(time.Second), whose)
	}
	return ok("this machine's clock agrees with %s", whose)
}

func pick(first bool, one, other string) string {
	if first {
		return one
	}
	return other
}

// round is a duration as people say it.
func round(d time.Duration) time.Duration {
	if d < time.Second {
		return max(d.Round(time.Millisecond), time.Millisecond)
	}
	return d.Round(100 * time.Millisecond)
}
