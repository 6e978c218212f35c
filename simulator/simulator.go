package simulator

import (
	"context"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/simulator/official"
	"guanjia/simulator/platform"
	"guanjia/simulator/robot"
)

// ErrClosed is the answer to acts after Close.
var ErrClosed = errors.New("the simulator is closed")

// Simulator is the platform. It is an http.Handler: its page, its API and its pictures, to be mounted under any path that
// ends in a slash.
type Simulator struct {
	cfg      Config
	log      *zap.Logger
	clock    *Clock
	accounts []*account
	corps    []platform.Corp
	apps     []*app // of all corps
	api      *platform.API
	official *official.Service
	contacts *contacts
	robots   *robot.Service
	parts    map[string]platform.Part // by the name under which the state file keeps what they remember
	desks    *desks                   // WeChat customer service
	changed  chan struct{}            // something is to be saved
	client   *http.Client
	handler  http.Handler
	stream   *stream
	file     *stateFile

	ctx  context.Context // of the work in flight; cancelled when Close gives up waiting
	stop context.CancelFunc
	work sync.WaitGroup

	mu           sync.Mutex // guards everything below and in state
	closed       bool
	state        state
	byID         map[string]*User // of state
	byOpenID     map[string]*User // of state, by account/openid
	lot          *rand.Rand
	deliveries   []*Delivery // the latest, oldest first
	lastDelivery int64
	calls        []platform.Record // the latest API calls, oldest first
	lastCall     int64
}

// account is an Account at work.
type account struct {
	Account
	menuID   int64
	material map[string]*Media
	endpoint
}

// New makes the platform play. It reads the state file when there is one; Close must be called at the end.
func New(cfg Config) (*Simulator, error) {
	cfg.setDefaults()
	s := &Simulator{cfg: cfg, log: cfg.Log, clock: cfg.Clock, client: newClient(), stream: newStream(), changed: make(chan struct{}, 1), byID: map[string]*User{}, byOpenID: map[string]*User{}}
	if err := errors.Join(s.open(cfg.Accounts), s.openCorps(cfg.Corps)); err != nil {
		return nil, err
	}
	s.state = newState(cfg.Seed)
	s.openPlatform()
	if cfg.StateFile != "" {
		s.file = &stateFile{path: cfg.StateFile}
		if err := s.restore(); err != nil {
			return nil, err
		}
	}
	s.lot = rand.New(rand.NewPCG(s.state.Seed, uint64(s.state.LastExchange))) //nolint:gosec // must be repeatable; keys are not drawn here
	s.introduce()
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.handler = s.routes()
	s.work.Go(s.keep)
	s.desks.resume()
	return s, nil
}

// open takes the accounts over from the configuration.
func (s *Simulator) open(accounts []Account) error {
	if len(accounts) == 0 && len(s.cfg.Corps) == 0 {
		return errors.New("the simulator needs an account, or a corp")
	}
	var errs []error
	for _, a := range accounts {
		if a.Mode == "" {
			a.Mode = ModeSecure
		}
		if a.Title == "" {
			a.Title = a.Name
		}
		if s.account(a.Name) != nil {
			errs = append(errs, fmt.Errorf("account %q is there twice", a.Name))
			continue
		}
		if err := a.check(); err != nil {
			errs = append(errs, err)
		}
		s.accounts = append(s.accounts, newAccount(a))
	}
	return errors.Join(errs...)
}

// introduce gives everybody a name on accounts and in corps that were not there when they came.
func (s *Simulator) introduce() {
	for _, u := range s.state.Users {
		u.UnionID, u.Corps = s.unionID(u.ID), s.externalUserIDs(u.ID)
		for _, a := range s.accounts {
			if _, ok := u.Accounts[a.Name]; !ok {
				u.Accounts[a.Name] = Follower{OpenID: openID(s.state.Seed, a.OriginalID, u.ID)}
			}
		}
		s.list(u)
	}
}

// Clock is the time of the simulated world.
func (s *Simulator) Clock() *Clock { return s.clock }

// ServeHTTP serves the page, the API and the pictures.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close takes no more acts, ends the event streams and waits for the callbacks in flight. When ctx ends first they are broken
// off and its error is returned. An http.Server in front can be shut down afterwards.
func (s *Simulator) Close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.changed)
	}
	s.mu.Unlock()
	s.stream.close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.work.Wait()
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = fmt.Errorf("close the simulator: %w", ctx.Err())
	}
	s.stop()
	<-done
	s.client.CloseIdleConnections()
	return errors.Join(err, s.save())
}

// account finds an account by name; nil when there is none.
func (s *Simulator) account(name string) *account {
	for _, a := range s.accounts {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// scene finds one of the account's scenes, from the start or made by the API.
func (s *Simulator) scene(a *account, key string) (Scene, bool) {
	for _, scene := range s.scenes(a) {
		if scene.Key == key {
			return scene, true
		}
	}
	return Scene{}, false
}

// ticket is what exchanges for the picture of a scene's code: always the same for the same scene.
func (a *account) ticket(scene string) string {
	sum := sha256.Sum256([]byte(a.AppID + "\x00" + scene))
	return "gQ" + base64.URLEncoding.EncodeToString(append(sum[:], sum[:]...))
}

func menuID(originalID string) int64 {
	h := fnv.New32a()
	h.Write([]byte(originalID))
	return 400_000_000 + int64(h.Sum32()%100_000_000)
}

func newSeed() uint64 {
	var b [8]byte
	crand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
