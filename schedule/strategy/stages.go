package strategy

import (
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/schedule"
)

// Stages returns the stages of a release that follows the strategy, each after the one
// before. IDs are stable: "test-staging", "canary", "wave-2", "soak-2", "gate-2",
// "switch", "flag-25". It returns the faults of [Strategy.Validate].
func (s *Strategy) Stages() ([]schedule.Stage, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s.staged().out, nil
}

// A StageSoak is the soak that a stage is.
type StageSoak struct {
	Stage string `json:"stage"` // ID
	Soak  Soak   `json:"soak"`
}

// Soaks returns what the strategy asks of the stages that soak, in their order: how long and
// in which time, and who may shorten it. It outlives edits of the stages, so a plan can be held
// against it (package lifecycle's CheckSoaks). It returns the faults of [Strategy.Validate].
func (s *Strategy) Soaks() ([]StageSoak, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s.staged().soaks, nil
}

// staged takes the steps of a valid strategy.
func (s *Strategy) staged() *stager {
	b := &stager{s: s}
	for _, e := range s.Environments {
		st := stage("test-"+e.Name, "To "+e.Name, schedule.StageTest, e.CIs, &e.Work)
		st.Environment = e.Name
		b.out = append(b.out, st)
		b.soak("soak-"+e.Name, &e.Soak, e.CIs, e.Name)
	}
	switch s.Kind {
	case BigBang:
		b.out = append(b.out, stage("deploy", "Deploy", schedule.StageDeploy, s.all(), &s.Deploy))
		b.soak("soak", &s.Soak, s.all(), "")
	case BlueGreen:
		b.blueGreen()
	case FlagRamp:
		b.flags()
	case Pilot:
		waves := s.waves()
		rest := slices.Concat(waves[1:]...)
		b.out = append(b.out, stage("pilot", b.name(0, "Pilot"), schedule.StagePilot, waves[0], &s.Deploy))
		b.pass("-pilot", waves[0])
		b.out = append(b.out, stage("deploy", "Everybody", schedule.StageDeploy, rest, &s.Deploy))
		b.soak("soak", &s.Soak, rest, "")
	default:
		b.waves()
	}
	return b
}

type stager struct {
	s     *Strategy
	out   []schedule.Stage
	soaks []StageSoak
}

// stage makes a stage of a piece of work.
func stage(id, name string, kind schedule.StageKind, cis []string, w *Work) schedule.Stage {
	return schedule.Stage{ID: id, Name: name, Kind: kind, CIs: slices.Clone(cis), Duration: w.Duration, Parts: slices.Clone(w.Parts), Modes: slices.Clone(w.Modes),
		Demands: slices.Clone(w.Demands), Team: w.Team, Calendar: w.Calendar}
}

func (b *stager) name(i int, otherwise string) string {
	if len(b.s.Names) > 0 {
		return b.s.Names[i]
	}
	return otherwise
}

// waves adds a rolling, canary or ring strategy.
func (b *stager) waves() {
	list := b.s.waves()
	for i, w := range list {
		id, kind, name := fmt.Sprintf("wave-%d", i+1), schedule.StageWave, fmt.Sprintf("Wave %d of %d", i+1, len(list))
		if b.s.Kind == Canary && i == 0 {
			id, kind, name = "canary", schedule.StageCanary, "Canary"
		}
		b.out = append(b.out, stage(id, b.name(i, name), kind, w, &b.s.Deploy))
		after := fmt.Sprintf("-%d", i+1)
		switch {
		case i == len(list)-1:
			b.soak("soak"+after, &b.s.Soak, w, "")
		case b.s.Kind != Rolling:
			b.pass(after, w)
		}
	}
}

// pass adds the soak and the gate between two steps.
func (b *stager) pass(after string, cis []string) {
	b.soak("soak"+after, &b.s.Soak, cis, "")
	if g := &b.s.Gate; g.Duration > 0 {
		name := g.Name
		if name == "" {
			name = "Go on?"
		}
		b.out = append(b.out, schedule.Stage{ID: "gate" + after, Name: name, Kind: schedule.StageGate, Duration: g.Duration, Calendar: g.Calendar, Team: g.Team, Demands: slices.Clone(g.Demands)})
	}
}

func (b *stager) soak(id string, k *Soak, cis []string, environment string) {
	if k.Duration == 0 {
		return
	}
	st := schedule.Stage{ID: id, Name: "Soak", Kind: schedule.StageSoak, Duration: k.Duration, CIs: slices.Clone(cis), Environment: environment}
	if k.ShortenBy != "" {
		st.Name = "Soak (" + k.ShortenBy + " may shorten it)"
	}
	if environment != "" { // production is not at risk
		st.Effect = ptr(schedule.Detached)
	}
	if k.Calendar != "" {
		st.Calendar, st.Pause = k.Calendar, schedule.PauseReleasing
	}
	b.out = append(b.out, st)
	b.soaks = append(b.soaks, StageSoak{id, *k})
}

func (b *stager) blueGreen() {
	s := b.s
	green := stage("green", "Deploy beside what runs", schedule.StageDeploy, s.all(), &s.Deploy)
	green.Effect = ptr(schedule.NoOutage)
	b.out = append(b.out, green, stage("verify", "Verify the idle side", schedule.StageTest, s.all(), &s.Verify))
	b.out = append(b.out, stage("switch", "Switch", schedule.StageSwitch, s.all(), s.turn()))
	b.soak("soak", &s.Soak, s.all(), "")
}

func (b *stager) flags() {
	s := b.s
	dark := stage("dark", "Deploy, turned off", schedule.StageDeploy, s.all(), &s.Deploy)
	b.out = append(b.out, dark)
	steps := s.Percent
	if len(steps) == 0 {
		steps = []int{1, 5, 25, 100}
	}
	for i, p := range steps {
		st := stage(fmt.Sprintf("flag-%d", p), fmt.Sprintf("On for %d %%", p), schedule.StageFlag, s.all(), s.turn())
		st.Effect = ptr(schedule.NoOutage)
		b.out = append(b.out, st)
		after := fmt.Sprintf("-%d", p)
		if i < len(steps)-1 {
			b.pass(after, s.all())
		} else {
			b.soak("soak"+after, &s.Soak, s.all(), "")
		}
	}
}

// turn is the work of a switch or a step of a flag.
func (s *Strategy) turn() *Work {
	if s.Switch.none() {
		return &s.Deploy
	}
	return &s.Switch
}

func ptr[T any](v T) *T { return &v }
