package cli

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/server"
)

func TestSecondFactorsRemove(t *testing.T) {
	s, err := server.Open(t.Context(), server.Config{World: server.DevWorld(), AdminKey: devSecret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	env := map[string]string{"TENANTRY_ENDPOINT": s.URL(), "TENANTRY_ADMIN_KEY": devSecret}
	for _, test := range []struct {
		name, stdout, stderr string
		code                 int
	}{
		{"mfa", "", "not a sign-in name", exitUsage},
		{"nobody@contosocloud.onmicrosoft.com", "", "no user with the sign-in name", exitRefused},
		{"mfa@contosocloud.onmicrosoft.com", "mfa@contosocloud.onmicrosoft.com has no second factor any more.\n", "", 0},
		{"mfa@contosocloud.onmicrosoft.com", "", "has no second factor", exitRefused},
	} {
		code, stdout, stderr := run(t, env, "second-factors", "remove", test.name)
		if code != test.code || stdout != test.stdout || !strings.Contains(stderr, test.stderr) {
			t.Errorf("%s: got %d, %q, %q", test.name, code, stdout, stderr)
		}
	}
}
