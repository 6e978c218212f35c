package archtest

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "guanjia"

// A room is a folder with everything below it that has no row of its own.
type room struct {
	path  string
	floor int
	// rooms of the same or a higher floor that it may import all the same, with the reason in ARCHITECTURE.md
	also []string
	// libs narrows the outside libraries; nil: any
	libs []string
}

// The floors of ARCHITECTURE.md: a room imports rooms of lower floors only, never one of its own floor.
const (
	floorVocabulary = iota
	floorState
	floorRooms
	floorApp
)

var rooms = []room{
	{path: "bot", floor: floorVocabulary, libs: []string{"go.uber.org/zap"}},
	{path: "channel/wxcrypt", floor: floorVocabulary, libs: []string{}},
	{path: "channel/wxxml", floor: floorVocabulary, libs: []string{}},
	{path: "channel/wxevent", floor: floorState, libs: []string{}},
	{path: "channel/passive", floor: floorState, libs: []string{}},
	{path: "channel/callback", floor: floorState, also: []string{"channel/passive"}, libs: []string{"go.uber.org/zap"}},
	{path: "export", floor: floorVocabulary, libs: []string{}},
	{path: "store", floor: floorState},
	{path: "store/hot", floor: floorState},
	{path: "store/hot/redis", floor: floorState, also: []string{"store/hot"}},
	{path: "store/hot/sql", floor: floorState, also: []string{"store/hot", "store"}},
	{path: "store/batch", floor: floorVocabulary, libs: []string{}},
	{path: "store/migrations", floor: floorVocabulary},
	{path: "jobs", floor: floorState, also: []string{"store"}},
	{path: "segment", floor: floorState, also: []string{"store"}, libs: []string{"golang.org/x/text"}},
	{path: "content", floor: floorState},
	{path: "channel/wxapi", floor: floorState, libs: []string{"go.uber.org/zap"}},
	{path: "content/sample", floor: floorVocabulary, libs: []string{}},
	{path: "channel/official", floor: floorRooms},
	{path: "channel/wecom", floor: floorRooms},
	{path: "channel/kf", floor: floorRooms, libs: []string{"go.uber.org/zap"}},
	{path: "channel/wxmedia", floor: floorRooms},
	{path: "contacts", floor: floorRooms, libs: []string{"go.uber.org/zap"}},
	{path: "handlers/*", floor: floorRooms},
	{path: "doctor", floor: floorRooms, libs: []string{}},
	{path: "reception", floor: floorRooms, libs: []string{"go.uber.org/zap"}},
	{path: "broadcast", floor: floorRooms, also: []string{"outbound"}, libs: []string{"go.uber.org/zap"}},
	{path: "moments", floor: floorRooms, also: []string{"schedule"}, libs: []string{"go.uber.org/zap"}},
	{path: "schedule", floor: floorRooms, also: []string{"outbound"}, libs: []string{"go.uber.org/zap"}},
	{path: "schedule/calendar", floor: floorVocabulary, libs: []string{"github.com/robfig/cron/v3"}},
	{path: "outbound", floor: floorRooms, also: []string{"outbound/policy"}, libs: []string{"go.uber.org/zap"}},
	{path: "outbound/policy", floor: floorVocabulary, libs: []string{}},
	{path: "simulator", floor: floorVocabulary, also: []string{"simulator"}}, // beside the house: shares nothing with it; its parts stand on one frame
	{path: "loadtest", floor: floorVocabulary},
	{path: "operator", floor: floorVocabulary, libs: []string{}},
	{path: "app", floor: floorApp},
	{path: "cmd/guanjia", floor: floorApp, also: []string{"app"}},
	{path: "internal/buildinfo", floor: floorVocabulary, libs: []string{}},
}

// Rooms that only tests may import.
var testRooms = []string{"bot/bottest", "channel/callback/callbacktest", "store/storetest", "internal/testproc", "internal/archtest", "e2e"}

// TestEveryImportPointsDown keeps the import table: it reads the sources themselves, so that no cached answer hides a new
// import.
func TestEveryImportPointsDown(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := e.Name()
		if e.IsDir() {
			if name == "testdata" || name == "node_modules" || (strings.HasPrefix(name, ".") && file != root) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		checkFile(t, file, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, file, rel string) {
	t.Helper()
	from := path.Dir(rel)
	if isTestRoom(from) {
		return
	}
	src, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), rel, src, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	here, ok := find(from)
	if !ok {
		t.Errorf("%s: folder %s has no row in the table of rooms: give it a floor here and in ARCHITECTURE.md", rel, from)
		return
	}
	for _, spec := range parsed.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if complaint := check(here, from, imported); complaint != "" {
			t.Errorf("%s: %s", rel, complaint)
		}
	}
}

func check(here room, from, imported string) string {
	to, ours := strings.CutPrefix(imported, module+"/")
	if !ours {
		outside := strings.Contains(strings.SplitN(imported, "/", 2)[0], ".")
		if outside && here.libs != nil && !slices.ContainsFunc(here.libs, func(l string) bool { return strings.HasPrefix(imported, l) }) {
			return fmt.Sprintf("%s may not use the library %s", from, imported)
		}
		if imported == "github.com/silenceper/wechat/v2" {
			return "the SDK's root package switches the global logger to debug when imported: use its sub-packages"
		}
		return ""
	}
	if isTestRoom(to) {
		return fmt.Sprintf("%s is for tests only", to)
	}
	there, ok := find(to)
	switch {
	case !ok:
		return fmt.Sprintf("imports %s, which has no row in the table of rooms", to)
	case here.path == there.path && (from == to || strings.HasPrefix(to, from+"/") || strings.HasPrefix(from, to+"/")):
		return "" // within a room
	case slices.Contains(here.also, there.path):
		return ""
	case there.path == "simulator" && here.floor != floorApp:
		return "the simulator is imported by cmd and tests only"
	case there.floor >= here.floor:
		return fmt.Sprintf("%s (floor %d) may not import %s (floor %d): imports point down, and never to a room of the same floor", from, here.floor, to, there.floor)
	}
	return ""
}

func find(folder string) (room, bool) {
	best, found := room{}, false
	for _, r := range rooms {
		prefix := strings.TrimSuffix(r.path, "/*")
		if folder != prefix && !strings.HasPrefix(folder, prefix+"/") {
			continue
		}
		if strings.HasSuffix(r.path, "/*") { // each folder is a room
			rest := strings.TrimPrefix(folder, prefix+"/")
			r.path = prefix + "/" + strings.SplitN(rest, "/", 2)[0]
		}
		if len(r.path) > len(best.path) {
			best, found = r, true
		}
	}
	return best, found
}

func isTestRoom(folder string) bool {
	return slices.ContainsFunc(testRooms, func(r string) bool { return folder == r || strings.HasPrefix(folder, r+"/") })
}

// TestTheTableBites proves that the rule above can fail.
func TestTheTableBites(t *testing.T) {
	for _, c := range []struct {
		name, from, imported string
		refused              bool
	}{
		{"a handler uses the vocabulary", "handlers/quiz", module + "/bot", false},
		{"a handler uses the records", "handlers/quiz", module + "/store", false},
		{"a handler uses another handler", "handlers/quiz", module + "/handlers/coupon", true},
		{"a handler uses a channel", "handlers/quiz", module + "/channel/official", true},
		{"the vocabulary uses the records", "bot", module + "/store", true},
		{"the vocabulary uses a library", "bot", "github.com/redis/go-redis/v9", true},
		{"the receiver uses the simulator", "channel/official", module + "/simulator", true},
		{"the caller of the platforms' APIs uses a hot state", "channel/wxapi", module + "/store/hot/redis", true},
		{"the simulator uses the receiver's crypto", "simulator", module + "/channel/wxcrypt", true},
		{"the app wires everything", "app", module + "/handlers/quiz", false},
		{"a test room in the program", "app", module + "/bot/bottest", true},
		{"the SDK's root package", "simulator", "github.com/silenceper/wechat/v2", true},
	} {
		here, ok := find(c.from)
		if !ok {
			t.Fatalf("%s: no row for %s", c.name, c.from)
		}
		if complaint := check(here, c.from, c.imported); (complaint != "") != c.refused {
			t.Errorf("%s: refused = %q, want refused = %v", c.name, complaint, c.refused)
		}
	}
}
