// Command appendgen writes append_gen.go of package partnercenter: an AppendJSON method for each struct that a server
// answers with, which appends what json v2 would marshal.
//
// It owns what such a method looks like, and reads the structs from the package's source. It knows the kinds of fields
// that the contract has and no others: a field that it does not know is an error, never a member left out. That the bytes
// are right is for the tests of partnercenter to say.
package main

import (
	"fmt"
	"os"
)

const generated = "append_gen.go"

// answered are the structs that answers are made of, with all that they hold.
var answered = []string{"Customer", "CustomerCollection", "CountryValidationRules", "Fault"}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "appendgen:", err)
		os.Exit(1)
	}
}

// run works in the package's directory, where go generate starts it.
func run() error {
	source, err := generate(".", answered)
	if err != nil {
		return err
	}
	return os.WriteFile(generated, source, 0o644)
}

// generate is the generated file for the package in dir: methods for the named structs, and for all that they hold.
func generate(dir string, names []string) ([]byte, error) {
	pkg, err := parse(dir)
	if err != nil {
		return nil, err
	}
	objects, err := pkg.objects(names)
	if err != nil {
		return nil, err
	}
	return write(pkg.name, objects)
}
