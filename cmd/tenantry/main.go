// Command tenantry is the Partner Center customers API that you can run yourself. See package cli for its commands.
package main

import (
	"os"

	"github.com/tenantry/tenantry/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)) }
