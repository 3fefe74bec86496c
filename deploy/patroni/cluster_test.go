//go:build failover

// Package patroni_test kills the leader of the cluster of this directory while two servers work on it. make failover runs it.
package patroni_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// cluster is three PostgreSQL under Patroni, on loopback.
type cluster struct {
	dir string
	url string // of the database
}

// startCluster starts the script that keeps the cluster as long as its input is open.
func startCluster(t *testing.T) *cluster {
	t.Helper()
	// Not in the test's own directory, which another user cannot enter.
	parent, err := os.MkdirTemp("", "tenantry-patroni-")
	must(t, err)
	must(t, os.Chmod(parent, 0o755))
	c := &cluster{dir: filepath.Join(parent, "cluster")}
	script := exec.Command("sh", "loopback", "run", c.dir)
	script.Stderr = os.Stderr
	stdin, err := script.StdinPipe()
	must(t, err)
	stdout, err := script.StdoutPipe()
	must(t, err)
	must(t, script.Start())
	t.Cleanup(func() {
		if t.Failed() {
			c.showLogs(t)
		}
		_ = stdin.Close()
		_ = script.Wait() // it has killed all
		must(t, os.RemoveAll(parent))
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("start the cluster: %v", err)
	}
	c.url = strings.TrimSpace(line)
	return c
}

// showLogs prints the ends of what the nodes have logged, but for what they say every few seconds.
func (c *cluster) showLogs(t *testing.T) {
	t.Logf("members: %v", c.members())
	for node := range 3 {
		text, err := os.ReadFile(filepath.Join(c.dir, fmt.Sprintf("node%d/log", node+1)))
		if err != nil {
			t.Error(err)
			continue
		}
		lines := slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool {
			return strings.Contains(line, "INFO: no action.") || strings.Contains(line, "INFO: Lock owner")
		})
		t.Logf("node%d:\n%s", node+1, strings.Join(lines[max(0, len(lines)-40):], "\n"))
	}
}

// node runs a command of the script on a node.
func (c *cluster) node(t *testing.T, command, node string) {
	t.Helper()
	script := exec.Command("sh", "loopback", command, c.dir, strings.TrimPrefix(node, "node"))
	script.Stderr = os.Stderr
	must(t, script.Run())
}

// member is a node as Patroni describes it.
type member struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	State string `json:"state"`
}

// patroni is who asks Patroni: one that was stunned does not answer.
var patroni = &http.Client{Timeout: 2 * time.Second}

// members asks the nodes, the first that answers.
func (c *cluster) members() []member {
	for node := range 3 {
		address, err := c.api(fmt.Sprintf("node%d", node+1))
		if err != nil {
			continue
		}
		response, err := patroni.Get(address + "/cluster")
		if err != nil {
			continue
		}
		var answer struct {
			Members []member `json:"members"`
		}
		err = json.NewDecoder(response.Body).Decode(&answer)
		_ = response.Body.Close()
		if err == nil {
			return answer.Members
		}
	}
	return nil
}

var apiLine = regexp.MustCompile(`(?m)^PATRONI_RESTAPI_CONNECT_ADDRESS=(.*)$`)

// api is where the node's Patroni answers.
func (c *cluster) api(node string) (string, error) {
	text, err := os.ReadFile(filepath.Join(c.dir, node+".env"))
	if err != nil {
		return "", err
	}
	found := apiLine.FindSubmatch(text)
	if found == nil {
		return "", fmt.Errorf("no address in %s.env", node)
	}
	return "http://" + string(found[1]), nil
}

// leader is the name of the node that takes writes.
func (c *cluster) leader(t *testing.T) string {
	t.Helper()
	var name string
	eventually(t, "there is a leader", func() bool {
		name = c.leads()
		return name != ""
	})
	return name
}

// leads is the name of the leader now, or empty.
func (c *cluster) leads() string {
	for _, m := range c.members() {
		if m.Role == "leader" {
			return m.Name
		}
	}
	return ""
}

// whole reports whether a leader has two others, one of them synchronous, that have all it has but for what is on the way.
func (c *cluster) whole() bool {
	leaders, synchronous, running := 0, 0, 0
	for _, m := range c.members() {
		switch m.Role {
		case "leader":
			leaders++
		case "sync_standby":
			synchronous++
		}
		if m.State == "running" || m.State == "streaming" {
			running++
		}
	}
	return leaders == 1 && synchronous == 1 && running == 3
}

// switchOver asks the leader to hand over, as somebody does who is about to restart its machine.
func (c *cluster) switchOver(t *testing.T) {
	t.Helper()
	leader := c.leader(t)
	address, err := c.api(leader)
	must(t, err)
	response, err := http.Post(address+"/switchover", "application/json", strings.NewReader(fmt.Sprintf(`{"leader": %q}`, leader)))
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("switch over from %s: %s", leader, response.Status)
	}
}

// patience is how long anything may take on a machine that has much else to do. What takes longer hangs.
const patience = 3 * time.Minute

// eventually waits for something that nobody tells of.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
