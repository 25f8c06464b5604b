package outcome

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/words"
	"github.com/slackwater-go/slackwater/schedule"
)

// A Metric is one figure of a history.
type Metric struct {
	ID         MetricID `json:"id"`
	Name       string   `json:"name"`
	Measurable bool     `json:"measurable"`
	Value      float64  `json:"value,omitempty"` // a share from 0 to 1, a number, or seconds, by Unit
	P90        float64  `json:"p90,omitempty"`   // of metrics whose value is a median
	Unit       Unit     `json:"unit"`
	Of         int      `json:"of"`            // records that the figure rests on
	All        int      `json:"all"`           // records that it is about; more than Of where some do not say
	Why        string   `json:"why,omitempty"` // why it is not measurable
}

// A Unit says what the value of a metric counts.
type Unit string

const (
	Share   Unit = "share" // from 0 to 1
	Seconds Unit = "seconds"
	PerWeek Unit = "per week" // of seven days
	Ratio   Unit = "ratio"    // actual by planned
)

// A MetricID names a metric.
type MetricID string

// The metrics, in the order in which [Measure] returns them. The first five are DORA's.
const (
	LeadTime            MetricID = "change-lead-time"                // median from Ready to Start
	DeploymentFrequency MetricID = "deployment-frequency"            // deployments a week of the period
	ChangeFailRate      MetricID = "change-fail-rate"                // failed of those with a result
	RecoveryTime        MetricID = "failed-deployment-recovery-time" // median from Start to Restored of the failed
	ReworkRate          MetricID = "deployment-rework-rate"          // made because of an incident, of those with a cause
	BackOutRate         MetricID = "back-out-rate"                   // taken back, of those where that is known
	TimeToBackOut       MetricID = "time-to-back-out"                // median from Start to Restored of those taken back
	ChangeSuccess       MetricID = "change-success"                  // successful without issues, of those with a result
	EmergencyShare      MetricID = "emergency-share"                 // of those with a type
	ScheduleAdherence   MetricID = "schedule-adherence"              // started within the tolerance of the plan, of those planned
	DurationRatio       MetricID = "duration-ratio"                  // median of actual by planned duration
	WindowUse           MetricID = "window-use"                      // of the time that windows were open, when work ran
	FreezeWait          MetricID = "freeze-wait"                     // mean time that a change which was ready waited in freezes
)

// DefaultTolerance is how far a start may be from its plan and still adhere to it.
const DefaultTolerance = schedule.Duration(15 * time.Minute)

// Measure returns the metrics of a history, in the order of their constants. Tolerance
// is for [ScheduleAdherence]; 0 is [DefaultTolerance]. Cancelled deployments count
// nowhere. It returns the faults of [History.Validate].
func Measure(h *History, tolerance schedule.Duration) ([]Metric, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	if tolerance == 0 {
		tolerance = DefaultTolerance
	}
	m := measuring{h: h}
	for i := range h.Deployments {
		if d := &h.Deployments[i]; d.Result != Cancelled {
			m.list = append(m.list, d)
		}
	}
	failed := func(d *Deployment) bool { return d.Result == Failed }
	judged := func(d *Deployment) bool { return d.Result != "" }
	back := func(d *Deployment) bool { return d.BackedOut != nil && *d.BackedOut }
	planned := func(d *Deployment) bool { return !d.Planned.Start.IsZero() }
	m.median(LeadTime, "Change lead time, median", "no record says when its change was ready", always, func(d *Deployment) (time.Duration, bool) {
		return d.Start.Sub(d.Ready), !d.Ready.IsZero()
	})
	m.out = append(m.out, Metric{ID: DeploymentFrequency, Name: "Deployment frequency", Measurable: true, Unit: PerWeek, Of: len(m.list), All: len(m.list),
		Value: float64(len(m.list)) / (h.Period.Duration().Hours() / (7 * 24))})
	m.share(ChangeFailRate, "Change fail rate", "no record says how it went", always, judged, failed)
	restored := func(d *Deployment) (time.Duration, bool) { return d.Restored.Sub(d.Start), !d.Restored.IsZero() }
	why := "no failed deployment says when service was whole again"
	switch {
	case !slices.ContainsFunc(m.list, judged):
		why = "no record says how it went, so nobody knows which failed"
	case !slices.ContainsFunc(m.list, failed):
		why = "none failed"
	}
	m.median(RecoveryTime, "Failed deployment recovery time, median", why, failed, restored)
	m.share(ReworkRate, "Deployment rework rate", "no record says why it was made", always, func(d *Deployment) bool { return d.Cause != "" }, func(d *Deployment) bool { return d.Cause == Incident })
	m.share(BackOutRate, "Back-out rate", "no record says whether it was taken back", always, func(d *Deployment) bool { return d.BackedOut != nil }, back)
	why = "none that was taken back says when service was whole again"
	if !slices.ContainsFunc(m.list, back) {
		why = "none is known to have been taken back"
	}
	m.median(TimeToBackOut, "Time to back out, median", why, back, restored)
	m.share(ChangeSuccess, "Change success", "no record says how it went", always, judged, func(d *Deployment) bool { return d.Result == Successful })
	m.share(EmergencyShare, "Emergency changes", "no record has a change type", always, func(d *Deployment) bool { return d.Type != "" }, func(d *Deployment) bool { return d.Type == schedule.Emergency })
	m.share(ScheduleAdherence, "Started within "+length(tolerance.Std().Seconds())+" of the plan", "no record says what was planned", always, planned, func(d *Deployment) bool {
		return d.Start.Sub(d.Planned.Start).Abs() <= tolerance.Std()
	})
	m.durations()
	m.windowUse()
	m.freezeWait()
	return m.out, nil
}

type measuring struct {
	h    *History
	list []*Deployment
	out  []Metric
}

func always(*Deployment) bool { return true }

// share adds the share of yes among what is known, among what is asked about.
func (m *measuring) share(id MetricID, name, why string, about, known, yes func(*Deployment) bool) {
	x := Metric{ID: id, Name: name, Unit: Share}
	n := 0
	for _, d := range m.list {
		if !about(d) {
			continue
		}
		x.All++
		if known(d) {
			x.Of++
			if yes(d) {
				n++
			}
		}
	}
	m.add(x, why, func() (float64, float64) { return float64(n) / float64(x.Of), 0 })
}

// median adds the median of a length among what is asked about.
func (m *measuring) median(id MetricID, name, why string, about func(*Deployment) bool, value func(*Deployment) (time.Duration, bool)) {
	x := Metric{ID: id, Name: name, Unit: Seconds}
	var list []time.Duration
	for _, d := range m.list {
		if !about(d) {
			continue
		}
		x.All++
		if v, ok := value(d); ok {
			list = append(list, v)
		}
	}
	x.Of = len(list)
	m.add(x, why, func() (float64, float64) {
		slices.Sort(list)
		return quantile(list, 50).Seconds(), quantile(list, 90).Seconds()
	})
}

// add fills in the value of a metric that some record can say.
func (m *measuring) add(x Metric, why string, value func() (float64, float64)) {
	if x.Of == 0 {
		x.Why = why
		if len(m.list) == 0 {
			x.Why = "there is no record"
		}
	} else {
		x.Measurable = true
		x.Value, x.P90 = value()
	}
	m.out = append(m.out, x)
}

// quantile returns the nearest-rank percentile of a sorted list that is not empty.
func quantile[T any](sorted []T, percent int) T {
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

func (m *measuring) durations() {
	x := Metric{ID: DurationRatio, Name: "Actual by planned duration, median", Unit: Ratio, All: len(m.list)}
	var list []float64
	for _, d := range m.list {
		if !d.End.IsZero() && !d.Planned.Empty() {
			list = append(list, float64(d.End.Sub(d.Start))/float64(d.Planned.Duration()))
		}
	}
	x.Of = len(list)
	m.add(x, "no record has both a planned and an actual end", func() (float64, float64) {
		slices.Sort(list)
		return quantile(list, 50), quantile(list, 90)
	})
}

func (m *measuring) windowUse() {
	x := Metric{ID: WindowUse, Name: "Window time in use", Unit: Share, All: len(m.list)}
	open := m.h.Windows.Clip(m.h.Period)
	var work []calendar.Interval
	for _, d := range m.list {
		if !d.End.IsZero() {
			work = append(work, calendar.Interval{Start: d.Start, End: d.End})
		}
	}
	why := "no record says when it ended"
	if open.Empty() {
		why = "the windows of the period are not given"
	} else {
		x.Of = len(work)
	}
	m.add(x, why, func() (float64, float64) {
		used := calendar.Union(work...).Intersect(open)
		return float64(used.Total()) / float64(open.Total()), 0
	})
}

func (m *measuring) freezeWait() {
	x := Metric{ID: FreezeWait, Name: "Wait in freezes of a change that was ready, mean", Unit: Seconds, All: len(m.list)}
	why := "no record says when its change was ready"
	if m.h.Freezes.Empty() {
		why = "the freezes of the period are not given"
	}
	var sum float64
	for _, d := range m.list {
		if !d.Ready.IsZero() && !m.h.Freezes.Empty() {
			x.Of++
			sum += m.h.Freezes.Clip(calendar.Interval{Start: d.Ready, End: d.Start}).Total().Seconds()
		}
	}
	m.add(x, why, func() (float64, float64) { return sum / float64(x.Of), 0 })
}

// String says the metric in words: "Change fail rate: 4.0 % (of 25 records)", or why it is
// not measurable.
func (x Metric) String() string {
	if !x.Measurable {
		return x.Name + ": not measurable: " + x.Why
	}
	v := ""
	switch x.Unit {
	case Share:
		v = fmt.Sprintf("%.1f %%", 100*x.Value)
	case Seconds:
		v = length(x.Value)
		if x.P90 > 0 && x.Of >= 10 { // of fewer records it would be their largest
			v += ", nine in ten within " + length(x.P90)
		}
	case PerWeek:
		v = fmt.Sprintf("%.1f a week", x.Value)
	default:
		v = fmt.Sprintf("%.2f", x.Value)
	}
	of := fmt.Sprintf("%d records", x.Of)
	if x.Of == 1 {
		of = "1 record"
	}
	if x.Of < x.All {
		of += fmt.Sprintf("; %d do not say", x.All-x.Of)
	}
	return x.Name + ": " + v + " (" + of + ")"
}

// length says seconds in the two largest units.
func length(seconds float64) string {
	return words.Length(time.Duration(seconds * float64(time.Second)).Round(time.Second))
}
