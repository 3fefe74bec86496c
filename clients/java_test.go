//go:build clients

package clients_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestJava runs msal4j.
func TestJava(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	build := w.path("java")
	run(t, os.Environ(), "java", "mvn", "-q", "-B", "-ntp", "dependency:build-classpath", "-Dmdep.outputFile="+w.path("classpath"))
	classpath, err := os.ReadFile(w.path("classpath"))
	must(t, err)
	run(t, os.Environ(), "java", "javac", "--release", "17", "-d", build, "-cp", string(classpath), "src/main/java/Grants.java", "src/main/java/Ended.java")
	// What moves the clock has a world to itself.
	for class, w := range map[string]*world{"Grants": w, "Ended": newWorld(t)} {
		trust := w.path("trust.p12")
		run(t, os.Environ(), ".", "keytool", "-importcert", "-noprompt", "-alias", "tenantry", "-file", w.path("data/ca.pem"), "-keystore", trust, "-storepass", "changeit")
		run(t, w.environment(t), "java", "java", "-Djavax.net.ssl.trustStore="+trust, "-Djavax.net.ssl.trustStorePassword=changeit",
			"-cp", strings.Join([]string{build, string(classpath)}, string(filepath.ListSeparator)), class)
	}
}
