//go:build clients

package clients_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestNode runs @azure/msal-node, @azure/identity and openid-client.
func TestNode(t *testing.T) {
	t.Parallel()
	run(t, os.Environ(), "node", "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	// What moves the clock has a world to itself.
	const moving = "ended.test.js"
	files, err := filepath.Glob("node/*.test.js")
	must(t, err)
	var staying []string
	for _, file := range files {
		if name := filepath.Base(file); name != moving {
			staying = append(staying, name)
		}
	}
	for _, names := range [][]string{staying, {moving}} {
		run(t, newWorld(t).environment(t), "node", "node", slices.Concat([]string{"--test", "--test-timeout=120000", "--test-reporter=spec"}, names)...)
	}
}
