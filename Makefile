# Guanjia: `make demo` shows it, `make test` proves it. Everything else is here for the people who work on it.
GO      ?= go
BIN     := bin/guanjia
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X guanjia/internal/buildinfo.version=$(VERSION)
FUZZTIME ?= 30s
COUNT   ?= 10

.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: build ## bot, simulated platform and database on one port; prints the link to the chat page
	$(BIN) demo

build: ## the binary, static, in bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/guanjia

test: test-deps ## installs what the tests need, then runs them all
	$(GO) vet ./...
	$(GO) test -timeout 45m ./...

test-deps: ## redis-server, postgresql, chromium, a Chinese font and node with npm, from the system's packages
	@sh deploy/test-deps.sh

push-run: test-deps ## 50,000 messages under faults and kill -9, on both engines; says how many in a second
	GUANJIA_PUSH_SENDS=50000 $(GO) test ./e2e/ -run TestManyAreWrittenToByTheRules -count=1 -timeout 90m -v

race: test-deps ## the tests again under the race detector (needs a C compiler)
	$(GO) test -race -shuffle=on -timeout 40m ./...

fuzz: ## every fuzz target for FUZZTIME each
	@for dir in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$dir/*_test.go | cut -c6-); do \
	    $(GO) test $$dir -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) || exit 1; \
	  done; done

bench: ## benchmarks of the hot path, COUNT times each
	$(GO) test -run '^$$' -bench . -benchmem -count $(COUNT) ./channel/... ./bot/... ./store/...

lint: ## golangci-lint, the version in deploy/lint.mod
	$(GO) tool -modfile=deploy/lint.mod golangci-lint run ./...

generate: ## the reference pages that come from the code
	$(GO) run ./cmd/guanjia settings > docs/reference/settings.md

clean: ## removes what was built; the demo's data stays in data/
	rm -rf bin

.PHONY: help demo build test test-deps push-run race fuzz bench lint generate clean
