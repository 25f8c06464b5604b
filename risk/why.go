package risk

import (
	"fmt"
	"strings"
)

// String is the assessment in words, a line for each reason:
//
//	db-upgrade: high risk, score 4.12 of 100
//	  P(failure) 8.0 %: log-odds -2.442000 = base -3.500000 and
//	    +0.900000  ×2.46  emergency change
//	  impact 0.51: orders-db 0.30, shop 0.30
func (a Assessment) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s risk, score %.2f of 100\n", a.Change, strings.ReplaceAll(string(a.Level), "-", " "), a.Score)
	fmt.Fprintf(&b, "  P(failure) %.1f %%: log-odds %v = base %v", 100*a.Probability, a.LogOdds, a.Base)
	if len(a.Contributions) > 0 {
		b.WriteString(" and")
	}
	b.WriteByte('\n')
	for _, c := range a.Contributions {
		fmt.Fprintf(&b, "    %v  ×%.2f  %s", c.Share, c.Share.Multiplier(), c.Words)
		if c.Value != 1 {
			fmt.Fprintf(&b, " (%.4g)", c.Value)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "  impact %.2f", a.Impact)
	const most = 5
	for i, r := range a.Reached {
		if i == most {
			fmt.Fprintf(&b, ", and %d more", len(a.Reached)-most)
			break
		}
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		fmt.Fprintf(&b, "%s%s %.2f", sep, r.CI, r.Share)
	}
	b.WriteByte('\n')
	for i, s := range a.Severities {
		sep := ", "
		if i == 0 {
			sep = "  if it fails: "
		}
		fmt.Fprintf(&b, "%s%s %.0f %%", sep, s.Severity, 100*s.GivenFailure)
		if i == len(a.Severities)-1 {
			b.WriteByte('\n')
		}
	}
	for _, n := range a.Notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	return b.String()
}
