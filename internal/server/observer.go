package server

import (
	"cmp"
	"log"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/web"
)

// observer counts what the server does.
type observer struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	observed sync.Map // outcome to its prometheus.Observer, which is quicker than to look for its labels
	commits  prometheus.Histogram
}

func newObserver() *observer {
	o := &observer{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "tenantry_request_seconds",
			Help:    "How long requests took, by route and status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"route", "status"}),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "tenantry_store_writes_per_commit",
			Help:    "How many writes shared a transaction and its one sync of the disk.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512},
		}),
	}
	o.registry.MustRegister(o.requests, o.commits, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return o
}

// gates shows how full they are, and how many requests they have refused.
func (o *observer) gates(g *gates) {
	for what, gate := range map[string]*web.Gate{"read": g.reads, "write": g.writes, "login": g.login} {
		labels := prometheus.Labels{"kind": what}
		o.registry.MustRegister(
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name: "tenantry_requests_working", Help: "How many requests are worked on, by what --max-requests bounds.", ConstLabels: labels,
			}, func() float64 { return float64(gate.State().Working) }),
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name: "tenantry_requests_waiting", Help: "How many requests wait for their place among --max-requests.", ConstLabels: labels,
			}, func() float64 { return float64(gate.State().Waiting) }),
			prometheus.NewCounterFunc(prometheus.CounterOpts{
				Name: "tenantry_requests_refused_total", Help: "How many requests were answered 503 because --max-requests were worked on.", ConstLabels: labels,
			}, func() float64 { return float64(gate.State().Refused) }),
		)
	}
}

// replica shows how old the store's is, and how much it is asked, if there is one.
func (o *observer) replica(of *store.DB) {
	if _, ok := of.ReplicaState(); !ok {
		return
	}
	o.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tenantry_replica_usable", Help: "1 while reads that may be stale go to --replica, 0 while it is away or too far behind.",
		}, func() float64 {
			if state, _ := of.ReplicaState(); state.Usable {
				return 1
			}
			return 0
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tenantry_replica_age_seconds", Help: "How old at most was what --replica had, when it was last usable.",
		}, func() float64 { state, _ := of.ReplicaState(); return state.Age.Seconds() }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "tenantry_replica_queries_total", Help: "How many queries --replica has answered.",
		}, func() float64 { state, _ := of.ReplicaState(); return float64(state.Asked) }),
	)
}

// connections shows how many there are, and how many had to go.
func (o *observer) connections(c *connections) {
	o.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tenantry_connections", Help: "How many connections are open.",
		}, func() float64 { return float64(c.count().open) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "tenantry_connections_evicted_total", Help: "How many idle connections were closed to make room for new ones under --max-connections.",
		}, func() float64 { return float64(c.count().evicted) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "tenantry_connections_refused_total", Help: "How many new connections were closed at once because --max-connections were open and none was idle.",
		}, func() float64 { return float64(c.count().refused) }),
	)
}

// outcome is what requests are counted by.
type outcome struct {
	route  string
	status int
}

// request counts one.
func (o *observer) request(was outcome, took time.Duration) {
	known, ok := o.observed.Load(was)
	if !ok {
		known, _ = o.observed.LoadOrStore(was, o.requests.WithLabelValues(was.route, strconv.Itoa(was.status)))
	}
	known.(prometheus.Observer).Observe(took.Seconds())
}

// committed is told of each transaction of the store.
func (o *observer) committed(writes int) { o.commits.Observe(float64(writes)) }

func (o *observer) metrics() http.Handler {
	return promhttp.HandlerFor(o.registry, promhttp.HandlerOpts{})
}

// observed measures and logs each request. Logs hold its method, route and ids, never a header, a query or a body.
func (s *Server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		answer := &answer{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		took := time.Since(start)
		route := r.Pattern // the mux has put it there: a small set, unlike paths
		s.observer.request(outcome{route, answer.Status()}, took)
		if !s.config.Logger.Enabled(r.Context(), slog.LevelDebug) {
			return
		}
		s.config.Logger.DebugContext(r.Context(), "request",
			"method", r.Method, "route", route, "status", answer.Status(), "took", took,
			"requestId", first(w.Header()["MS-RequestId"]), "correlationId", first(w.Header()["MS-CorrelationId"]))
	})
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// answer remembers the status that was written.
type answer struct {
	http.ResponseWriter
	status int // zero: none yet
}

// Written reports whether the answer has begun.
func (a *answer) Written() bool { return a.status != 0 }

// Status is the one that the client sees.
func (a *answer) Status() int { return cmp.Or(a.status, http.StatusOK) }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (a *answer) Write(p []byte) (int, error) {
	a.status = cmp.Or(a.status, http.StatusOK)
	return a.ResponseWriter.Write(p)
}

// Unwrap lets [http.ResponseController] through.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// noise is where net/http reports broken handshakes and the like: what any scanner causes is worth a debug line.
func noise(logger *slog.Logger) *log.Logger {
	return slog.NewLogLogger(logger.Handler(), slog.LevelDebug)
}
