package cmdb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
)

// reading reports the speed of a reader by the clock and by processor time, garbage collection and all.
func reading(b *testing.B, size int, read func() error) {
	b.SetBytes(int64(size))
	start := cputime.Now()
	for b.Loop() {
		if err := read(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size)*float64(b.N)/1e6/(cputime.Now()-start).Seconds(), "MB/cpu-s")
}

// json returns the estate as Graph.Write would, without a graph: sorted by ID, relations as they come.
func (s *synthetic) json() []byte {
	var buf bytes.Buffer
	buf.WriteString(`{"version":1,` + "\n" + `"cis":[`)
	for i, id := range s.ids {
		fmt.Fprintf(&buf, "%.*s\n{\"id\":%q}", min(i, 1), ",", id)
	}
	buf.WriteString("],\n" + `"relations":[`)
	for i := range s.from {
		fmt.Fprintf(&buf, "%.*s\n{\"from\":%q,\"type\":\"depends-on\",\"to\":%q}", min(i, 1), ",", s.ids[s.from[i]], s.ids[s.to[i]])
	}
	buf.WriteString("]}\n")
	return buf.Bytes()
}

func BenchmarkReadJSON(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		in := large().json()
		reading(b, len(in), func() error {
			_, err := Read(bytes.NewReader(in))
			return err
		})
	})
	b.Run("encoding-json", func(b *testing.B) { // the peer: encoding/json, then New
		in := newSynthetic(100_000, 500_000, 1).json()
		reading(b, len(in), func() error {
			d := json.NewDecoder(bytes.NewReader(in))
			d.DisallowUnknownFields()
			var s Snapshot
			if err := d.Decode(&s); err != nil {
				return err
			}
			_, err := New(s)
			return err
		})
	})
}

func BenchmarkReadCSV(b *testing.B) {
	s := large()
	var nodes, edges bytes.Buffer
	nodes.WriteString("id,class,owner,environment\n")
	for _, id := range s.ids {
		fmt.Fprintf(&nodes, "%s,application,team-7,production\n", id)
	}
	edges.WriteString("source,target,type\n")
	for i := range s.from {
		fmt.Fprintf(&edges, "%s,%s,depends_on\n", s.ids[s.from[i]], s.ids[s.to[i]])
	}
	reading(b, nodes.Len()+edges.Len(), func() error {
		_, _, err := CSV{Nodes: bytes.NewReader(nodes.Bytes()), Edges: bytes.NewReader(edges.Bytes())}.Read()
		return err
	})
}
