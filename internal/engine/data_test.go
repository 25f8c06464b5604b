package engine

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/slackwater-go/slackwater/internal/psplib"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// library returns every step-th instance of a family of the public libraries with its
// best known bounds; -1 where none is known.
func library(t testing.TB, family, pattern string, step int) (files []string, ins []*rcpsp.Instance, lb, ub []int64) {
	t.Helper()
	root := os.Getenv("SLACKWATER_DATA")
	if root == "" {
		t.Skip("SLACKWATER_DATA names no folder with the public libraries")
	}
	dir := filepath.Join(root, family)
	known := map[string][]string{}
	f, err := os.Open(filepath.Join(filepath.Dir(filepath.Join(dir, pattern)), "bounds.csv"))
	if err != nil {
		f, err = os.Open(filepath.Join(dir, "bounds.csv"))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		known[r[0]] = r
	}
	all, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(all); i += step {
		data, err := os.ReadFile(all[i])
		if err != nil {
			t.Fatal(err)
		}
		p, err := psplib.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		row := known[filepath.Base(all[i])]
		if row == nil {
			row = known[filepath.Base(filepath.Dir(all[i]))+"/"+filepath.Base(all[i])]
		}
		l, u := int64(-1), int64(-1)
		if len(row) >= 3 {
			if x, err := strconv.ParseInt(row[1], 10, 64); err == nil {
				l = x
			}
			if x, err := strconv.ParseInt(row[2], 10, 64); err == nil {
				u = x
			}
		}
		files, ins, lb, ub = append(files, all[i]), append(ins, p.Instance()), append(lb, l), append(ub, u)
	}
	return files, ins, lb, ub
}

// TestHeuristicsOnLibraries runs heuristics and bounds alone, with little work: no
// known bound is contradicted, and the deviation from the best known is logged.
func TestHeuristicsOnLibraries(t *testing.T) {
	for _, c := range []struct {
		family, pattern string
		step            int
		work            int64
	}{
		{"psplib", "j30/*.sm", 24, 1_000_000},
		{"psplib", "j120/*.sm", 60, 2_000_000},
		{"rcpsp-max", "ubo50/*.sch", 9, 1_000_000},
		{"mrcpsp", "j20/*.mm", 11, 1_000_000},
		{"jobshop", "la*.txt", 10, 1_000_000},
	} {
		files, ins, lb, ub := library(t, c.family, c.pattern, c.step)
		var dev, gap float64
		var found, settled int
		for i, in := range ins {
			res, err := Run(context.Background(), in, Options{HeuristicOnly: true, MaxWork: c.work, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			if res.Status == Infeasible && ub[i] >= 0 {
				t.Errorf("%s: called infeasible, %d is known", files[i], ub[i])
			}
			if res.Best == nil {
				continue
			}
			found++
			if lb[i] >= 0 && res.Value[0] < lb[i] {
				t.Errorf("%s: makespan %d is below the known bound %d", files[i], res.Value[0], lb[i])
			}
			if ub[i] >= 0 {
				if res.Bound[0] > ub[i] {
					t.Errorf("%s: bound %d is above the known makespan %d", files[i], res.Bound[0], ub[i])
				}
				dev += 100 * float64(res.Value[0]-ub[i]) / float64(ub[i])
				gap += 100 * float64(res.Value[0]-res.Bound[0]) / float64(res.Value[0])
			}
			if res.Status == Optimal {
				settled++
			}
		}
		n := float64(max(1, found))
		t.Logf("%s/%s: %d instances, %d solved, %d of them proved, %.2f %% above best known, own gap %.1f %%", c.family, c.pattern, len(ins), found, settled, dev/n, gap/n)
	}
}
