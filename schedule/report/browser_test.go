package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

// pages are a timeline of many rows with arrows among them, the golden one, an empty one and a heat calendar.
func pages(t *testing.T, rows int) map[string][]byte {
	t.Helper()
	start := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)
	many := &report.Timeline{Title: "Many", Span: calendar.Interval{Start: start, End: start.AddDate(1, 0, 0)},
		Shades: []report.Shade{{Interval: calendar.Interval{Start: start.AddDate(0, 1, 0), End: start.AddDate(0, 1, 9)}, Kind: report.Frozen, Label: "Freeze <&> \"'"}}}
	for i := range rows {
		row := report.Row{Label: fmt.Sprintf("Release %d", i), Group: fmt.Sprint("Team ", i*8/rows), Level: []string{"Low", "Very high"}[i%2], Tags: []string{[]string{"normal", "standard"}[i%2]}}
		for k := range 8 {
			at := start.Add(time.Duration(i*4+k*8) * time.Hour)
			row.Bars = append(row.Bars, report.Bar{Interval: calendar.Interval{Start: at, End: at.Add(6 * time.Hour)}, ID: fmt.Sprint(i, ".", k), Label: "stage"})
		}
		many.Rows = append(many.Rows, row)
		if i > 0 && i < 101 {
			many.Arrows = append(many.Arrows, report.Arrow{From: fmt.Sprint(i-1, ".7"), To: fmt.Sprint(i, ".0"), Critical: i < 4, Type: []schedule.PrecedenceType{"", schedule.StartStart, schedule.FinishFinish}[i%3]})
		}
	}
	out := map[string][]byte{}
	for name, tl := range map[string]*report.Timeline{"many": many, "golden": small(t), "empty": {}} {
		var b bytes.Buffer
		if err := report.WriteHTML(&b, tl); err != nil {
			t.Fatal(err)
		}
		out[name] = b.Bytes()
	}
	var b bytes.Buffer
	if err := report.WriteHeat(&b, built(nil).Heat(calendar.Date{Year: 2026, Month: 12, Day: 1}, 3)); err != nil {
		t.Fatal(err)
	}
	out["heat"] = b.Bytes()
	return out
}

// The pages are valid HTML to whichever of two judges is installed: the Nu HTML checker
// (vnu), and html5lib for python3, which reports every parse error of the standard.
func TestValid(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for name, page := range pages(t, 20) {
		path := filepath.Join(dir, name+".html")
		if err := os.WriteFile(path, page, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	slices.Sort(files)
	judge := func(name string, command ...string) {
		t.Run(name, func(t *testing.T) {
			out, err := exec.Command(command[0], append(command[1:], files...)...).CombinedOutput()
			if err != nil || len(bytes.TrimSpace(out)) > 0 {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	asked := false
	if path, err := exec.LookPath("vnu"); err == nil {
		asked = true
		judge("vnu", path, "--stdout")
	}
	const strict = "import sys,html5lib\nfor f in sys.argv[1:]: html5lib.HTMLParser(strict=True).parse(open(f,'rb').read(), transport_encoding='utf-8')"
	if exec.Command("python3", "-c", "import html5lib").Run() == nil {
		asked = true
		judge("html5lib", "python3", "-c", strict)
	}
	if !asked {
		t.Skip("neither vnu nor html5lib for python3 is installed")
	}
}

// drive uses the page as people do and notes what it sees in the document.
const drive = `<script>
window.said=[];window.addEventListener('error',function(e){said.push('error: '+e.message)});
window.addEventListener('load',function(){
 var get=function(i){return document.getElementById(i)},rows=[].slice.call(document.querySelectorAll('#plan tbody tr:not(.group)'));
 function seen(){return rows.filter(function(r){return !r.hidden}).length}
 function set(i,v){var e=get(i);if(e.type==='checkbox')e.checked=v;else e.value=v;e.dispatchEvent(new Event('input'))}
 function key(k){document.activeElement.dispatchEvent(new KeyboardEvent('keydown',{key:k,bubbles:true}));return rows.indexOf(document.activeElement)}
 function ties(){return document.querySelectorAll('#ties path').length}
 var out={rows:seen(),ties:ties()};
 set('find','release 1999');out.find=seen();out.count=get('count').textContent;set('find','');
 set('group','Team 0');out.team=seen();out.headings=[].filter.call(document.querySelectorAll('tr.group'),function(r){return !r.hidden}).length;
 set('level','Low');out.low=seen();out.stop=rows.filter(function(r){return r.tabIndex===0&&!r.hidden}).length;set('group','');set('level','');
 set('all',true);out.all=ties();set('all',false);
 rows[0].focus();out.here=document.querySelectorAll('#ties .here').length;
 out.keys=[key('ArrowDown'),key('ArrowDown'),key('End'),key('ArrowDown'),key('ArrowUp'),key('Home'),key('ArrowUp')];
 out.named=[].every.call(document.querySelectorAll('#plan svg[role=group],#plan rect[role=img],#plan th'),function(e){return (e.getAttribute('aria-label')||e.textContent).trim()!==''||e.querySelector('[aria-label]')});
 out.open=Math.round(performance.timing.loadEventStart-performance.timing.navigationStart);
 out.said=said;
 var p=document.createElement('pre');p.id='out';p.textContent=JSON.stringify(out);document.body.appendChild(p);
});
</script>`

// A real browser without a network opens 2,000 rows, filters them, walks them by keys and
// draws the arrows, and has nothing to say on its console.
func TestBrowser(t *testing.T) {
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" || testing.Short() {
		t.Skip("no chromium is installed, or the run is short")
	}
	open := func(file string) (string, string, error) {
		cmd := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
			"--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0", "--user-data-dir="+t.TempDir(), "--window-size=1600,1000", "--dump-dom", "file://"+file)
		var out, log bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &log
		err := cmd.Run()
		return out.String(), log.String(), err
	}
	dir := t.TempDir()
	blank := filepath.Join(dir, "blank.html")
	if err := os.WriteFile(blank, []byte("<!DOCTYPE html><title>blank</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, log, err := open(blank); err != nil || !strings.Contains(out, "blank") {
		t.Skipf("%s does not run here: %v %s", browser, err, log)
	}
	page := filepath.Join(dir, "many.html")
	text := bytes.Replace(pages(t, 2000)["many"], []byte("</title>"), []byte("</title>"+drive), 1)
	if err := os.WriteFile(page, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, log, err := open(page)
	if err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	if strings.Contains(log, "CONSOLE") {
		t.Errorf("the console says %s", log)
	}
	_, found, ok := strings.Cut(out, `<pre id="out">`)
	found, _, _ = strings.Cut(found, "</pre>")
	if !ok {
		t.Fatalf("the script did not end: %s", log)
	}
	var got struct {
		Rows, Ties, Find, Team, Headings, Low, Stop, All, Here, Open int
		Count                                                        string
		Keys                                                         []int
		Named                                                        bool
		Said                                                         []string
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(found)), &got); err != nil {
		t.Fatal(err)
	}
	t.Logf("open after %d ms", got.Open)
	opened := got.Open
	got.Open = 0
	if opened <= 0 {
		t.Errorf("it was open after %d ms", opened)
	}
	want := got
	want.Rows, want.Ties, want.Find, want.Team, want.Headings, want.Low, want.Stop, want.All, want.Here = 2000, 3, 1, 250, 1, 125, 1, 100, 1
	want.Count, want.Keys, want.Named, want.Said = "1 row", []int{1, 2, 1999, 1999, 1998, 0, 0}, true, []string{}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("the page did\n%+v, want\n%+v", got, want)
	}
}
