// Package cron reads cron expressions and the deployment windows of tools that are written with them.
package cron
