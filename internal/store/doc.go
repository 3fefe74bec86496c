// Package store keeps everything in one SQL database.
//
// It implements the interfaces that the packages above it declare ([csp.Store], token.KeyStore). Reads go to a few
// connections of their own; every write is a function handed to the committer, which runs all that wait in one transaction
// and commits once. A write has returned only when it is on disk.
//
// The SQL is PostgreSQL's notation in the subset that SQLite shares; what the engines disagree about is in dialect.go.
// Keys rise with time, so that a create appends to its tables: only the domain's and the ledger's index are random.
package store
