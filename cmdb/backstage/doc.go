// Package backstage reads Backstage catalog files: YAML documents of kinds Component, API,
// Resource, System, Domain, Group, User, Template and Location.
//
// An entity becomes a CI "kind:name", or "kind:namespace/name" outside the default namespace, in
// lower case as Backstage compares them. Its kind is the class; spec.owner, lifecycle and type go to the owner and to attributes.
// Relations keep their meaning: dependsOn and dependencyOf, providesApis, consumesApis, system,
// domain and subcomponentOf (part of), owner. Organisation (parent, children, memberOf, members)
// is kept and carries no outage.
package backstage
