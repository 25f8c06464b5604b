package search_test

import (
	"testing"

	"github.com/slackwater-go/slackwater/internal/search"
)

func TestLuby(t *testing.T) {
	for i, want := range []int64{1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8, 1} {
		if got := search.Luby(int64(i + 1)); got != want {
			t.Errorf("Luby(%d) = %d, want %d", i+1, got, want)
		}
	}
}
