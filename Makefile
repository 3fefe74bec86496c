# make help lists the targets.

GO ?= go

# The race detector needs a C compiler; a machine without one tests without it, and says so.
# SQLite was written in C, whose pointers into memory of its own the detector's check of pointers takes for mistakes.
RACE := $(shell command -v $$($(GO) env CC) >/dev/null 2>&1 && echo "-race '-gcflags=modernc.org/...=-d=checkptr=0'")

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: build
build: ## bin/tenantry, a static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o bin/tenantry ./cmd/tenantry

.PHONY: test
test: ## everything that go test runs, with the race detector where there is a C compiler
	@[ -n '$(RACE)' ] || echo 'no C compiler: testing without the race detector'
	@sh .ci/browser
	@sh .ci/postgres
	$(GO) test $(RACE) -timeout 20m ./...

.PHONY: torture
torture: ## kill servers under load for TORTURETIME, 10m unless you say otherwise; nothing answered may be lost
	$(GO) test ./cmd/tenantry -run '^TestTorture$$' -count=1 -v -timeout 0 -torture $(or $(TORTURETIME),10m) $(if $(TORTURESTORE),-torture.store '$(TORTURESTORE)')

.PHONY: clients
clients: ## other people's identity libraries against the binary; needs node, python3 and a JDK with maven
	$(GO) vet -tags clients ./clients
	$(GO) test -tags clients -count=1 -timeout 12m ./clients

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME, 10s unless you say otherwise
	@GO='$(GO)' sh .ci/fuzz $(or $(FUZZTIME),10s)

.PHONY: lint
lint: ## gofmt, go vet, staticcheck, and govulncheck where its database can be reached
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "not gofmt-ed: $$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	@GO='$(GO)' GOVULNCHECK='$(GOVULNCHECK)' sh .ci/vulnerabilities

.PHONY: generate
generate: ## write what is made from other files: append_gen.go, golden exchanges, docs/parity.md
	$(GO) generate ./...
	$(GO) test ./internal/api ./internal/login -update

.PHONY: verify
verify: generate ## fail if generate or go mod tidy would change anything
	$(GO) mod tidy
	git diff --exit-code

.PHONY: demo
demo: ## the main job, shown
	$(GO) run ./cmd/tenantry demo

.PHONY: failover
failover: ## two servers while the leader of a PostgreSQL cluster is killed; needs patroni, etcd and postgresql (.ci/patroni installs them)
	$(GO) vet -tags failover ./deploy/...
	$(GO) test -tags failover -count=1 -timeout 12m -v ./deploy/...

.PHONY: bench
bench: ## the server against its own echo ceiling, side by side
	$(GO) run ./bench

.PHONY: bench-large
bench-large: ## reads from a million customers against reads from a thousand
	$(GO) run ./bench -large 1000000 -rounds 5 -out bench/RESULTS-large.md
