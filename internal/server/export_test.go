package server

// MaxFiles is for tests.
var MaxFiles = maxFiles
