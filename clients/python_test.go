//go:build clients

package clients_test

import (
	"os"
	"testing"
)

// TestPython runs msal.
func TestPython(t *testing.T) {
	t.Parallel()
	w, moved := newWorld(t), newWorld(t)
	run(t, os.Environ(), "python", "python3", "-m", "venv", w.path("venv"))
	run(t, os.Environ(), "python", w.path("venv/bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt")
	run(t, append(w.environment(t), "PYTHONDONTWRITEBYTECODE=1"), "python", w.path("venv/bin/python"), "-m", "unittest", "-v", "test_msal", "test_signin")
	// What moves the clock has a world to itself.
	run(t, append(moved.environment(t), "PYTHONDONTWRITEBYTECODE=1"), "python", w.path("venv/bin/python"), "-m", "unittest", "-v", "test_ended")
}
