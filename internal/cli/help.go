package cli

import (
	"strings"

	"github.com/alecthomas/kong"
)

const description = `Tenantry is the Partner Center customers API that you can run yourself.

Start with "tenantry demo", then "tenantry dev".

Every setting is a flag and an environment variable, named in brackets; the flag wins. An empty variable counts as none.
TENANTRY_ROOT_KEY holds the server's root key if it is not to lie in a file; it has no flag, because other users see flags.

Exit codes:

    0  fine
    1  something went wrong here
    2  the command line is wrong
    3  the service refused the request; its words and its data are printed
    4  the service refused to sign you in
    5  the service could not be reached`

// presentation is how help looks.
func presentation() []kong.Option {
	return []kong.Option{
		kong.Name("tenantry"),
		kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.ValueFormatter(withVariable),
		kong.ExplicitGroups([]kong.Group{
			{Key: "store", Title: "Commands on a store that no server holds (--store), or for a running server, by its admin key:"},
			{Key: "keep", Title: "Commands that keep a store:"},
			{Key: "client", Title: "Commands for a running server, or for the real service:"},
			{Key: "admin", Title: "Commands for a running server of your own, by its admin key:"},
			{Key: "listener", Title: "Listener:"},
			{Key: "api", Title: "The API's behaviour:"},
			{Key: "log", Title: "Log, on stderr:"},
			{Key: "connection", Title: "Connection:"},
			{Key: "company", Title: "Company:"},
			{Key: "address", Title: "Address (billingProfile.defaultAddress):"},
			{Key: "call", Title: "Call:"},
		}),
	}
}

// withVariable is a flag's help with the variable that also sets it, before the full stop.
func withVariable(value *kong.Value) string {
	name := value.Tag.Get(variableTag)
	if name == "" {
		return value.Help
	}
	return strings.TrimSuffix(value.Help, ".") + " [$" + name + "]."
}

// overview prints the help of the whole program.
func overview(parser *kong.Kong) {
	_, _ = parser.Parse([]string{"--help"}) // prints, and says no more than that no command was chosen
}
