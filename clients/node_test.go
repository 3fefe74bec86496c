//go:build clients

package clients_test

import (
	"os"
	"testing"
)

// TestNode runs @azure/msal-node, @azure/identity and openid-client.
func TestNode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, os.Environ(), "node", "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	run(t, w.environment(t), "node", "node", "--test", "--test-timeout=120000", "--test-reporter=spec")
}
