package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule/outcome"
)

// A promotion is one image tag of one app put into one environment.
type promotion struct {
	at            time.Time
	app, env, tag string
	back          bool // the tag is older than the one before it
}

// readPromotions makes a history of one calendar year in UTC out of promotions to
// production. A change is ready when its tag is first promoted, to any environment.
// A deployment is taken back where the next one of its app goes back to an older tag,
// which restores service. Going back is itself a deployment. What the file does not
// tell (failures that were mended forwards, plans, change types) stays unknown.
func readPromotions(path string, year int) (*outcome.History, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var r io.Reader = in
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		if r, err = gzip.NewReader(in); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	list, err := parsePromotions(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	slices.SortStableFunc(list, func(a, b promotion) int { return a.at.Compare(b.at) })
	start := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	h := &outcome.History{Version: outcome.Version, Name: fmt.Sprint("Production in ", year), Period: calendar.Interval{Start: start, End: start.AddDate(1, 0, 0)}}
	first := map[[2]string]promotion{} // by app and tag, the first promotion of it
	last := map[string]int{}           // app → its last deployment in h
	no, yes := false, true
	for _, p := range list {
		key := [2]string{p.app, p.tag}
		before, seen := first[key]
		if !seen {
			first[key] = p
		}
		if p.env != "production" {
			continue
		}
		if i, ok := last[p.app]; ok && p.back && p.at.Before(h.Period.End) {
			h.Deployments[i].BackedOut, h.Deployments[i].Restored = &yes, p.at
		}
		if !h.Period.Contains(p.at) {
			continue
		}
		d := outcome.Deployment{ID: fmt.Sprintf("%s %s #%d", p.app, p.tag, len(h.Deployments)+1), Service: p.app, Start: p.at, BackedOut: &no}
		// A tag that was in production first has no way to production to measure; going
		// back to an old tag is no new change.
		if seen && before.env != "production" && !p.back {
			d.Ready = before.at
		}
		last[p.app] = len(h.Deployments)
		h.Deployments = append(h.Deployments, d)
	}
	return h, nil
}

func parsePromotions(r io.Reader) ([]promotion, error) {
	c := csv.NewReader(r)
	head, err := c.Read()
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, name := range head {
		column[name] = i
	}
	for _, name := range []string{"ct", "app", "env", "tag", "rolled_back_to_older"} {
		if _, ok := column[name]; !ok {
			return nil, fmt.Errorf("there is no column %q", name)
		}
	}
	var list []promotion
	for {
		row, err := c.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := c.FieldPos(0)
		seconds, err := strconv.ParseInt(row[column["ct"]], 10, 64)
		if err != nil || seconds < 0 || seconds > 1<<33 {
			return nil, fmt.Errorf("line %d: ct: %q is no time in seconds", line, row[column["ct"]])
		}
		list = append(list, promotion{at: time.Unix(seconds, 0).UTC(), app: row[column["app"]], env: cmp.Or(row[column["env"]], "?"), tag: row[column["tag"]], back: row[column["rolled_back_to_older"]] == "1"})
	}
}
