// Package ics reads and writes iCalendar files (RFC 5545).
package ics
