package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
)

// exits CODE PROGRAM ARG… runs a program that must end with the exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed := (*exec.ExitError)(nil)
		if !errors.As(err, &failed) {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// capture VARIABLE FILE REGEXP sets the variable to what the first group of the expression matches in the file, which may be
// stdout or stderr.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: capture variable file regexp")
	}
	match := regexp.MustCompile("(?m)" + args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if len(match) != 2 {
		ts.Fatalf("%s has no %s", args[1], args[2])
	}
	ts.Setenv(args[0], match[1])
}

// contains FILE PART fails unless the bytes of the part stand in the file.
func contains(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: contains file part")
	}
	if strings.Contains(ts.ReadFile(args[0]), ts.ReadFile(args[1])) == neg {
		ts.Fatalf("%s holds the bytes of %s: %v", args[0], args[1], neg)
	}
}

// fits FILE LINES COLUMNS fails if the file is longer or wider.
func fits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fits file lines columns")
	}
	lines, err := strconv.Atoi(args[1])
	ts.Check(err)
	columns, err := strconv.Atoi(args[2])
	ts.Check(err)
	text := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	if len(text) > lines {
		ts.Fatalf("%d lines, want at most %d", len(text), lines)
	}
	for i, line := range text {
		if width := utf8.RuneCountInString(line); width > columns {
			ts.Fatalf("line %d has %d columns, want at most %d: %s", i+1, width, columns, line)
		}
	}
}

// damage FILE [N] fills the last page of a database with zeros, or the Nth from its end.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: damage file [N]")
	}
	n := 1
	if len(args) == 2 {
		var err error
		n, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	const page = 4096
	file, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	defer file.Close()
	end, err := file.Seek(0, io.SeekEnd)
	ts.Check(err)
	_, err = file.WriteAt(make([]byte, page), end-int64(n)*page)
	ts.Check(err)
}
