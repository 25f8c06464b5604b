package risk

import "strings"

// A Source says where the value of a factor comes from.
type Source string

const (
	Given      Source = "given"    // Change.Factors under the factor's name; absent means no contribution
	TypeIs     Source = "type="    // followed by a change type: 1 if the change has it, else 0
	CICount    Source = "ci-count" // number of different CIs touched directly
	ReachCount Source = "reach"    // number of CIs that a failure could reach, from the topology
	HourIn     Source = "hour="    // followed by "20-24" or "20-24@weekend": 1 if the start lies there, else 0, in Model.Zone
)

// of splits "type=emergency" into its kind and argument.
func (s Source) of() (kind Source, arg string) {
	if i := strings.IndexByte(string(s), '='); i >= 0 {
		return s[:i+1], string(s[i+1:])
	}
	return s, ""
}

// A Scale says how the value of a factor is transformed before it is centred.
type Scale string

const (
	Unit   Scale = ""       // must lie in [0, 1]
	Linear Scale = "linear" // any finite number
	Log    Scale = "log"    // log(1+x), mirrored for negative x: for counts and sizes
)

// A Factor adds Weight × (scaled value − Center) / Spread to the log-odds of failure.
type Factor struct {
	Name     string  `json:"name"`
	Source   Source  `json:"source"`
	Scale    Scale   `json:"scale,omitempty"`
	Center   float64 `json:"center,omitempty"` // scaled value that contributes nothing
	Spread   float64 `json:"spread,omitempty"` // 0 means 1
	Weight   float64 `json:"weight"`           // log-odds per Spread
	Monotone bool    `json:"monotone,omitempty"`
	Words    string  `json:"words,omitempty"` // for people: "emergency change"
}

func (f *Factor) spread() float64 {
	if f.Spread == 0 {
		return 1
	}
	return f.Spread
}

// scaled transforms a raw value; ok is false where the value is not allowed.
func (f *Factor) scaled(x float64) (v float64, ok bool) {
	switch {
	case !finite(x):
		return 0, false
	case f.Scale == Log:
		return signedLog(x), true
	case f.Scale == Unit:
		return x, x >= 0 && x <= 1
	default:
		return x, true
	}
}

// share is the contribution of the scaled value v, rounded to millionths.
func (f *Factor) share(v float64) LogOdds {
	return logOdds(float64(f.Weight * ((v - f.Center) / f.spread())))
}

func (f *Factor) words() string {
	if f.Words != "" {
		return f.Words
	}
	return f.Name
}
