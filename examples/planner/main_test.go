package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/golden"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/records"
)

// command runs the program with args and returns what it prints.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// The main job, on the embedded organisation, with everything that it writes.
func TestOrganisation(t *testing.T) {
	dir := t.TempDir()
	args := []string{"-out", dir}
	if testing.Short() {
		args = append(args, "-work", "300000")
	}
	code, out, errs := command(t, args...)
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if !testing.Short() {
		golden.Check(t, filepath.Join("testdata", "organisation.txt"), out)
	}
	o, err := (&settings{}).load()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	plan, err := schedule.ReadPlan(f)
	if err != nil {
		t.Fatal(err)
	}
	conflicts, err := schedule.Check(o.problem, plan)
	if err != nil || len(conflicts) > 0 {
		t.Errorf("plan.json: %v %v", conflicts, err)
	}
	// The calendar file, judged as a plan made by hand, is as clean as the plan.
	code, out, errs = command(t, "-check", filepath.Join(dir, "schedule.ics"))
	if code != 0 || !strings.Contains(out, "0 conflicts") {
		t.Errorf("schedule.ics: exit %d: %s%s", code, out, errs)
	}
	// So is the plan itself.
	code, out, errs = command(t, "-check", filepath.Join(dir, "plan.json"))
	if code != 0 || !strings.Contains(out, "127 activities, 0 conflicts") {
		t.Errorf("plan.json: exit %d: %s%s", code, out, errs)
	}
	page, err := os.ReadFile(filepath.Join(dir, "schedule.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Checkout page redesign", "year-end freeze", "What was wrong with the plan made by hand", "</html>"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("schedule.html lacks %q", want)
		}
	}
}

// A second run, into another folder, gives the same bytes.
func TestRunsRepeat(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		if code, _, errs := command(t, "-work", "300000", "-seed", "7", "-out", dir); code != 0 {
			t.Fatalf("exit %d: %s", code, errs)
		}
	}
	for _, name := range []string{"plan.json", "schedule.html", "schedule.ics"} {
		x, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(filepath.Join(b, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs between two runs", name)
		}
	}
}

// The plan made by hand breaks rules of many kinds; the program says so and exits with 1.
func TestCheck(t *testing.T) {
	code, out, errs := command(t, "-check", filepath.Join("org", "by-hand.csv"))
	if code != 1 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	golden.Check(t, filepath.Join("testdata", "check.txt"), strings.ReplaceAll(out, "\\", "/"))
}

// A file without changes is no error; one against a problem without a CI graph says what cannot be seen.
func TestCheckSaysWhatItCannotSee(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	none := write("none.csv", "number,start,end,state\nA,2026-12-01 10:00,2026-12-01 11:00,Cancelled\n")
	if code, out, errs := command(t, "-check", none); code != 0 || !strings.Contains(out, "0 changes, 1 cancelled, 0 conflicts") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	problem := write("p.json", `{"version": 1, "horizon": {"start": "2026-11-23T00:00:00Z", "end": "2026-12-23T00:00:00Z"}, "activities": [{"id": "x", "duration": "PT1H"}]}`)
	odd := write("odd.csv", "number,ci,type,start,end\nA,\"a, b\",nromal,2027-12-01 10:00,2027-12-01 10:00\nA,a,,2026-12-01 10:00,2026-12-01 11:00\n")
	_, out, errs := command(t, "-problem", problem, "-check", odd)
	for _, want := range []string{"no CI graph", "ends when it starts", "outside the planned span", "has the type \"nromal\"", "stands in line 2 already"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing: %s%s", want, out, errs)
		}
	}
}

// Bad input and bad flags exit with 2 and say what is wrong.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no file":        {[]string{"-check"}, "-check needs files"},
		"stray file":     {[]string{"x.csv"}, "judged with -check"},
		"missing file":   {[]string{"-problem", filepath.Join(dir, "none.json")}, "none.json"},
		"unknown flag":   {[]string{"-nonsense"}, "not defined"},
		"unknown field":  {[]string{"-problem", write("field.json", `{"version": 1, "horizn": {}}`)}, "horizn"},
		"broken JSON":    {[]string{"-problem", write("broken.json", "{\n  \"version\": 1,\n  \"name\" }")}, "line 3"},
		"bad holidays":   {[]string{"-holidays", write("holidays.json", `[{"date": "25.12.2026", "zone": "UTC"}]`)}, "holidays[0].date"},
		"no holidays":    {[]string{"-holidays", write("none.json", "{\n\"a\": 1}")}, "column"},
		"bad graph":      {[]string{"-cmdb", write("cmdb.json", `{"version": 1, "cis": [{"id": ""}]}`)}, "cis[0]"},
		"bad record":     {[]string{"-check", write("rows.csv", "id,start,end\nA,yesterday,2026-12-01 10:00\n")}, "line 2, column 3"},
		"negative limit": {[]string{"-limit", "-3s"}, "must not be negative"},
		"check and plan": {[]string{"-check", "-govuk", "A", "x.csv"}, "leave out -govuk"},
		"why of nothing": {[]string{"-why"}, "name it with -govuk"},
		"unknown case":   {[]string{"-govuk", "Z"}, "choose A, B or C"},
		"no GOV.UK data": {[]string{"-govuk", "A", "-data", dir}, "-data"},
	} {
		code, _, errs := command(t, c.args...)
		if code != 2 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, %q; want 2 and %q", name, code, errs, c.want)
		}
	}
}

// A problem of somebody else's without CI graph or holidays is planned as it stands.
func TestOwnProblem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "problem.json")
	text := `{"version": 1, "name": "Two", "horizon": {"start": "2026-11-23T00:00:00Z", "end": "2026-11-30T00:00:00Z"},
		"activities": [{"id": "a", "duration": "PT2H"}, {"id": "b", "duration": "PT1H"}], "precedences": [{"from": "a", "to": "b"}]}`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, "-problem", path)
	if code != 0 || !strings.Contains(out, "No plan is better: proved.") || !strings.Contains(out, "Mon 23 Nov 02:00–03:00") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// An infeasible problem is no crash and no plan: it exits with 1 and says why.
func TestInfeasible(t *testing.T) {
	path := filepath.Join(t.TempDir(), "problem.json")
	text := `{"version": 1, "horizon": {"start": "2026-11-23T00:00:00Z", "end": "2026-11-23T02:00:00Z"},
		"activities": [{"id": "a", "duration": "PT2H"}, {"id": "b", "duration": "PT1H"}], "precedences": [{"from": "a", "to": "b"}]}`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, errs := command(t, "-problem", path)
	if code != 1 || !strings.Contains(errs, "no plan exists") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// The records that the planner writes are the ones that it reads.
func TestICSRoundTrip(t *testing.T) {
	dir := t.TempDir()
	if code, _, errs := command(t, "-work", "300000", "-out", dir); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	f, err := os.Open(filepath.Join(dir, "schedule.ics"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := records.Read(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := os.Open(filepath.Join(dir, "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	plan, err := schedule.ReadPlan(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Records) < 30 {
		t.Errorf("%d events, want one for each stage that delivers", len(file.Records))
	}
	for _, r := range file.Records {
		a, ok := plan.Of(r.ID)
		if !ok || !a.Start.Equal(r.Start) || !a.End.Equal(r.End) {
			t.Errorf("%s: %s to %s in the calendar file, %s to %s in the plan", r.ID, r.Start, r.End, a.Start, a.End)
		}
	}
}
