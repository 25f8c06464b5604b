package itop

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// File is one XML file. All files of one import are read together: they refer to each other.
type File struct {
	Name   string
	Reader io.Reader
}

// object is one object of a set.
type object struct {
	class, id string
	fields    map[string]string
	file      string
	line      int
}

// functional are the classes that share one numbering (FunctionalCI), so that a reference by id alone is enough.
func functional(class string) bool {
	switch class {
	case "ApplicationSolution", "BusinessProcess", "DBServer", "DatabaseSchema", "Enclosure", "Farm", "Hypervisor", "Middleware", "MiddlewareInstance",
		"MobilePhone", "NAS", "NetworkDevice", "OtherSoftware", "PC", "PCSoftware", "PDU", "Peripheral", "Phone", "PowerSource", "Printer", "Rack",
		"SANSwitch", "Server", "StorageSystem", "Tablet", "TapeLibrary", "VirtualMachine", "WebApplication", "WebServer":
		return true
	}
	return false
}

// independent are the CI classes with a numbering of their own.
func independent(class string) bool {
	return class == "Location" || class == "LogicalVolume" || class == "Organization"
}

// reference is what a field that ends in _id says, of a class with a numbering of its own or of a functional CI.
type reference struct{ field, relation, class string }

func references() []reference {
	return []reference{
		{"dbserver_id", cmdb.RunsOn, ""}, {"enclosure_id", cmdb.LocatedIn, ""}, {"farm_id", cmdb.MemberOf, ""},
		{"location_id", cmdb.LocatedIn, "Location"}, {"middleware_id", cmdb.RunsOn, ""}, {"powerA_id", cmdb.PoweredBy, ""},
		{"powerB_id", cmdb.PoweredBy, ""}, {"rack_id", cmdb.LocatedIn, ""}, {"server_id", cmdb.RunsOn, ""},
		{"system_id", cmdb.RunsOn, ""}, {"virtualhost_id", cmdb.HostedOn, ""}, {"webserver_id", cmdb.RunsOn, ""},
	}
}

// Read imports files. What is not understood is in the report, as [cmdb.Import] has it. It fails
// where a file is no XML.
func Read(files ...File) (*cmdb.Graph, *cmdb.ImportReport, error) {
	var all []object
	for _, f := range files {
		objects, err := parse(f)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, objects...)
	}
	im := cmdb.NewImport()
	ids := map[string]string{} // by number of a functional CI
	other := map[string]int{}
	for _, o := range all {
		im.At(o.file, o.line)
		switch {
		case functional(o.class):
			if _, ok := ids[o.id]; !ok {
				ids[o.id] = o.class + ":" + o.id
			}
			add(im, &o)
		case independent(o.class):
			add(im, &o)
		case !strings.HasPrefix(o.class, "lnk"):
			other[o.class]++
		}
	}
	find := func(number, class string) string {
		if class != "" {
			return class + ":" + number
		}
		if id, ok := ids[number]; ok {
			return id
		}
		return "FunctionalCI:" + number
	}
	hypervisors := map[string][]string{}
	for _, o := range all {
		im.At(o.file, o.line)
		id := o.class + ":" + o.id
		switch {
		case functional(o.class) || independent(o.class):
			for _, ref := range references() {
				if n := o.fields[ref.field]; n != "" && n != "0" {
					to := find(n, ref.class)
					im.AddRelation(cmdb.Relation{From: id, Type: ref.relation, To: to})
					if o.class == "Hypervisor" && ref.field == "farm_id" && !slices.Contains(hypervisors[to], id) {
						hypervisors[to] = append(hypervisors[to], id)
					}
				}
			}
		case o.class == "lnkApplicationSolutionToFunctionalCI":
			im.AddRelation(cmdb.Relation{From: find(o.fields["applicationsolution_id"], ""), Type: cmdb.DependsOn, To: find(o.fields["functionalci_id"], "")})
		case strings.HasPrefix(o.class, "lnk"):
			other[o.class]++
		}
	}
	im.At("all files", 0)
	for _, class := range slices.Sorted(maps.Keys(other)) {
		im.Note(fmt.Sprintf("%d object(s) of class %s are no CIs or relations of CIs", other[class], class))
	}
	for _, farm := range slices.Sorted(maps.Keys(hypervisors)) {
		if members := hypervisors[farm]; len(members) > 1 {
			slices.Sort(members)
			im.AddGroup(cmdb.Group{ID: farm + "/hypervisors", Members: members, Need: 1, Dependents: []string{farm}})
		}
	}
	return im.Graph()
}

func add(im *cmdb.Import, o *object) {
	c := cmdb.CI{ID: o.class + ":" + o.id, Name: o.fields["name"], Class: o.class, Attributes: map[string]string{}}
	if org := o.fields["org_id"]; org != "" && org != "0" {
		c.Owner = "Organization:" + org
	}
	switch o.fields["business_criticity"] {
	case "low":
		c.Criticality = 1
	case "medium":
		c.Criticality = 3
	case "high":
		c.Criticality = 5
	}
	switch o.fields["status"] {
	case "obsolete":
		c.Status = cmdb.Retired
	case "implementation":
		c.Status = cmdb.Planned
	case "production":
		c.Status = cmdb.Live
	}
	for k, v := range o.fields {
		if v != "" && v != "0" && k != "name" && k != "business_criticity" && k != "status" && !strings.HasSuffix(k, "_id") {
			c.Attributes[k] = v
		}
	}
	if len(c.Attributes) == 0 {
		c.Attributes = nil
	}
	im.Add(c)
}

// maxObjects bounds one file.
const maxObjects = 10_000_000

// parse reads <Set><Class id="..."><field>text</field>...</Class>...</Set>, sorted by class and id.
func parse(f File) ([]object, error) {
	d := xml.NewDecoder(f.Reader)
	var out []object
	fail := func(err error) error {
		line, column := d.InputPos()
		return &validate.Error{Path: fmt.Sprintf("%s:%d:%d", f.Name, line, column), Problem: err.Error()}
	}
	depth := 0
	var o object
	field := ""
	var text strings.Builder // of the field: comments may cut it into many pieces
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fail(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			switch depth {
			case 1:
				if t.Name.Local != "Set" {
					return nil, fail(fmt.Errorf("the root must be Set, is %q", t.Name.Local))
				}
			case 2:
				line, _ := d.InputPos()
				o = object{class: t.Name.Local, fields: map[string]string{}, file: f.Name, line: line}
				for _, a := range t.Attr {
					if a.Name.Local == "id" {
						o.id = a.Value
					}
				}
			case 3:
				field = t.Name.Local
				text.Reset()
			}
		case xml.CharData:
			if depth == 3 {
				text.Write(bytes.TrimSpace(t))
			}
		case xml.EndElement:
			if depth == 3 && text.Len() > 0 && o.fields[field] == "" {
				o.fields[field] = text.String()
			}
			if depth == 2 && o.id != "" {
				if len(out) == maxObjects {
					return nil, fail(fmt.Errorf("has more than %d objects", maxObjects))
				}
				out = append(out, o)
			}
			if depth--; depth < 0 {
				return nil, fail(errors.New("closes what it did not open"))
			}
		}
	}
	if depth != 0 || len(out) == 0 && d.InputOffset() == 0 {
		return nil, fail(errors.New("ends within an element, or is empty"))
	}
	slices.SortStableFunc(out, func(a, b object) int { return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.id, b.id)) })
	return out, nil
}
