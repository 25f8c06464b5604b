package cmdb

import (
	"flag"
	"os"
	"testing"
)

// With SLACKWATER_LONG set, properties are checked on thousands of random estates each.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if os.Getenv("SLACKWATER_LONG") != "" && !given {
		if err := flag.Set("rapid.checks", "5000"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
