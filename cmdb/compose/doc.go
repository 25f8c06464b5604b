// Package compose reads docker-compose files: each service becomes a CI, and depends_on, links,
// volumes_from and network_mode: "service:x" become relations depends-on. Named volumes become CIs
// that their services depend on. Everything else of the file is not about dependencies and is passed over.
package compose
