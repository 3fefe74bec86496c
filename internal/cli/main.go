package cli

import (
	"context"
	"errors"
	"io"

	"github.com/alecthomas/kong"
)

// commands are the commands and their flags.
type commands struct {
	Demo    demoCommand    `cmd:"" help:"Show it all once: token, customer, first sign-in, repeated request. Starts from nothing, leaves nothing."`
	Dev     devCommand     `kong:"cmd,help='Serve a ready-made world with known identities, for development and tests.',set='force_password_change=false',set='private_webhooks=true',set='webhook_issuer=Microsoft Corporation'"`
	Serve   serveCommand   `kong:"cmd,help='Serve a store of your own.',set='force_password_change=true',set='private_webhooks=false',set='webhook_issuer=Tenantry'"`
	Version versionCommand `cmd:"" help:"Print the version."`

	Partners  partnersCommands  `cmd:"" help:"Partners: create, list, show, their agreement." group:"store"`
	Apps      appsCommands      `cmd:"" help:"Applications of partners: create, list, show, delete; secrets, certificates, redirects." group:"store"`
	Users     usersCommands     `cmd:"" help:"Users of partners: create, list, show, agents, reset-password, delete." group:"store"`
	Keys      keysCommands      `cmd:"" help:"The keys that tokens are signed with: list, rotate." group:"store"`
	Customers customersCommands `cmd:"" help:"Customers: create, get." group:"client"`

	Store   storeCommands  `cmd:"" help:"What is kept of everything: check, copy." group:"keep"`
	Backup  backupCommand  `cmd:"" help:"Write a running server's store to one file." group:"keep"`
	Restore restoreCommand `cmd:"" help:"Make a store of a backup." group:"keep"`

	Qualifications  qualificationsCommands  `cmd:"" help:"The vetting of customers' qualifications: list, approve, deny." group:"admin"`
	ValidationCodes validationCodesCommands `cmd:"" help:"The codes that partners qualify customers as GovernmentCommunityCloud by: issue, list." group:"admin"`
	SecondFactors   secondFactorsCommands   `cmd:"" help:"The second factors that users sign in with: remove." group:"admin"`
	Clock           clockCommands           `cmd:"" help:"The clock of tenantry dev: show, advance." group:"admin"`
}

// program is one run of the command line.
type program struct {
	env    func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// Main runs a command line, without the program's name, to its end and returns the exit code.
func Main(args []string, env func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{env: env, stdin: stdin, stdout: stdout, stderr: stderr}
	ctx, stop := untilSignal(context.Background())
	defer stop()
	return p.report(p.run(ctx, args))
}

func (p *program) run(ctx context.Context, args []string) error {
	helped := false
	parser, err := kong.New(&commands{}, append(presentation(),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(int) { helped = true }),
		kong.Resolvers(variables(p.env)),
		kong.Bind(p),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)...)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		overview(parser)
		return usageError{"a command is missing; they are listed above", ""}
	}
	selected, err := parser.Parse(args)
	if helped {
		return nil
	}
	if parse := (*kong.ParseError)(nil); errors.As(err, &parse) {
		return usageError{parse.Error(), commandOf(parse.Context)}
	}
	if err != nil {
		return err
	}
	return selected.Run()
}
