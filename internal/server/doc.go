// Package server is the wiring: it turns a [Config] into a running Tenantry.
//
// Configuration, store, services, surfaces and listener meet here and nowhere else. It owns how they are put together,
// what is observed of them (/_tenantry), and how all of it starts and stops; what they do is their own.
package server
