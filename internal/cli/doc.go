// Package cli is the command line: what is typed, what is printed, and what the exit code says.
//
//	demo, dev, serve        start a server (package server) and stop it on a signal
//	partners, apps          write to a store that no server holds (package store)
//	customers               speak to a server (package partnercenter)
//
// It owns flags, environment variables, screens and exit codes. What a server does with its configuration, what a store
// keeps and what a request means is known to the packages above; a rule about customers stands in none of these files.
//
// A command is a struct with its flags and a Run method. Every setting is a flag and an environment variable as well;
// the tag that names the variable is called variable, not env, because kong would read those from the process itself.
package cli
