package cmdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
)

func (a *auditor) live(i int) bool {
	return a.s.CIs[i].Status != Retired && a.s.CIs[i].Status != Planned
}

func (a *auditor) completeness(i int) {
	c := &a.s.CIs[i]
	a.test(required, i, c.Owner != "", "C3", Warning, "has no owner")
	a.test(recommended, i, c.Criticality > 0, "C4", Warning, "states no criticality")
	a.test(recommended, i, c.Location != "" || c.Environment != "", "C5", Warning, "has neither location nor environment")
	if len(a.rules.Classes) == 0 {
		return
	}
	_, known := a.classes[c.Class]
	a.test(required, i, known, "C8", Warning, "is of class %q, for which there are no rules", shorten(c.Class))
	identified, rules := false, 0
	a.lineage(c.Class, func(r *ClassRule) {
		for _, f := range r.Required {
			a.test(required, i, field(c, f) != "", "C1", Error, "lacks %s, which its class requires", f)
		}
		for _, f := range r.Recommended {
			a.test(recommended, i, field(c, f) != "", "C2", Warning, "lacks %s, which its class recommends", f)
		}
		for _, id := range r.Identifiers {
			rules++
			identified = identified || !slices.ContainsFunc(id, func(f string) bool { return field(c, f) == "" })
		}
	})
	if rules > 0 {
		a.test(required, i, identified, "C6", Error, "lacks the fields of each rule that would identify it")
	}
}

// isService reports whether a class is that of a service, by its name.
func isService(class string) bool { return strings.Contains(strings.ToLower(class), "service") }

func (a *auditor) correctness(i int) {
	c, at := &a.s.CIs[i], i
	optional := false
	var unmet []string
	stale := a.rules.StaleAfter
	a.lineage(c.Class, func(r *ClassRule) {
		optional = optional || r.Optional
		unmet = append(unmet, r.Relations...)
	})
	staleSet := false
	a.lineage(c.Class, func(r *ClassRule) {
		if r.StaleAfter > 0 && !staleSet {
			stale, staleSet = r.StaleAfter, true
		}
	})
	if stale == 0 {
		stale = Duration(60 * 24 * time.Hour)
	}
	if !optional {
		a.test(correct, at, a.degree[i] > 0, "R1", Warning, "has no relation")
	}
	if len(unmet) > 0 {
		a.needRelations(i, unmet)
	}
	if now := a.rules.Now; !now.IsZero() {
		if !c.LastSeen.IsZero() {
			a.test(correct, at, !c.LastSeen.After(now), "R7", Error, "was last seen at %s, which is to come", c.LastSeen.UTC().Format(time.RFC3339))
			if a.live(i) {
				a.stale[i] = now.Sub(c.LastSeen) > time.Duration(stale)
				a.test(correct, at, !a.stale[i], "R2", Warning, "was last seen at %s", c.LastSeen.UTC().Format(time.RFC3339))
			}
			if c.Status == Retired {
				a.test(correct, at, now.Sub(c.LastSeen) > time.Duration(stale), "R6", Error, "is retired, yet was seen at %s", c.LastSeen.UTC().Format(time.RFC3339))
			}
		}
	}
	if c.Status == Retired {
		a.test(correct, at, a.degree[i] == 0, "R5", Warning, "is retired and still has %d relations", a.degree[i])
		for _, w := range a.open[c.ID] {
			a.test(correct, at, false, "R5", Warning, "is retired and %q is to change it", shorten(w))
		}
		state := strings.ToLower(c.Attributes["operational_status"])
		a.test(correct, at, state != "operational", "R6", Error, "is retired, yet operational")
	}
	if a.rules.MinConfidence > 0 && c.Confidence > 0 {
		a.test(correct, at, c.Confidence >= a.rules.MinConfidence, "R12", Warning, "is only %d %% certain", c.Confidence)
	}
	a.values(i)
}

// needRelations checks that a CI has relations of every type that its class asks for (R1).
func (a *auditor) needRelations(i int, types []string) {
	if a.has == nil {
		a.has = map[[2]string]bool{}
		for _, r := range a.s.Relations {
			a.has[[2]string{r.From, r.Type}] = true
			a.has[[2]string{r.To, r.Type}] = true
		}
	}
	for _, t := range types {
		a.test(correct, i, a.has[[2]string{a.s.CIs[i].ID, t}], "R1", Error, "has no relation of type %q, which its class asks for", t)
	}
}

func (a *auditor) values(i int) {
	c := &a.s.CIs[i]
	var attributes []string
	a.lineage(c.Class, func(r *ClassRule) {
		attributes = append(attributes, r.Attributes...)
		for _, f := range slices.Sorted(maps.Keys(r.Values)) {
			if v := field(c, f); v != "" {
				a.test(correct, i, slices.Contains(r.Values[f], v), "R11", Error, "has %s %q, which is not allowed", f, shorten(v))
			}
		}
	})
	if len(attributes) > 0 {
		for _, k := range slices.Sorted(maps.Keys(c.Attributes)) {
			a.test(correct, i, slices.Contains(attributes, k), "R10", Warning, "has attribute %q, which its class does not know", shorten(k))
		}
	}
	if c.Criticality < 0 || c.Criticality > 5 || c.Confidence < 0 || c.Confidence > 100 || c.OutageAllowance < 0 {
		a.test(correct, i, false, "R11", Error, "has a number out of range")
	}
}

func (a *auditor) compliance(i int) {
	c := &a.s.CIs[i]
	for _, t := range a.rules.Templates {
		if a.is(c.Class, t.Class) {
			v := field(c, t.Field)
			a.test(compliant, i, v == t.Value, "A1", Error, "has %s %q, must have %q", t.Field, shorten(v), t.Value)
		}
	}
	if f := a.rules.Certified; f != "" && !a.rules.Now.IsZero() {
		at, ok := parseTime(field(c, f))
		a.test(compliant, i, ok && a.rules.Now.Sub(at) <= time.Duration(a.rules.CertifyBy), "A2", Warning, "was last certified %q", field(c, f))
	}
	if a.rules.Changes == nil {
		return
	}
	for _, d := range a.changed[c.ID] {
		a.test(compliant, i, false, "A3", Error, "was changed without a change record at %s: %s", d.At.UTC().Format(time.RFC3339), shorten(d.What))
	}
	if len(a.changed[c.ID]) == 0 {
		a.test(compliant, i, true, "A3", Error, "")
	}
}

// identities finds CIs that are the same thing (R3) or share what they may not (R8). A CI has
// the identity that the first of its class's rules gives it whose fields it has.
func (a *auditor) identities() {
	same := map[string][]int{}
	ids := map[string][]int{}
	for i := range a.s.CIs {
		c := &a.s.CIs[i]
		ids[c.ID] = append(ids[c.ID], i)
		if key, ok := a.identity(i); ok && a.live(i) {
			same[key] = append(same[key], i)
		}
		for _, f := range a.rules.Unique {
			if v := field(c, f); v != "" && a.live(i) {
				same["\x00"+f+"\x00"+fold(v)] = append(same["\x00"+f+"\x00"+fold(v)], i)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		for _, i := range ids[id][1:] {
			a.test(correct, i, false, "R3", Error, "has the id of cis[%d]", ids[id][0])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(same)) {
		first := same[key][0]
		for _, i := range same[key][1:] {
			if a.s.CIs[i].ID == a.s.CIs[first].ID {
				continue
			}
			if key[0] == 0 {
				f, _, _ := strings.Cut(key[1:], "\x00")
				a.test(correct, i, false, "R8", Error, "shares %s with %q", f, a.s.CIs[first].ID)
			} else {
				a.test(correct, i, false, "R3", Error, "is the same as %q by its identifying fields", a.s.CIs[first].ID)
			}
		}
	}
}

func (a *auditor) identity(i int) (string, bool) {
	c := &a.s.CIs[i]
	key := ""
	a.lineage(c.Class, func(r *ClassRule) {
		for k, rule := range r.Identifiers {
			if key != "" || slices.ContainsFunc(rule, func(f string) bool { return field(c, f) == "" }) {
				continue
			}
			key = fmt.Sprintf("%s/%d", r.Class, k)
			for _, f := range rule {
				key += "\x00" + fold(field(c, f))
			}
		}
	})
	return key, key != ""
}

// fold makes texts equal that differ in case, spaces and punctuation only.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// names finds live CIs of one class whose names are the same but for case, spaces, punctuation,
// or one letter put in or left out (R9). Digits tell things apart: web-1 is not web-2. Letters are
// left out among at most 100,000 CIs, because every way to do so has to be kept.
func (a *auditor) names() {
	groups := map[string][]int{}
	for i := range a.s.CIs {
		c := &a.s.CIs[i]
		name := fold(c.Name)
		if name == "" || !a.live(i) {
			continue
		}
		runes := []rune(name)
		seen := map[string]bool{c.Class + "\x00" + name: true}
		if len(runes) > 4 && len(runes) < 64 && len(a.s.CIs) <= 100_000 {
			for k := range runes {
				if !unicode.IsDigit(runes[k]) {
					seen[c.Class+"\x00"+string(runes[:k])+string(runes[k+1:])] = true
				}
			}
		}
		for key := range seen {
			groups[key] = append(groups[key], i)
		}
	}
	told := map[int]bool{}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		g := groups[key]
		_, want, _ := strings.Cut(key, "\x00")
		for _, i := range g[1:] {
			first := a.s.CIs[g[0]]
			exact := fold(first.Name) == want || fold(a.s.CIs[i].Name) == want
			if exact && !told[i] && first.ID != a.s.CIs[i].ID {
				told[i] = true
				a.test(correct, i, false, "R9", Warning, "has nearly the name of %q", first.ID)
			}
		}
	}
}
