package cli

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/tenantry/tenantry/partnercenter"
)

func TestReport(t *testing.T) {
	fault := partnercenter.ErrDetailsMissing.With("", "companyProfile.domain", "billingProfile.email")
	for _, test := range []struct {
		name   string
		err    error
		stderr string
		code   int
	}{
		{"fine", nil, "", 0},
		{"failed", errors.New("disk full"), "tenantry: disk full\n", 1},
		{"usage", usageError{"unknown flag --x", "tenantry dev"}, "tenantry: unknown flag --x\nSee: tenantry dev --help\n", 2},
		{"value", wrong("--id %q is not a GUID", "5"), "tenantry: --id \"5\" is not a GUID\n", 2},
		{
			"fault", fmt.Errorf("create: %w", fault),
			"tenantry: the service refused: Customer details are missing (status 400, code 2001)\n  companyProfile.domain\n  billingProfile.email\n", 3,
		},
		{
			"sign-in", &partnercenter.AuthenticationError{Code: "invalid_client", Description: "AADSTS7000215: Invalid client secret.", Status: 401},
			"tenantry: sign-in refused: no token (status 401, invalid_client): AADSTS7000215: Invalid client secret.\n", 4,
		},
		{"silence", fmt.Errorf("get: %w", noConnection{errors.New("nothing answers")}), "tenantry: nothing answers\n", 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			p := &program{stderr: &stderr}
			if got := p.report(test.err); got != test.code {
				t.Errorf("exit code: got %d, want %d", got, test.code)
			}
			if got := stderr.String(); got != test.stderr {
				t.Errorf("stderr: got %q, want %q", got, test.stderr)
			}
		})
	}
}
