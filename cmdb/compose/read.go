package compose

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slackwater-go/slackwater/cmdb"
)

// maxBytes bounds one file.
const maxBytes = 16 << 20

// File is one compose file. Several make one project: what a later one says of a service is
// added to what the earlier ones said, as with several -f options.
type File struct {
	Name   string
	Reader io.Reader
}

// service is what of a service matters here.
type service struct {
	Image       string    `yaml:"image"`
	DependsOn   yaml.Node `yaml:"depends_on"`
	Links       []string  `yaml:"links"`
	VolumesFrom []string  `yaml:"volumes_from"`
	NetworkMode string    `yaml:"network_mode"`
	Volumes     yaml.Node `yaml:"volumes"`
}

// Read imports compose files. What is not understood is in the report, as [cmdb.Import] has it.
// It fails where a file cannot be read.
func Read(files ...File) (*cmdb.Graph, *cmdb.ImportReport, error) {
	im := cmdb.NewImport()
	for _, f := range files {
		if err := read(im, f); err != nil {
			return nil, nil, err
		}
	}
	return im.Graph()
}

func read(im *cmdb.Import, f File) error {
	im.At(f.Name, 0)
	text, err := io.ReadAll(io.LimitReader(f.Reader, maxBytes+1))
	if err != nil {
		return fmt.Errorf("compose: reading %s: %w", f.Name, err)
	}
	if len(text) > maxBytes {
		im.Note(fmt.Sprintf("the file is longer than %d MB and left out", maxBytes>>20))
		return nil
	}
	var doc struct {
		Services map[string]yaml.Node `yaml:"services"`
		Volumes  map[string]yaml.Node `yaml:"volumes"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		im.Note(fmt.Sprintf("the file is no compose file: %v", err))
		return nil
	}
	if len(doc.Services) == 0 {
		im.Note("the file has no services")
	}
	for _, v := range slices.Sorted(maps.Keys(doc.Volumes)) {
		node := doc.Volumes[v]
		im.At(f.Name, node.Line)
		im.Add(cmdb.CI{ID: "volume:" + v, Name: v, Class: "volume"})
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Services)) {
		node := doc.Services[name]
		im.At(f.Name, node.Line)
		var s service
		if err := node.Decode(&s); err != nil {
			im.Note(fmt.Sprintf("service %q is not understood: %v", name, err))
			im.Add(cmdb.CI{ID: name, Class: "service"})
			continue
		}
		c := cmdb.CI{ID: name, Class: "service"}
		if s.Image != "" {
			c.Attributes = map[string]string{"image": s.Image}
		}
		im.Add(c)
		for _, on := range dependencies(im, name, &s) {
			im.AddRelation(cmdb.Relation{From: name, Type: cmdb.DependsOn, To: on})
		}
		for _, v := range volumes(&s) {
			if _, ok := doc.Volumes[v]; ok {
				im.AddRelation(cmdb.Relation{From: name, Type: cmdb.DependsOn, To: "volume:" + v})
			}
		}
	}
	return nil
}

// dependencies returns the services that one names in any of the ways, sorted, each once.
func dependencies(im *cmdb.Import, name string, s *service) []string {
	var out []string
	list, err := names(&s.DependsOn)
	if err != nil {
		im.Note(fmt.Sprintf("depends_on of service %q is not understood: %v", name, err))
	}
	out = append(out, list...)
	for _, l := range s.Links {
		l, _, _ = strings.Cut(l, ":")
		out = append(out, l)
	}
	for _, v := range s.VolumesFrom {
		if strings.HasPrefix(v, "container:") {
			continue
		}
		v, _, _ = strings.Cut(v, ":")
		out = append(out, v)
	}
	if on, ok := strings.CutPrefix(s.NetworkMode, "service:"); ok {
		out = append(out, on)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// names reads a list of names, or the keys of a map.
func names(n *yaml.Node) ([]string, error) {
	switch n.Kind {
	case 0:
		return nil, nil
	case yaml.SequenceNode:
		var list []string
		err := n.Decode(&list)
		return list, err
	default:
		var m map[string]yaml.Node
		err := n.Decode(&m)
		return slices.Sorted(maps.Keys(m)), err
	}
}

// volumes returns the sources of the volumes that a service mounts.
func volumes(s *service) []string {
	var out []string
	if s.Volumes.Kind != yaml.SequenceNode {
		return nil
	}
	for _, v := range s.Volumes.Content {
		var short string
		var long struct {
			Source string `yaml:"source"`
		}
		if v.Decode(&short) == nil {
			short, _, _ = strings.Cut(short, ":")
			out = append(out, short)
		} else if v.Decode(&long) == nil {
			out = append(out, long.Source)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
