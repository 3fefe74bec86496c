package postgrestest

import (
	"errors"
	"os/exec"
)

// asUser refuses: what watches a cluster is a shell.
func asUser(*exec.Cmd, string) error {
	return errors.New("clusters are not started on Windows; set TENANTRY_TEST_POSTGRES to the URL of a server")
}
