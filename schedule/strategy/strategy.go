package strategy

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/internal/document"
	"github.com/slackwater-go/slackwater/internal/validate"
	"github.com/slackwater-go/slackwater/schedule"
)

// ErrInvalid matches, through errors.Is, every fault of a strategy.
var ErrInvalid = validate.ErrInvalid

// A ValidationError is one fault at one place.
type ValidationError = validate.Error

// Version is the version of the JSON form of [Strategy].
const Version = 1

// maxDocument bounds the size of a document.
const maxDocument = 64 << 20

// maxSteps bounds the waves and flag steps of a strategy.
const maxSteps = 10_000

// A Kind is a way to reach the users.
type Kind string

const (
	BigBang   Kind = "big-bang"   // all CIs at once
	Rolling   Kind = "rolling"    // one wave behind the other, with no soak but the last
	Canary    Kind = "canary"     // the first wave is the canary; then soak, gate, and the others
	Rings     Kind = "rings"      // wave by wave, a soak and a gate after each
	BlueGreen Kind = "blue-green" // deploy beside what runs, verify, switch, soak
	Pilot     Kind = "pilot"      // the first wave is chosen users; then soak, gate, and all others at once
	FlagRamp  Kind = "flag-ramp"  // deploy dark, then turn it on for a growing share of users
)

// A Strategy is how a release reaches its users.
type Strategy struct {
	Version int  `json:"version,omitempty"` // 1; 0 counts as 1
	Kind    Kind `json:"kind"`
	// CIs are what is delivered to. Kinds with waves take them from Waves; without
	// Waves each CI is a wave.
	CIs   []string   `json:"cis,omitempty"`
	Waves [][]string `json:"waves,omitempty"`
	Names []string   `json:"names,omitempty"` // of the waves, such as those of rings; default: "wave 1 of 4"
	// Percent are the steps of a flag ramp; default: 1, 5, 25, 100.
	Percent []int `json:"percent,omitempty"`

	Environments []Environment `json:"environments,omitempty"` // before production, in order
	Deploy       Work          `json:"deploy"`                 // each step that delivers
	Verify       Work          `json:"verify,omitzero"`        // of the idle side of blue/green; needed there
	Switch       Work          `json:"switch,omitzero"`        // of blue/green and each step of a flag ramp; default: Deploy
	Soak         Soak          `json:"soak,omitzero"`          // after each step but of a rolling strategy, where it is after the last; none where it takes no time
	Gate         Gate          `json:"gate,omitzero"`          // after each soak but the last; none where it takes no time
}

// Work is what a step takes: a Duration; or Parts, with the reserve to back out among
// them, which must fit the window together; or Modes, of which the plan chooses one, such as
// another team or the window of a supplier.
type Work struct {
	Duration schedule.Duration `json:"duration,omitempty"`
	Parts    []schedule.Part   `json:"parts,omitempty"`
	Modes    []schedule.Mode   `json:"modes,omitempty"`
	Demands  []schedule.Demand `json:"demands,omitempty"`
	Team     string            `json:"team,omitempty"`
	Calendar string            `json:"calendar,omitempty"` // such as a supplier's window; default: the release's
}

// An Environment is one step on the way to production.
type Environment struct {
	Name string   `json:"name"` // such as "staging"
	CIs  []string `json:"cis,omitempty"`
	Work Work     `json:"work"`
	Soak Soak     `json:"soak,omitzero"`
}

// A Soak watches what was delivered. Without a calendar it is elapsed time; with one
// only open time counts, such as business hours, and it pauses in between.
type Soak struct {
	Duration  schedule.Duration `json:"duration,omitempty"`
	Calendar  string            `json:"calendar,omitempty"`
	ShortenBy string            `json:"shortenBy,omitempty"` // who may shorten it: a role; part of the name of its stage, see [Strategy.Soaks]
}

// A Gate is the decision to go on.
type Gate struct {
	Name     string            `json:"name,omitempty"` // default: "Go on?"
	Duration schedule.Duration `json:"duration,omitempty"`
	Calendar string            `json:"calendar,omitempty"` // of those who decide
	Team     string            `json:"team,omitempty"`
	Demands  []schedule.Demand `json:"demands,omitempty"`
}

// Read decodes and validates a JSON document of up to 64 MiB, strictly: all faults come together, each
// with line, column and path, and unknown fields are among them.
func Read(r io.Reader) (*Strategy, error) {
	s := new(Strategy)
	if err := (document.Form{MaxBytes: maxDocument}).Read(r, s, s.Validate); err != nil {
		return nil, fmt.Errorf("strategy: %w", err)
	}
	return s, nil
}

// Validate reports all faults of the strategy, each with its path.
func (s *Strategy) Validate() error {
	var l validate.List
	if s.Version != 0 && s.Version != Version {
		l.Addf("version", "is %d: this library reads version %d", s.Version, Version)
	}
	switch s.Kind {
	case BigBang, Rolling, Canary, Rings, BlueGreen, Pilot, FlagRamp:
	default:
		l.Addf("kind", "%q is no strategy: choose %s", s.Kind, strings.Join([]string{string(BigBang), string(Rolling), string(Canary), string(Rings), string(BlueGreen), string(Pilot), string(FlagRamp)}, ", "))
	}
	waves := s.waves()
	switch s.Kind {
	case Canary, Pilot:
		if len(waves) < 2 {
			l.Addf("waves", "are %d: a %s needs two, the first of them to try it on", len(waves), s.Kind)
		}
	case Rolling, Rings:
		if len(waves) == 0 {
			l.Addf("waves", "are missing: name CIs or waves")
		}
	}
	if len(waves) > maxSteps {
		l.Addf("waves", "are more than %d", maxSteps)
	}
	seen := map[string]string{}
	for i, w := range s.Waves {
		if len(w) == 0 {
			l.Addf(fmt.Sprintf("waves[%d]", i), "is empty")
		}
		for k, ci := range w {
			path := fmt.Sprintf("waves[%d][%d]", i, k)
			if first, ok := seen[ci]; ok {
				l.Addf(path, "%q is also at %s: deliver to each CI once", ci, first)
				continue
			}
			seen[ci] = path
		}
	}
	if len(s.Names) > 0 && len(s.Names) != len(waves) {
		l.Addf("names", "are %d for %d waves", len(s.Names), len(waves))
	}
	for i, p := range s.Percent {
		if p < 1 || p > 100 || i > 0 && p <= s.Percent[i-1] {
			l.Addf(fmt.Sprintf("percent[%d]", i), "is %d: steps grow from 1 to 100", p)
		}
	}
	if n := len(s.Percent); n > 0 && s.Percent[n-1] != 100 {
		l.Addf("percent", "ends at %d: end at 100, or some users never get it", s.Percent[n-1])
	}
	s.Deploy.check(&l, "deploy", true)
	s.Verify.check(&l, "verify", s.Kind == BlueGreen)
	s.Switch.check(&l, "switch", false)
	names := map[string]bool{}
	for i, e := range s.Environments {
		path := fmt.Sprintf("environments[%d]", i)
		if e.Name == "" || names[e.Name] {
			l.Addf(path+".name", "%q is missing or there twice", e.Name)
		}
		names[e.Name] = true
		if e.Name == "pilot" || strings.Trim(e.Name, "0123456789") == "" && e.Name != "" {
			l.Addf(path+".name", "%q is what a wave is called: stages would be mixed up", e.Name)
		}
		e.Work.check(&l, path+".work", true)
		if e.Soak.Duration < 0 {
			l.Addf(path+".soak.duration", "is negative")
		}
	}
	if s.Soak.Duration < 0 {
		l.Addf("soak.duration", "is negative")
	}
	if s.Gate.Duration < 0 {
		l.Addf("gate.duration", "is negative")
	}
	if err := l.Err(); err != nil {
		return fmt.Errorf("strategy: %w", err)
	}
	return nil
}

func (w *Work) check(l *validate.List, path string, needed bool) {
	switch {
	case w.Duration < 0:
		l.Addf(path+".duration", "is negative")
	case w.Duration > 0 && len(w.Parts) > 0 || len(w.Modes) > 0 && (w.Duration > 0 || len(w.Parts) > 0):
		l.Addf(path, "has two of duration, parts and modes: state one of them")
	case needed && w.none():
		l.Addf(path, "takes no time: state its duration, parts or modes")
	}
	ids := map[string]bool{}
	for i, m := range w.Modes {
		if m.Duration <= 0 {
			l.Addf(fmt.Sprintf("%s.modes[%d].duration", path, i), "must be positive, is %v", m.Duration)
		}
		if m.ID == "" || ids[m.ID] {
			l.Addf(fmt.Sprintf("%s.modes[%d].id", path, i), "%q is missing or there twice", m.ID)
		}
		ids[m.ID] = true
	}
	for i, p := range w.Parts {
		if p.Duration < 0 {
			l.Addf(fmt.Sprintf("%s.parts[%d].duration", path, i), "is negative")
		}
	}
}

func (w *Work) none() bool { return w.Duration == 0 && len(w.Parts) == 0 && len(w.Modes) == 0 }

// waves are the stated ones, or one a CI.
func (s *Strategy) waves() [][]string {
	if len(s.Waves) > 0 {
		return s.Waves
	}
	out := make([][]string, len(s.CIs))
	for i, ci := range s.CIs {
		out[i] = []string{ci}
	}
	return out
}

// all are the CIs of all waves, or the stated ones, each once.
func (s *Strategy) all() []string {
	if len(s.CIs) > 0 {
		return slices.Clone(s.CIs)
	}
	return slices.Concat(s.Waves...)
}
