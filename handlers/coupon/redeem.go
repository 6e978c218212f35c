package coupon

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"guanjia/store"
)

// RedeemPattern is where a RedeemAPI belongs in a ServeMux.
const RedeemPattern = "POST /api/v1/coupons/{code}/redeem"

// Bounds of a request.
const (
	MaxCodeLength    = 64      // characters of a code
	maxRedeemBody    = 4 << 10 // bytes; a body is allowed and means nothing
	maxIdempotency   = 128     // characters of an Idempotency-Key
	minSecret        = 16      // characters of a key
	redeemBudget     = 5 * time.Second
	bearerPrefix     = "Bearer "
	idempotencyField = "Idempotency-Key"
)

// Redeemer uses codes up.
type Redeemer interface {
	RedeemCoupon(ctx context.Context, r store.RedeemRequest) (store.Redemption, store.RedeemOutcome, error)
}

// Key lets one caller in: a shop's till, a partner's server.
type Key struct {
	Name   string // recorded with each redemption
	Secret string
}

// RedeemConfig is what a RedeemAPI needs.
type RedeemConfig struct {
	Keys    []Key // none: the API is off
	Coupons Redeemer
	Now     func() time.Time
	Zone    *time.Location
	Log     *zap.Logger
}

// RedeemAPI is the HTTP handler with which shops use codes up. It answers in JSON: a stable word for the program and a
// sentence for the person at the till.
type RedeemAPI struct {
	cfg     RedeemConfig
	secrets [][sha256.Size]byte // of cfg.Keys, in order
}

// NewRedeemAPI makes a RedeemAPI. Keys without a name or with a secret that can be guessed are errors.
func NewRedeemAPI(cfg RedeemConfig) (*RedeemAPI, error) {
	a := &RedeemAPI{cfg: cfg}
	for i, k := range cfg.Keys {
		if k.Name == "" {
			return nil, fmt.Errorf("redeem key %d has no name", i+1)
		}
		if len(k.Secret) < minSecret {
			return nil, fmt.Errorf("redeem key %q is shorter than %d characters", k.Name, minSecret)
		}
		a.secrets = append(a.secrets, sha256.Sum256([]byte(k.Secret)))
	}
	return a, nil
}

// ServeHTTP answers one request.
func (a *RedeemAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer(w, a.redeem(w, r))
}

func (a *RedeemAPI) redeem(w http.ResponseWriter, r *http.Request) redeemAnswer {
	if len(a.secrets) == 0 {
		return refusal(http.StatusNotFound, "api_off", "核销接口没有开启：还没有配置密钥。")
	}
	by, ok := a.caller(r.Header.Get("Authorization"))
	if !ok {
		return refusal(http.StatusUnauthorized, "unauthorized", "密钥不对，请检查 Authorization: Bearer 后面的密钥。")
	}
	if refused, ok := readNothing(w, r); !ok {
		return refused
	}
	codes, key := candidates(r.PathValue("code")), r.Header.Get(idempotencyField)
	switch {
	case len(codes) == 0:
		return refusal(http.StatusBadRequest, "invalid_code", "券码不对，请重新扫码或输入。")
	case len(key) > maxIdempotency || strings.ContainsFunc(key, notPrintable):
		return refusal(http.StatusBadRequest, "invalid_idempotency_key", "Idempotency-Key 最多 128 个可见字符。")
	}
	return a.try(r.Context(), codes, store.RedeemRequest{IdempotencyKey: key, By: by, At: a.cfg.Now()})
}

// candidates are the codes that typed may mean: itself, and what was probably meant.
func candidates(typed string) []string {
	var codes []string
	typed = strings.TrimSpace(typed)
	if badCode(typed) == "" {
		codes = append(codes, typed)
	}
	if code, ok := corrected(typed); ok && len(code) <= MaxCodeLength && code != typed {
		codes = append(codes, code)
	}
	return codes
}

// try redeems the first of the codes that is known.
func (a *RedeemAPI) try(ctx context.Context, codes []string, req store.RedeemRequest) redeemAnswer {
	ctx, cancel := context.WithTimeout(ctx, redeemBudget)
	defer cancel()
	var done store.Redemption
	outcome := store.UnknownCode
	for _, req.Code = range codes {
		var err error
		done, outcome, err = a.cfg.Coupons.RedeemCoupon(ctx, req)
		if err != nil {
			a.cfg.Log.Error("redemption broke off", zap.String("key", req.By), zap.Error(err))
			return refusal(http.StatusServiceUnavailable, "unavailable", "系统忙，这张券还没有核销成功，请稍后用同一个 Idempotency-Key 再试。")
		}
		if outcome != store.UnknownCode {
			break
		}
	}
	return a.answerTo(done, outcome)
}

// caller finds whose key the header holds. Every key is compared in full, so that the time taken tells nothing.
func (a *RedeemAPI) caller(authorization string) (name string, ok bool) {
	if len(authorization) < len(bearerPrefix) || !strings.EqualFold(authorization[:len(bearerPrefix)], bearerPrefix) {
		return "", false
	}
	given := sha256.Sum256([]byte(strings.TrimSpace(authorization[len(bearerPrefix):])))
	for i := range a.secrets {
		if subtle.ConstantTimeCompare(given[:], a.secrets[i][:]) == 1 {
			name, ok = a.cfg.Keys[i].Name, true
		}
	}
	return name, ok
}

// readNothing reads the body away, so that the connection can be used again, and refuses one that is too large.
func readNothing(w http.ResponseWriter, r *http.Request) (redeemAnswer, bool) {
	_, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxRedeemBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refusal(http.StatusRequestEntityTooLarge, "too_large", "请求太大：核销不需要内容。"), false
	case err != nil:
		return refusal(http.StatusBadRequest, "broken_request", "请求没有发完，请再试。"), false
	}
	return redeemAnswer{}, true
}

func (a *RedeemAPI) answerTo(done store.Redemption, outcome store.RedeemOutcome) redeemAnswer {
	at := done.RedeemedAt.In(a.cfg.Zone)
	var r redeemAnswer
	switch outcome {
	case store.Redeemed, store.RedeemedBefore:
		r = redeemAnswer{status: http.StatusOK, Result: "redeemed"}
	case store.AlreadyRedeemed:
		r = refusal(http.StatusConflict, "already_redeemed", "这张券已于"+at.Format("2006年1月2日 15:04")+"核销，不能再用。")
	case store.VoidCode:
		return refusal(http.StatusGone, "void", "这张券已作废，不能使用。").of(done)
	case store.ExpiredCode:
		return refusal(http.StatusGone, "expired", "这张券已过期，不能使用。").of(done)
	case store.UnclaimedCode:
		return refusal(http.StatusConflict, "unclaimed", "这张券还没有发给任何人，不能使用。").of(done)
	default:
		return refusal(http.StatusNotFound, "unknown", "没有这张券，请核对券码。")
	}
	r.RedeemedAt = at.Format(time.RFC3339)
	return r.of(done)
}

// redeemAnswer is the JSON of an answer: Result or Error, and what is known of the code.
type redeemAnswer struct {
	status     int
	Result     string       `json:"result,omitempty"`
	Error      *redeemError `json:"error,omitempty"`
	Code       string       `json:"code,omitempty"`
	Campaign   string       `json:"campaign,omitempty"`
	RedeemedAt string       `json:"redeemed_at,omitempty"`
}

type redeemError struct {
	Code    string `json:"code"`    // stable, for programs
	Message string `json:"message"` // for the person at the till
}

func refusal(status int, code, message string) redeemAnswer {
	return redeemAnswer{status: status, Error: &redeemError{Code: code, Message: message}}
}

func (r redeemAnswer) of(done store.Redemption) redeemAnswer {
	r.Code, r.Campaign = done.Code, done.Campaign
	return r
}

func answer(w http.ResponseWriter, r redeemAnswer) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if r.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(r) // who went away needs no answer
}

func notPrintable(r rune) bool { return r < ' ' || r > '~' }
