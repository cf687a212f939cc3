package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/robfig/cron/v3"
	"github.com/sirupsen/logrus"

	"odzew/connectors"
	"odzew/store"
)

type serveCmd struct {
	Listen string `help:"Address of health checks and metrics (default: the configuration's, or 127.0.0.1:8080)." placeholder:"HOST:PORT"`
}

// Run keeps the schedule until the context ends.
func (c *serveCmd) Run(ctx context.Context, p *program) error {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	if p.global.LogLevel == "" && cfg.Log.Level == "" {
		p.log.SetLevel(logrus.InfoLevel)
	}
	if c.Listen != "" {
		cfg.Serve.Listen = c.Listen
	}
	st, err := p.openStore(ctx, cfg, store.Options{Exclusive: true})
	if err != nil {
		return err
	}
	defer st.Close()
	// Looked at before they are loaded, so that no edit falls in between. What cannot be
	// read is said where it is loaded.
	read, _ := cfg.entryFolders()
	an, err := p.newAnalyzer(cfg)
	if err != nil {
		return err
	}
	p.tryCandidate(cfg, an)
	l, err := net.Listen("tcp", cfg.Serve.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w; choose another with serve.listen or --listen", cfg.Serve.Listen, err)
	}
	s := &server{p: p, cfg: cfg, st: st, an: an, read: read, metrics: newMetrics(st)}
	return s.run(ctx, l)
}

// A server is the daemon: one schedule, one writer, one small HTTP server.
type server struct {
	p       *program
	cfg     *Config
	st      *store.Store
	an      *desk
	metrics *metrics

	// work lets one job write at a time; the others wait their turn.
	work sync.Mutex
	// digestFailures counts the failures of the digest in a row; before digestRetry it is
	// not tried again.
	digestFailures int
	digestRetry    time.Time
	// read are the folders of entries as they were last looked at.
	read entryFolders
	// ready is closed once the first round of pulls is done.
	ready chan struct{}
}

func (s *server) run(ctx context.Context, l net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.ready = make(chan struct{})
	log := cronLogger{s.p.log}
	sched := cron.New(cron.WithLocation(s.cfg.zone), cron.WithLogger(log),
		cron.WithChain(cron.Recover(log), cron.SkipIfStillRunning(log)))
	for i := range s.cfg.Sources {
		src := &s.cfg.Sources[i]
		every := src.Every
		if every == 0 {
			every = s.cfg.Serve.Pull
		}
		sched.Schedule(cron.Every(every), cron.FuncJob(func() { s.pullOne(ctx, src) }))
	}
	at, err := s.cfg.digestSchedule()
	if err != nil {
		return err
	}
	digest := cron.FuncJob(func() {
		select {
		case <-s.ready:
			s.digestIfDue(ctx)
		default: // yesterday is not here before every source was asked; the first round makes it
		}
	})
	sched.Schedule(at, digest)
	// The wall clock may jump over the digest's minute, in spring or on a laptop
	// that slept: whether it is due is asked by date, every minute.
	sched.Schedule(cron.Every(time.Minute), digest)

	hs := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- hs.Serve(l) }()
	s.p.log.WithFields(logrus.Fields{"listen": l.Addr().String(), "sources": len(s.cfg.Sources), "digest_at": s.cfg.Digest.At, "zone": s.cfg.Timezone}).Info("serving")

	var first sync.WaitGroup
	first.Go(func() {
		for i := range s.cfg.Sources {
			s.pullOne(ctx, &s.cfg.Sources[i])
		}
		s.analyze(ctx)
		s.digestIfDue(ctx)
		close(s.ready)
	})
	sched.Start()

	var failed error
	select {
	case <-ctx.Done():
	case failed = <-served:
	}
	s.p.log.Info("stopping")
	stop()
	<-sched.Stop().Done() // waits for the running jobs, which see ctx end
	first.Wait()
	shut, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := hs.Shutdown(shut); err != nil {
		hs.Close()
	}
	if errors.Is(failed, http.ErrServerClosed) {
		failed = nil
	}
	s.p.log.Info("stopped")
	return failed
}

func (s *server) pullOne(ctx context.Context, src *sourceConfig) {
	s.work.Lock()
	defer s.work.Unlock()
	if ctx.Err() != nil {
		return
	}
	start := time.Now()
	run, err := s.p.syncSource(ctx, s.st, s.cfg, src)
	if ctx.Err() != nil {
		return
	}
	s.metrics.pulls.WithLabelValues(src.Name, run.Outcome).Inc()
	s.metrics.pullSeconds.WithLabelValues(src.Name).Observe(time.Since(start).Seconds())
	entry := s.p.log.WithFields(logrus.Fields{"source": src.Name, "conversations": run.Conversations, "messages": run.Messages, "dead_letters": run.DeadLetters})
	if _, transient := connectors.IsTransient(err); transient {
		entry.WithError(err).Warn("pull failed; the next one may not")
	} else if err != nil {
		entry.WithError(err).Error("pull failed; it goes on failing until somebody acts")
	} else {
		entry.Info("pulled")
	}
	s.analyzeLocked(ctx)
}

func (s *server) analyze(ctx context.Context) {
	s.work.Lock()
	defer s.work.Unlock()
	s.analyzeLocked(ctx)
}

func (s *server) analyzeLocked(ctx context.Context) {
	s.freshen()
	start := time.Now()
	n, err := s.p.analyze(ctx, s.st, s.an, false, nil)
	if ctx.Err() != nil {
		return
	}
	s.metrics.analyzeSeconds.Observe(time.Since(start).Seconds())
	switch {
	case err != nil:
		s.p.log.WithError(err).Error("analysis failed")
	case n.Conversations > 0 || n.Checked > 0:
		s.p.log.WithFields(logrus.Fields{"conversations": n.Conversations, "messages": n.Messages, "checked": n.Checked}).Info("analysed")
	}
}

// entryFolders are the site's entries and the candidate's, as archives.
type entryFolders struct{ overlay, shadow []byte }

func (cfg *Config) entryFolders() (entryFolders, error) {
	overlay, err := readSite(cfg.Lexicon.Overlay)
	if err != nil {
		return entryFolders{}, err
	}
	shadow, err := readSite(cfg.Lexicon.Shadow)
	if err != nil {
		return entryFolders{}, err
	}
	return entryFolders{overlay.archive, shadow.archive}, nil
}

// freshen takes over what was edited in the folders of entries since the last analysis.
// An entry that is wrong is said once, and the entries of before go on.
func (s *server) freshen() {
	now, err := s.cfg.entryFolders()
	if err != nil {
		s.p.log.WithError(err).Error("the folders of entries cannot be read; those of before go on")
		return
	}
	if bytes.Equal(now.overlay, s.read.overlay) && bytes.Equal(now.shadow, s.read.shadow) {
		return
	}
	s.read = now
	an, err := s.p.newAnalyzer(s.cfg)
	if err != nil {
		s.p.log.WithError(err).Error("the edited entries are not taken over; those of before go on")
		return
	}
	s.p.tryCandidate(s.cfg, an)
	s.an = an
	s.p.log.WithField("lexicon", an.versions.Lexicon).Info("the edited entries are taken over")
}

// digestIfDue makes and sends the digest of the last finished local date, once.
func (s *server) digestIfDue(ctx context.Context) {
	s.work.Lock()
	defer s.work.Unlock()
	if ctx.Err() != nil {
		return
	}
	date, due := digestDue(s.p.now(), s.cfg)
	if !due || time.Now().Before(s.digestRetry) {
		return
	}
	log := s.p.log.WithField("date", date)
	rec, err := s.st.DigestOf(ctx, date)
	if err != nil {
		log.WithError(err).Error("digest failed")
		return
	}
	send := len(s.cfg.Digest.To) > 0
	if rec != nil && (!send || !rec.SentAt.IsZero()) {
		return
	}
	to, err := s.p.makeDigest(ctx, s.st, s.an, s.cfg, date, send)
	if err != nil {
		s.metrics.digests.WithLabelValues("failed").Inc()
		wait := retryDelay(s.digestFailures)
		s.digestFailures++
		s.digestRetry = time.Now().Add(wait)
		log.WithError(err).WithField("retry_in", wait.String()).Error("digest failed; it is tried again")
		return
	}
	s.digestFailures = 0
	s.metrics.digests.WithLabelValues("done").Inc()
	log.WithField("sent_to", to).Info("digest made")
}

// retryDelay is how long to wait after n failures and one more: a mail server that
// greylists wants minutes, one that is down gains nothing from a call each minute.
func retryDelay(n int) time.Duration { return min(time.Minute<<min(n, 5), 30*time.Minute) }

// digestDue says which local date's digest should exist by now: yesterday's, from
// digest.at on. It asks the date, not the schedule: a clock change can neither
// skip a digest nor make two.
func digestDue(now time.Time, cfg *Config) (date string, due bool) {
	t, err := time.Parse("15:04", cfg.Digest.At)
	if err != nil {
		return "", false
	}
	// The clock on the wall decides: a minute that spring leaves out is past at the
	// next one, and one that autumn repeats finds the digest made.
	local := now.In(cfg.zone)
	if local.Hour()*60+local.Minute() < t.Hour()*60+t.Minute() {
		return "", false
	}
	y, m, d := local.Date()
	return time.Date(y, m, d-1, 12, 0, 0, 0, cfg.zone).Format(time.DateOnly), true
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-s.ready:
		default:
			http.Error(w, "the first pull is still running", http.StatusServiceUnavailable)
			return
		}
		if _, err := s.st.Meta(r.Context(), "created_at"); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}

// metrics are what /metrics shows. No label holds anything of a customer.
type metrics struct {
	registry       *prometheus.Registry
	pulls          *prometheus.CounterVec
	pullSeconds    *prometheus.HistogramVec
	analyzeSeconds prometheus.Histogram
	digests        *prometheus.CounterVec
}

func newMetrics(st *store.Store) *metrics {
	m := &metrics{
		registry:       prometheus.NewRegistry(),
		pulls:          prometheus.NewCounterVec(prometheus.CounterOpts{Name: "odzew_pulls_total", Help: "Pulls by source and outcome."}, []string{"source", "outcome"}),
		pullSeconds:    prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "odzew_pull_seconds", Help: "How long a pull took.", Buckets: prometheus.ExponentialBuckets(0.05, 3, 9)}, []string{"source"}),
		analyzeSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "odzew_analyze_seconds", Help: "How long an analysis took.", Buckets: prometheus.ExponentialBuckets(0.01, 3, 10)}),
		digests:        prometheus.NewCounterVec(prometheus.CounterOpts{Name: "odzew_digests_total", Help: "Digests by outcome."}, []string{"outcome"}),
	}
	m.registry.MustRegister(m.pulls, m.pullSeconds, m.analyzeSeconds, m.digests, storeCollector{st},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// storeCollector reads the store's state when it is asked.
type storeCollector struct{ st *store.Store }

var (
	descConversations = prometheus.NewDesc("odzew_conversations", "Conversations stored.", []string{"source"}, nil)
	descMessages      = prometheus.NewDesc("odzew_messages", "Messages stored.", []string{"source"}, nil)
	descDead          = prometheus.NewDesc("odzew_dead_letters", "Records set aside and not replayed.", []string{"source"}, nil)
	descPulled        = prometheus.NewDesc("odzew_source_last_success_timestamp_seconds", "End of the last pull that succeeded.", []string{"source"}, nil)
	descUp            = prometheus.NewDesc("odzew_source_up", "1 where the last pull succeeded.", []string{"source"}, nil)
)

func (c storeCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

func (c storeCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	list, err := c.st.Sources(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(descUp, err)
		return
	}
	gauge := func(d *prometheus.Desc, v float64, source string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, source)
	}
	for _, s := range list {
		gauge(descConversations, float64(s.Conversations), s.Name)
		gauge(descMessages, float64(s.Messages), s.Name)
		gauge(descDead, float64(s.DeadLetters), s.Name)
		up := 1.0
		if !s.FailedAt.IsZero() {
			up = 0
		}
		gauge(descUp, up, s.Name)
		if !s.PulledAt.IsZero() {
			gauge(descPulled, float64(s.PulledAt.Unix()), s.Name)
		}
	}
}

// cronLogger hands the scheduler's words to the program's log.
type cronLogger struct{ log *logrus.Logger }

func (l cronLogger) Info(msg string, kv ...any) {
	if msg == "skip" {
		l.log.Debug("a job is skipped: the one before it still runs")
	}
}

func (l cronLogger) Error(err error, msg string, kv ...any) {
	l.log.WithError(err).Error("a job failed: " + msg)
}

// redact keeps secrets out of the log, should one ever stand in an error that a
// library made. Jobs add secrets while others log.
type redact struct {
	mu      sync.RWMutex
	secrets []string
}

func (r *redact) add(secret string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if secret != "" && !slices.Contains(r.secrets, secret) {
		r.secrets = append(r.secrets, secret)
	}
}

func (r *redact) Levels() []logrus.Level { return logrus.AllLevels }

func (r *redact) Fire(e *logrus.Entry) error {
	e.Message = r.clean(e.Message)
	for k, v := range e.Data {
		switch v := v.(type) {
		case string:
			e.Data[k] = r.clean(v)
		case error:
			e.Data[k] = r.clean(v.Error())
		}
	}
	return nil
}

func (r *redact) clean(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, "[secret]")
	}
	return s
}
