package platform

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"go.uber.org/zap"
)

// Kind is one of the two platforms.
type Kind string

// The platforms.
const (
	OfficialAccount Kind = "official"
	WeCom           Kind = "wecom"
)

// Needs is what a caller must have for a call.
type Needs struct {
	kind    Kind
	right   Right
	open    bool // no token is asked for
	counted Limit
}

// ByApp needs the token of any app of a corp.
func ByApp() Needs { return Needs{kind: WeCom, counted: limitWeCom} }

// ByAppWith needs the token of an app that has the right.
func ByAppWith(r Right) Needs { return Needs{kind: WeCom, right: r, counted: limitWeCom} }

// ByAccount needs the token of an official account.
func ByAccount() Needs { return Needs{kind: OfficialAccount, counted: limitOfficial} }

// ByCertified needs the token of an official account that is certified.
func ByCertified() Needs {
	return Needs{kind: OfficialAccount, right: RightCertified, counted: limitOfficial}
}

// ByService needs the token of a service account (服务号) that is certified.
func ByService() Needs {
	return Needs{kind: OfficialAccount, right: RightOfService, counted: limitOfficial}
}

// ByAnybody needs no token.
func ByAnybody(k Kind) Needs { return Needs{kind: k, open: true} }

// At replaces how often the call may be made; see Limit.
func (n Needs) At(l Limit) Needs { n.counted = l; return n }

// Func answers a call.
type Func func(c *Call) (answer any, err error)

// route is what was registered for a method, a path and a platform.
type route struct {
	method, path string
	needs        Needs
	answer       Func
}

// Config says who may call, and how strictly they are read.
type Config struct {
	World     World
	Log       *zap.Logger // nil: none
	Corps     []Corp
	Officials []Official
	// AllowEscapes reads \uXXXX escapes in JSON. The platform refuses them (40033), or shows them to people as they are.
	AllowEscapes bool
	// Observe is told of every call after its answer is written; nil: nobody.
	Observe func(Record)
}

// API answers the calls. It is an http.Handler to be mounted at the root of a server: paths begin with /cgi-bin/,
// /customservice/ or /wxaapi/.
type API struct {
	world   World
	log     *zap.Logger
	corps   []Corp
	offs    []Official
	lenient bool
	observe func(Record)
	routes  map[string]map[Kind]*route // by path

	mu     sync.Mutex // guards what follows
	tokens tokens
	usage  map[string]*used // by caller and path
	limits map[string]Limit // by path: set by hand
	clears map[string]int   // how often an account cleared its quotas, by month
	faults []*Fault
	counts map[string]*Count // by platform and path
}

// New makes an API that knows how tokens are fetched and nothing else.
func New(c Config) *API {
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	a := &API{
		world: c.World, log: c.Log, corps: c.Corps, offs: c.Officials, lenient: c.AllowEscapes, observe: c.Observe,
		routes: map[string]map[Kind]*route{}, tokens: newTokens(), usage: map[string]*used{}, limits: map[string]Limit{}, clears: map[string]int{},
		counts: map[string]*Count{},
	}
	a.registerTokens()
	return a
}

// Handle registers a call: "POST /cgi-bin/message/send". Both platforms may have one at the same path; the token tells which is
// meant. Calls are registered before the first request.
func (a *API) Handle(call string, needs Needs, f Func) {
	method, path, ok := strings.Cut(call, " ")
	if !ok || !strings.HasPrefix(path, "/") || method != http.MethodGet && method != http.MethodPost {
		panic("platform: a call is written as \"POST /cgi-bin/...\", got " + call)
	}
	if a.routes[path] == nil {
		a.routes[path] = map[Kind]*route{}
	}
	if a.routes[path][needs.kind] != nil {
		panic("platform: two calls at " + path)
	}
	a.routes[path][needs.kind] = &route{method: method, path: path, needs: needs, answer: f}
}

// Paths lists the calls there are, in order.
func (a *API) Paths() []string { return slices.Sorted(maps.Keys(a.routes)) }

// Corps are the corps there are.
func (a *API) Corps() []Corp { return a.corps }

// Corp finds a corp by its id; nil when there is none.
func (a *API) Corp(id string) *Corp {
	for i := range a.corps {
		if a.corps[i].ID == id {
			return &a.corps[i]
		}
	}
	return nil
}

// official finds an official account by app id; nil when there is none.
func (a *API) official(appID string) *Official {
	for i := range a.offs {
		if a.offs[i].AppID == appID {
			return &a.offs[i]
		}
	}
	return nil
}
