package cmdb

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// identify joins records, rule by rule: first those that are known by themselves, then, round by round,
// those whose hosts are known.
func (m *merger) identify() {
	rules := m.rules.Identify
	if len(rules) == 0 {
		rules = []IdentityRule{{Fields: []string{"id"}}}
	}
	waits := make([][]int, len(m.records)) // the hosts by which a record is identified
	for i := range m.records {
		for _, rule := range rules {
			if rule.Within != "" && (rule.Class == "" || rule.Class == m.records[i].ci.Class) {
				waits[i] = append(waits[i], m.hosts[hosting{i, fold(rule.Within)}]...)
			}
		}
	}
	for {
		var ready []int
		open := 0
		for i := range m.records {
			if m.of[i] != -1 {
				continue
			}
			open++
			if !slices.ContainsFunc(waits[i], func(h int) bool { return m.of[h] == -1 }) {
				ready = append(ready, i)
			}
		}
		if open == 0 {
			break
		}
		if len(ready) == 0 { // they are within each other: each stands by itself
			clear(waits)
			m.hosts = nil
			continue
		}
		m.identifyAll(rules, ready)
	}
	slices.Sort(m.report.Ambiguous)
	for k := range m.cis {
		slices.SortFunc(m.cis[k], func(a, b int) int { return m.compare(a, b, "") })
	}
}

// identifyAll joins some records with each other and with CIs that are known.
func (m *merger) identifyAll(rules []IdentityRule, ready []int) {
	turn := make([]bool, len(m.records))
	for _, i := range ready {
		turn[i] = true
	}
	ambiguous := map[int]bool{}
	for _, rule := range rules {
		label := strings.Join(rule.Fields, "+")
		if rule.Within != "" {
			label += " " + rule.Within
		}
		with := map[string][]int{}
		for i := range m.records {
			if m.of[i] < 0 && !turn[i] {
				continue
			}
			if key, ok := m.key(rule, i); ok {
				with[key] = append(with[key], i)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(with)) {
			known := map[int]bool{}
			var fresh []int
			for _, i := range with[key] {
				if m.of[i] >= 0 {
					known[m.of[i]] = true
				} else if !ambiguous[i] {
					fresh = append(fresh, i)
				}
			}
			if len(fresh) == 0 {
				continue
			}
			switch len(known) {
			case 0:
				for _, i := range fresh {
					m.of[i] = len(m.cis)
				}
				m.cis, m.rule = append(m.cis, fresh), append(m.rule, label)
			case 1:
				for k := range known {
					for _, i := range fresh {
						m.of[i] = k
					}
					m.cis[k] = append(m.cis[k], fresh...)
					if len(m.cis[k]) == len(fresh)+1 {
						m.rule[k] = label
					}
				}
			default:
				for _, i := range fresh {
					ambiguous[i] = true
					m.report.Ambiguous = append(m.report.Ambiguous, m.records[i].name())
				}
			}
		}
	}
	for _, i := range ready {
		if m.of[i] == -1 {
			m.of[i] = len(m.cis)
			m.cis, m.rule = append(m.cis, []int{i}), append(m.rule, "")
		}
	}
}

// key returns the identity that a rule gives to a record.
func (m *merger) key(rule IdentityRule, i int) (string, bool) {
	c := &m.records[i].ci
	if rule.Class != "" && rule.Class != c.Class || len(rule.Fields) == 0 {
		return "", false
	}
	key := ""
	for _, f := range rule.Fields {
		v := field(c, f)
		if f != "id" {
			v = fold(v)
		}
		if v == "" {
			return "", false
		}
		key += v + "\x00"
	}
	if rule.Within == "" {
		return key, true
	}
	host := -1
	for _, h := range m.hosts[hosting{i, fold(rule.Within)}] {
		k := m.of[h]
		if k < 0 || host >= 0 && k != host {
			return "", false
		}
		host = k
	}
	return key + strconv.Itoa(host), host >= 0
}
