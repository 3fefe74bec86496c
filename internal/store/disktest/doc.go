// Package disktest is a disk below SQLite that fails when a test wants it to: it refuses writes and syncs, and it can lose its
// power. It owns what is on that disk; whether a store copes is the tests' to say.
//
// SQLite itself runs unchanged, with the options that the store gives it: the package registers a file system under the
// name of the one that does the store's work (unix-excl), which passes everything on to the original and stands in the way only of
// files below the directories of its disks. It is for tests; nothing that is built imports it.
package disktest
