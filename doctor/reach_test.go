package doctor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestAddressesThatAreNotReached say why.
func TestAddressesThatAreNotReached(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	plain := httptest.NewServer(running(t, assistant))
	defer plain.Close()
	for address, part := range map[string]string{
		"http://" + closed + "/callback/assistant":     "nobody listens there",
		"https://name.invalid/callback/assistant":      "is not known",
		strings.Replace(plain.URL, "http", "https", 1): "speaks no TLS",
		"bot.example.com/callback/assistant":           "is not the address of a callback",
		"ftp://bot.example.com/":                       "is not the address of a callback",
	} {
		check(t, worst(examined(t, assistant, address, nil)), Problem, part)
	}
	check(t, examined(t, assistant, "", nil)[0], Note, "BOT_PUBLIC_URL")
}

// authority makes certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{pool: x509.NewCertPool()}
	a.cert, a.key = a.sign(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(1000 * time.Hour)})
	a.pool.AddCert(a.cert)
	return a
}

// sign makes a certificate, by itself the first time.
func (a *authority) sign(t *testing.T, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber, c.Subject, c.NotBefore = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: "test"}, time.Now().Add(-1000*time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// TestCertificates: what browsers warn of, the platform refuses.
func TestCertificates(t *testing.T) {
	t.Parallel()
	known := newAuthority(t)
	here := []net.IP{net.ParseIP("127.0.0.1")}
	for _, tc := range []struct {
		name  string
		by    *authority
		cert  x509.Certificate
		level Level
		part  string
	}{
		{"good", known, x509.Certificate{IPAddresses: here, NotAfter: time.Now().Add(800 * time.Hour)}, OK, ""},
		{"ends soon", known, x509.Certificate{IPAddresses: here, NotAfter: time.Now().Add(24 * time.Hour)}, Warning, "ends on"},
		{"expired", known, x509.Certificate{IPAddresses: here, NotAfter: time.Now().Add(-time.Hour)}, Problem, "has expired"},
		{"of another host", known, x509.Certificate{DNSNames: []string{"www.example.com"}, NotAfter: time.Now().Add(800 * time.Hour)}, Problem, "for another name"},
		{"by nobody known", newAuthority(t), x509.Certificate{IPAddresses: here, NotAfter: time.Now().Add(800 * time.Hour)}, Problem, "by nobody who is known"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cert, key := tc.by.sign(t, &tc.cert)
			server := httptest.NewUnstartedServer(running(t, assistant))
			server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: known.pool}}}
			found := examined(t, assistant, server.URL+"/callback/assistant", client)
			check(t, worst(found), tc.level, tc.part)
		})
	}
}
