package cli

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tenantry/tenantry/internal/server"
)

// run is a command line with its variables, in this process.
func run(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(args, func(name string) string { return env[name] }, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestMainIsAFunctionOfItsArguments(t *testing.T) {
	if code, stdout, stderr := run(t, nil, "version"); code != 0 || !strings.HasPrefix(stdout, "tenantry ") || stderr != "" {
		t.Errorf("version: got %d, %q, %q", code, stdout, stderr)
	}
	env := map[string]string{"TENANTRY_OUTPUT": "yaml"}
	if code, _, stderr := run(t, env, "customers", "get", "x"); code != 2 || !strings.Contains(stderr, `but got "yaml"`) {
		t.Errorf("a variable's value: got %d, %q", code, stderr)
	}
	env["TENANTRY_OUTPUT"] = ""
	if code, _, stderr := run(t, env, "customers", "get", "x"); code != 2 || !strings.Contains(stderr, "who asks?") {
		t.Errorf("an empty variable: got %d, %q", code, stderr)
	}
}

// TestSettingsHaveVariables holds every setting to its variable. The names of the rest stand here with the reason.
func TestSettingsHaveVariables(t *testing.T) {
	parser, err := kong.New(&commands{}, presentation()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Leaves(false) {
		for _, flag := range command.Flags {
			name, path := flag.Tag.Get(variableTag), command.Path()
			setting := path == "serve" || path == "dev" && flag.Name != "reset" || // to forget is an act
				flag.Group != nil && flag.Group.Key == "connection"
			if setting && name == "" {
				t.Errorf("tenantry %s --%s has no variable", path, flag.Name)
			}
			if name != "" && !strings.HasPrefix(name, "TENANTRY_") {
				t.Errorf("tenantry %s --%s: the variable %s is not called TENANTRY_…", path, flag.Name, name)
			}
			if len(flag.Tag.Envs) > 0 {
				t.Errorf("tenantry %s --%s: has an env tag, which reads the process's variables itself", path, flag.Name)
			}
		}
	}
}

// TestSwitchesReachTheServer sets every switch and looks for configuration that is still as before.
func TestSwitchesReachTheServer(t *testing.T) {
	var plain, set switches
	plain.ReplayFor, set.ReplayFor = 1, 2
	plain.MaxRequests, plain.MaxConnections = 1, 1
	value := reflect.ValueOf(&set).Elem()
	for i := range value.NumField() {
		switch field := value.Field(i); field.Kind() {
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Int:
			field.SetInt(201)
		case reflect.Int64: // a duration
			field.SetInt(3)
		case reflect.String:
			field.SetString("https://example.com")
		case reflect.Slice:
			if field.Type().Elem() == reflect.TypeFor[time.Duration]() {
				field.Set(reflect.ValueOf([]time.Duration{time.Second}))
				break
			}
			field.Set(reflect.ValueOf([]string{"example.com"}))
		case reflect.Struct:
			field.Set(reflect.ValueOf(server.Limit{PerMinute: 1, Burst: 1}))
		}
	}
	set.LogLevel, plain.LogLevel = "error", "error"
	p := &program{env: func(string) string { return "" }, stderr: &bytes.Buffer{}}
	before, err := plain.config(p)
	if err != nil {
		t.Fatal(err)
	}
	after, err := set.config(p)
	if err != nil {
		t.Fatal(err)
	}
	others := map[string]bool{"Store": true, "Replica": true, "ReplicaMost": true, "Dir": true, "RootKey": true, "Listen": true, "World": true, "AdminKey": true, "Logger": true, "Now": true, "Rand": true, "MovableClock": true, "MaxWait": true, "Timeouts": true}
	for i := range reflect.TypeOf(before).NumField() {
		name := reflect.TypeOf(before).Field(i).Name
		if !others[name] && reflect.DeepEqual(reflect.ValueOf(before).Field(i).Interface(), reflect.ValueOf(after).Field(i).Interface()) {
			t.Errorf("no switch sets the server's %s", name)
		}
	}
}
