package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
)

// source is what a package declares, its tests left out.
type source struct {
	name    string
	files   *token.FileSet
	types   map[string]*ast.TypeSpec
	methods map[string][]string // by type
}

// parse reads the package in dir. The generated file is left out, for it may be what does not compile.
func parse(dir string) (*source, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	s := &source{files: token.NewFileSet(), types: map[string]*ast.TypeSpec{}, methods: map[string][]string{}}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || filepath.Base(path) == generated {
			continue
		}
		file, err := parser.ParseFile(s.files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.name = file.Name.Name
		for _, declaration := range file.Decls {
			s.declare(declaration)
		}
	}
	return s, nil
}

func (s *source) declare(declaration ast.Decl) {
	switch declaration := declaration.(type) {
	case *ast.GenDecl:
		for _, spec := range declaration.Specs {
			if spec, ok := spec.(*ast.TypeSpec); ok {
				s.types[spec.Name.Name] = spec
			}
		}
	case *ast.FuncDecl:
		if declaration.Recv != nil {
			receiver := strings.TrimPrefix(types.ExprString(declaration.Recv.List[0].Type), "*")
			s.methods[receiver] = append(s.methods[receiver], declaration.Name.Name)
		}
	}
}
