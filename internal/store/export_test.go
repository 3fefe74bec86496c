package store

// Rewrite is what a start does to the log of a crash.
var Rewrite = rewrite
