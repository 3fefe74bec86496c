package main

import (
	"net/url"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// programs are what tests can start.
var programs = map[string]func(){"tenantry": main}

func TestMain(m *testing.M) { testscript.Main(m, programs) }

// TestScript runs the command line as it is typed in a terminal. The commands beyond testscript's own are in script_test.go.
func TestScript(t *testing.T) { testscript.Run(t, scripts("testdata/script", nil)) }

// TestPostgreSQLScript runs those that need PostgreSQL. Their further command is
//
//	postgres VARIABLE
//
// which sets the variable to the URL of an empty database. The URL has the password hunter2, if none is needed.
func TestPostgreSQLScript(t *testing.T) {
	server := postgrestest.Newest(t)
	testscript.Run(t, scripts("testdata/postgres", func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: postgres variable")
		}
		database, err := url.Parse(server.NewDatabase(t))
		ts.Check(err)
		if _, given := database.User.Password(); !given {
			database.User = url.UserPassword(database.User.Username(), "hunter2")
		}
		ts.Setenv(args[0], database.String())
	}))
}

// scripts are those of the directory, with the command postgres if there is one.
func scripts(dir string, postgres func(*testscript.TestScript, bool, []string)) testscript.Params {
	params := testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_DATA_HOME", env.WorkDir+"/data")
			env.Setenv("GORACE", "atexit_sleep_ms=10") // the race detector's own second at each of a hundred exits is too long
			env.Values[started] = map[string]*process{}
			env.Values[environment] = env.Vars
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"server":   startServer,
			"halt":     haltServer,
			"capture":  capture,
			"contains": contains,
			"damage":   damage,
			"fits":     fits,
		},
	}
	if postgres != nil {
		params.Cmds["postgres"] = postgres
	}
	return params
}
