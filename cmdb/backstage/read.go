package backstage

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slackwater-go/slackwater/cmdb"
)

// File is one catalog file, of one document or many.
type File struct {
	Name   string
	Reader io.Reader
}

// Options say how to read. The zero Options will do.
type Options struct {
	// Open opens a file that a Location names, by a path relative to the file that names it, with
	// slashes; it is called once a file. Nil, or a target that is an address, leaves the Location in the report.
	Open func(name string) (io.ReadCloser, error)
}

// Limits of one import, so that a hostile catalog ends.
const (
	maxFiles = 10_000
	maxBytes = 64 << 20 // of one file
)

// The relation types beside those of the default catalogue.
func types() []cmdb.RelationType {
	return []cmdb.RelationType{
		{Name: "belongs-to", Inverse: "has-belonging", Impact: cmdb.NoImpact},
		{Name: "child-of", Inverse: "parent-of", Impact: cmdb.NoImpact},
	}
}

// Read imports catalog files. What is not understood is in the report, as [cmdb.Import] has it. It
// fails where a file cannot be read; a document that is no YAML ends its file, with what was read before it kept.
func Read(o Options, files ...File) (*cmdb.Graph, *cmdb.ImportReport, error) {
	r := reader{im: cmdb.NewImport(types()...), o: o, seen: map[string]bool{}}
	for _, f := range files {
		r.seen[path.Clean(f.Name)] = true
	}
	for _, f := range files {
		if err := r.file(f.Name, f.Reader); err != nil {
			return nil, nil, err
		}
	}
	for len(r.todo) > 0 {
		name := r.todo[0]
		r.todo = r.todo[1:]
		rc, err := o.Open(name)
		if err != nil {
			r.im.At(name, 0)
			r.im.Note(fmt.Sprintf("the file that a Location names cannot be opened: %v", err))
			continue
		}
		err = r.file(name, rc)
		if err = errors.Join(err, rc.Close()); err != nil {
			return nil, nil, err
		}
	}
	return r.im.Graph()
}

// reader does one import.
type reader struct {
	im   *cmdb.Import
	o    Options
	seen map[string]bool
	todo []string
}

// entity is what of an entity matters here.
type entity struct {
	Kind     string `yaml:"kind"`
	Metadata struct {
		Name      string `yaml:"name"`
		Namespace string `yaml:"namespace"`
		Title     string `yaml:"title"`
	} `yaml:"metadata"`
	Spec struct {
		Type           string   `yaml:"type"`
		Lifecycle      string   `yaml:"lifecycle"`
		Owner          string   `yaml:"owner"`
		System         string   `yaml:"system"`
		Domain         string   `yaml:"domain"`
		SubcomponentOf string   `yaml:"subcomponentOf"`
		SubdomainOf    string   `yaml:"subdomainOf"`
		DependsOn      []string `yaml:"dependsOn"`
		DependencyOf   []string `yaml:"dependencyOf"`
		ProvidesAPIs   []string `yaml:"providesApis"`
		ConsumesAPIs   []string `yaml:"consumesApis"`
		Parent         string   `yaml:"parent"`
		Children       []string `yaml:"children"`
		MemberOf       []string `yaml:"memberOf"`
		Members        []string `yaml:"members"`
		Target         string   `yaml:"target"`
		Targets        []string `yaml:"targets"`
	} `yaml:"spec"`
}

func (r *reader) file(name string, in io.Reader) error {
	limited := &io.LimitedReader{R: in, N: maxBytes}
	d := yaml.NewDecoder(limited)
	for n := 1; ; n++ {
		var node yaml.Node
		err := d.Decode(&node)
		if errors.Is(err, io.EOF) {
			break
		}
		r.im.At(name, node.Line)
		if err != nil {
			r.im.Note(fmt.Sprintf("document %d is no YAML, the rest of the file is left out: %v", n, err))
			return nil
		}
		var e entity
		if err := node.Decode(&e); err != nil {
			r.im.Note(fmt.Sprintf("document %d is no entity: %v", n, err))
			continue
		}
		r.entity(name, &e)
	}
	if limited.N == 0 {
		r.im.Note(fmt.Sprintf("the file is longer than %d MB, the rest is left out", maxBytes>>20))
	}
	return nil
}

func (r *reader) entity(file string, e *entity) {
	kind := strings.ToLower(e.Kind)
	switch kind {
	case "component", "api", "resource", "system", "domain", "group", "user", "template":
	case "location":
		r.location(file, e)
		return
	case "":
		r.im.Note("a document without a kind is left out")
		return
	default:
		r.im.Note(fmt.Sprintf("an entity of kind %q is left out", e.Kind))
		return
	}
	s := &e.Spec
	space := e.Metadata.Namespace
	id := ref(e.Metadata.Name, kind, space)
	if e.Metadata.Name == "" {
		r.im.Note("an entity without a name is left out")
		return
	}
	c := cmdb.CI{ID: id, Name: e.Metadata.Title, Class: e.Kind, Attributes: map[string]string{}}
	if c.Name == "" {
		c.Name = e.Metadata.Name
	}
	if s.Owner != "" {
		c.Owner = ref(s.Owner, "group", space)
	}
	if s.System != "" {
		c.Service = ref(s.System, "system", space)
	}
	for k, v := range map[string]string{"type": s.Type, "lifecycle": s.Lifecycle} {
		if v != "" {
			c.Attributes[k] = v
		}
	}
	r.im.Add(c)
	from := func(kindOf, relation string, names ...string) {
		for _, n := range names {
			if n != "" {
				r.im.AddRelation(cmdb.Relation{From: id, Type: relation, To: ref(n, kindOf, space)})
			}
		}
	}
	from("group", cmdb.OwnedBy, s.Owner)
	from("system", cmdb.PartOf, s.System)
	from("domain", cmdb.PartOf, s.Domain, s.SubdomainOf)
	from("component", cmdb.PartOf, s.SubcomponentOf)
	from("component", cmdb.DependsOn, s.DependsOn...)
	from("component", "used-by", s.DependencyOf...)
	from("api", cmdb.ProvidesAPI, s.ProvidesAPIs...)
	from("api", cmdb.ConsumesAPI, s.ConsumesAPIs...)
	from("group", "child-of", s.Parent)
	from("group", "parent-of", s.Children...)
	from("group", "belongs-to", s.MemberOf...)
	from("user", "has-belonging", s.Members...)
}

// location follows the targets of a Location, or leaves them in the report.
func (r *reader) location(file string, e *entity) {
	targets := e.Spec.Targets
	if e.Spec.Target != "" {
		targets = append(targets, e.Spec.Target)
	}
	for _, t := range targets {
		name := path.Join(path.Dir(file), t)
		switch {
		case r.o.Open == nil || strings.Contains(t, "://"):
			r.im.Note(fmt.Sprintf("a Location names %q, which is not followed", t))
		case r.seen[name]:
		case len(r.seen) >= maxFiles:
			r.im.Note(fmt.Sprintf("a Location names %q, but %d files are read", t, maxFiles))
		default:
			r.seen[name] = true
			r.todo = append(r.todo, name)
		}
	}
}

// ref makes an ID of an entity reference "[kind:][namespace/]name".
func ref(text, kind, space string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if k, rest, ok := strings.Cut(text, ":"); ok {
		kind, text = k, rest
	}
	if s, rest, ok := strings.Cut(text, "/"); ok {
		space, text = s, rest
	}
	if space = strings.ToLower(space); space != "" && space != "default" {
		text = space + "/" + text
	}
	return kind + ":" + text
}
