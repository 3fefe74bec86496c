package cli

import "github.com/alecthomas/kong"

// variableTag names the environment variable of a flag.
const variableTag = "variable"

// variables gives flags that were not typed the values of their environment variables. An empty variable is none, as
// container and CI files leave those behind that they have no value for.
func variables(env func(string) string) kong.ResolverFunc {
	return func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if name := flag.Tag.Get(variableTag); name != "" {
			if value := env(name); value != "" {
				return value, nil
			}
		}
		return nil, nil
	}
}
