package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// programs are what tests can start.
var programs = map[string]func(){"tenantry": main}

func TestMain(m *testing.M) { testscript.Main(m, programs) }

// TestScript runs the command line as it is typed in a terminal. The commands beyond testscript's own are in script_test.go.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
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
	})
}
