// Package walfile is how SQLite writes its write-ahead log: in large pieces. SQLite gives the system each page by two calls, a
// frame's header and the page. A commit of many customers has hundreds of pages, so those calls are a tenth of what a create costs.
//
// The package registers a file system that passes everything on to one of SQLite's own, but gathers what is written to a log, as
// long as it is one piece of the file, and hands it on before anybody could miss it: before the log is synced, read, measured, cut
// or closed, before a write elsewhere, and before another connection may write. Other connections look for pages in the log only
// when a commit has told them of them, and a commit tells of them after it has synced the log. So it is for connections with
// synchronous=FULL, and for no others.
//
// It owns those bytes until they are handed on, and nothing else; a write that fails then is SQLite's to deal with, as the sync
// that it came before. docs/decisions/0021 has the measurements.
package walfile
